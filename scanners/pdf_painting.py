"""What a PDF page paints, in order: enough of ISO 32000 to say whether it is exactly one picture.

Followed: the graphics state's matrix, clip, opacity, fill colour and text mode; Form XObjects at any depth.
Not followed, and therefore never "one picture": optional content, patterns, clips that are no rectangle,
text that clips, soft masks, blend modes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import pikepdf

from dossier.geometry import Affine, Box
from scanners.pdf_fields import HIDDEN, default_look, has_value, refuse_unshown
from scanners.pdf_state import (
    State,
    TooInvolved,
    affine,
    bounds,
    changed,
    clipped,
    floats,
    mapped,
    product,
    rectangle,
    resource,
)

_DEEPEST: Final = 12
_MOST_FORMS: Final = 2_000
_MOST_STEPS: Final = 3_000_000
_LONGEST_CONTENT: Final = 64 * 1024 * 1024
_PAINT_PATH: Final = frozenset({"f", "F", "f*", "B", "B*", "b", "b*", "S", "s"})
_SHOW_TEXT: Final = frozenset({"Tj", "TJ", "'", '"'})
_BUILD_PATH: Final = frozenset({"m", "l", "c", "v", "y", "h"})
_INVISIBLE_TEXT: Final = 3
_COVERED: Final = 0.01
"""A picture that misses the page's edge by this share of the page still covers it."""


@dataclass(frozen=True, slots=True)
class PaintedPicture:
    """One picture as the page shows it."""

    stream: Any
    """The image XObject, a pikepdf stream; None for an inline image."""
    matrix: Affine
    """From the unit square to the page, points."""
    box: Box
    """Where it stands on the page, points, y upwards: top holds the smaller y."""
    opaque: bool
    """Nothing beneath it can be seen through it."""
    plain: bool
    """Painted without transparency, blending, clip, mask, or a colour other than black."""

    @property
    def width_points(self) -> float:
        """Length of its lower edge on the page."""
        return math.hypot(self.matrix.a, self.matrix.b)

    @property
    def height_points(self) -> float:
        """Length of its left edge on the page."""
        return math.hypot(self.matrix.c, self.matrix.d)

    @property
    def stands_straight(self) -> bool:
        """Whether it is turned by quarters only, and not mirrored."""
        m = self.matrix
        small = 1e-3 * (self.width_points + self.height_points)
        straight = (abs(m.b) < small and abs(m.c) < small) or (abs(m.a) < small and abs(m.d) < small)
        return straight and m.a * m.d - m.b * m.c > 0

    def covers(self, page: Box, share: float = _COVERED) -> bool:
        """Whether it reaches every edge of the page."""
        x, y = share * page.width, share * page.height
        return (
            self.box.left <= page.left + x
            and self.box.right >= page.right - x
            and self.box.top <= page.top + y
            and self.box.bottom >= page.bottom - y
        )


@dataclass(slots=True)
class Painting:
    """What can be seen of a page: pictures in painting order, and whether anything else."""

    pictures: list[PaintedPicture] = field(default_factory=list)
    other_marks: bool = False
    """Text, lines, areas or annotations that no picture covers."""


def painting_of(page: pikepdf.Page, box: Box, form: Any = None) -> Painting:
    """Everything that the page paints inside its box.

    Args:
        form: the document's form (AcroForm), None where it has none.

    Raises:
        TooInvolved: the page needs a full renderer to be judged.
        Unshown: no renderer that is there would show all of it.
    """
    painter, annotations = _Painter(box), _annotations(page)
    default = default_look(form)
    for annotation in annotations:
        refuse_unshown(annotation, default)
    painter.run(page, page.obj, State(Affine(1, 0, 0, 1, 0, 0)), 0)
    if any(_is_visible(annotation) for annotation in annotations):
        painter.painting.other_marks = True
    return painter.painting


class _Painter:
    """Walks content streams; one instance for one page."""

    def __init__(self, page_box: Box) -> None:
        self.painting = Painting()
        self._page_box = page_box
        self._forms = 0
        self._steps = 0

    def run(self, content: Any, owner: Any, start: State, depth: int) -> None:
        """Paint one content stream with the resources of its owner."""
        state, stack = start, [start]
        stack.clear()
        path: list[Box | None] = []
        clips = False
        for operands, operator in _instructions(content):
            name = str(operator)
            self._steps += 1
            if self._steps > _MOST_STEPS:
                raise TooInvolved("too many drawing steps")
            if name == "q":
                stack.append(state)
            elif name == "Q":
                state = stack.pop() if stack else state
            elif name == "re":
                path.append(rectangle(state.matrix, operands))
            elif name in _BUILD_PATH:
                path.append(None)
            elif name in ("W", "W*"):
                clips = True
            elif name == "n" or name in _PAINT_PATH:
                if name != "n":
                    self.painting.other_marks = True
                if clips:
                    state = clipped(state, path)
                path, clips = [], False
            elif name == "Do":
                self._paint_object(resource(owner, "/XObject", operands), owner, state, depth)
            elif name == "INLINE IMAGE":
                self._add(None, state, opaque=False)
            elif name == "sh":
                self.painting.other_marks = True
            elif name in _SHOW_TEXT:
                self._show_text(operands, state)
            elif name == "BDC":
                _refuse_optional_content(operands)
            else:
                state = changed(state, name, operands, owner)

    def _show_text(self, operands: Any, state: State) -> None:
        if state.text_mode > _INVISIBLE_TEXT:
            raise TooInvolved("text that clips")
        hidden = state.text_mode == _INVISIBLE_TEXT and not state.drawn_font
        if not hidden and _has_glyphs(operands):
            self.painting.other_marks = True

    def _paint_object(self, target: Any, owner: Any, state: State, depth: int) -> None:
        if target is None:
            return
        if "/OC" in target:
            raise TooInvolved("optional content")
        kind = str(target.get("/Subtype", ""))
        if kind == "/Image":
            see_through = _has_holes(target) or bool(target.get("/ImageMask", False))
            self._add(target, state, opaque=state.plain and not see_through)
        elif kind == "/Form":
            self._paint_form(target, owner, state, depth)

    def _paint_form(self, form: Any, owner: Any, state: State, depth: int) -> None:
        self._forms += 1
        if depth >= _DEEPEST or self._forms > _MOST_FORMS:
            raise TooInvolved("forms within forms")
        matrix = state.matrix
        if "/Matrix" in form:
            matrix = product(affine(form.Matrix), matrix)
        inner = replace(state, matrix=matrix)
        if "/BBox" in form:
            x0, y0, x1, y1 = floats(form.BBox, 4)
            inner = clipped(inner, [mapped(matrix, x0, y0, x1, y1)])
        self.run(form, form if "/Resources" in form else owner, inner, depth + 1)

    def _add(self, stream: Any, state: State, *, opaque: bool) -> None:
        m = state.matrix
        whole = bounds(m, ((0, 0), (1, 0), (0, 1), (1, 1)))
        if not whole.overlaps(self._page_box):
            return
        uncut = state.clip_known and (state.clip is None or _holds(state.clip, whole, self._page_box))
        is_mask = stream is not None and bool(stream.get("/ImageMask", False))
        plain = state.plain and uncut and (state.black or not is_mask) and not _has_holes(stream)
        picture = PaintedPicture(stream, m, whole, opaque and uncut, plain)
        if picture.opaque and picture.stands_straight and picture.covers(self._page_box):
            # Whatever was painted before lies beneath it: a background, or text put under the scan.
            self.painting.pictures.clear()
            self.painting.other_marks = False
        self.painting.pictures.append(picture)


def _has_holes(stream: Any) -> bool:
    """Whether a mask beside a picture says where it is seen: the print may stand in the mask alone."""
    if stream is None:
        return False
    return "/SMask" in stream or "/Mask" in stream or bool(int(stream.get("/SMaskInData", 0)))


def _instructions(content: Any) -> Iterable[Any]:
    try:
        if len(_raw_content(content)) > _LONGEST_CONTENT:
            raise TooInvolved("very long content")
        return pikepdf.parse_content_stream(content)
    except (pikepdf.PikepdfError, TypeError, ValueError, RuntimeError) as e:
        raise TooInvolved("content that does not parse") from e


def _raw_content(content: Any) -> bytes:
    if isinstance(content, pikepdf.Page):
        contents = content.obj.get("/Contents")
        if contents is None:
            return b""
        parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
        return b"".join(p.read_raw_bytes() for p in parts if isinstance(p, pikepdf.Stream))
    return bytes(content.read_raw_bytes())


def _has_glyphs(operands: Any) -> bool:
    """Whether a text operator shows at least one code; adjustments and empty strings show none."""
    last = operands[-1] if operands else None
    parts = list(last) if isinstance(last, pikepdf.Array) else [last]
    return any(isinstance(part, pikepdf.String) and len(bytes(part)) > 0 for part in parts)


def _annotations(page: pikepdf.Page) -> list[Any]:
    found = page.obj.get("/Annots")
    if not isinstance(found, pikepdf.Array):
        return []
    return [a for a in found if isinstance(a, pikepdf.Dictionary)]


def _is_visible(annotation: Any) -> bool:
    """Whether an annotation leaves a mark: it is shown, has an area, and an appearance that paints."""
    try:
        if int(annotation.get("/F", 0)) & HIDDEN or str(annotation.get("/Subtype", "")) == "/Popup":
            return False
        x0, y0, x1, y1 = floats(annotation.Rect, 4)
        appearance = annotation.AP.N
        if not isinstance(appearance, pikepdf.Stream):
            appearance = appearance[str(annotation.AS)]
        if x0 == x1 or y0 == y1 or not isinstance(appearance, pikepdf.Stream):
            return False
    except (KeyError, TypeError, ValueError, AttributeError):
        # Without an appearance a link or an empty field shows nothing; other kinds are drawn by viewers.
        kind = str(annotation.get("/Subtype", ""))
        return has_value(annotation) if kind == "/Widget" else kind not in ("/Link", "/Popup")
    drawn = _Painter(Box(-1e9, -1e9, 1e9, 1e9))
    drawn.run(appearance, appearance, State(Affine(1, 0, 0, 1, 0, 0)), 1)
    return drawn.painting.other_marks or bool(drawn.painting.pictures)


def _refuse_optional_content(operands: Any) -> None:
    if operands and str(operands[0]) == "/OC":
        raise TooInvolved("optional content")


def _holds(clip: Box, picture: Box, page: Box) -> bool:
    """Whether a clip cuts nothing off the picture but what lies outside the page anyway."""
    x, y = _COVERED * page.width, _COVERED * page.height
    return (
        clip.left <= max(picture.left, page.left) + x
        and clip.top <= max(picture.top, page.top) + y
        and clip.right >= min(picture.right, page.right) - x
        and clip.bottom >= min(picture.bottom, page.bottom) - y
    )
