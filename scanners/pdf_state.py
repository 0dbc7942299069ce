"""The graphics state of a PDF page, as far as it decides whether a page is one picture (ISO 32000-1, 8.4)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Final

import pikepdf

from dossier.geometry import Affine, Box


class TooInvolved(Exception):
    """The page uses something that is not followed here; it has to be drawn."""


@dataclass(frozen=True, slots=True)
class State:
    """What holds while a content stream is followed."""

    matrix: Affine
    """From the current units to points on the page."""
    clip: Box | None = None
    """What painting is confined to; None while nothing confines it."""
    clip_known: bool = True
    """False inside a clip that is not one upright rectangle."""
    veils: frozenset[str] = frozenset()
    """Parameters in force that let the ground shine through or bend the tones."""
    black: bool = True
    """Whether areas and stencils are filled with black."""
    text_mode: int = 0
    """Text rendering mode; 3 is invisible."""
    drawn_font: bool = False
    """A Type 3 font, whose glyphs ignore the text mode."""

    @property
    def plain(self) -> bool:
        """Whether what is painted comes out as it is."""
        return not self.veils


def changed(state: State, name: str, operands: Any, owner: Any) -> State:
    """The graphics state after an operator that paints nothing.

    Args:
        owner: the page or form whose resources the operands name.
    """
    try:
        if name in _BY_OPERANDS:
            return _BY_OPERANDS[name](state, operands)
        if name == "Tf":
            font = resource(owner, "/Font", operands[:1])
            drawn = font is not None and str(font.get("/Subtype", "")) == "/Type3"
            return replace(state, drawn_font=drawn)
        if name == "gs":
            return _with_parameters(state, resource(owner, "/ExtGState", operands))
    except (TypeError, ValueError, IndexError, ArithmeticError) as e:
        raise TooInvolved(f"an operator {name} that does not fit") from e
    return state


def _set_matrix(state: State, operands: Any) -> State:
    return replace(state, matrix=product(affine(operands), state.matrix))


def _set_black(state: State, operands: Any) -> State:
    return replace(state, black=all(float(value) == 0.0 for value in operands))


def _set_black_ink(state: State, operands: Any) -> State:
    return replace(state, black=float(operands[3]) == 1.0)


def _set_colour_space(state: State, operands: Any) -> State:
    return replace(state, black=str(operands[0]) in ("/DeviceGray", "/DeviceRGB"))


def _set_colour(state: State, operands: Any) -> State:
    numbers = [o for o in operands if not isinstance(o, pikepdf.Name)]
    black = len(numbers) == len(operands) in (1, 3) and all(float(n) == 0.0 for n in numbers)
    return replace(state, black=black)


def _set_text_mode(state: State, operands: Any) -> State:
    return replace(state, text_mode=int(operands[0]))


def _with_parameters(state: State, parameters: Any) -> State:
    """An ExtGState; what it does not name stays as it is."""
    veils = set(state.veils)
    for key, harmless in _HARMLESS.items():
        if parameters is None or key not in parameters:
            continue
        value = parameters[key]
        is_harmless = float(value) == 1.0 if key == "/ca" else str(value) in harmless
        (veils.discard if is_harmless else veils.add)(key)
    return replace(state, veils=frozenset(veils))


_HARMLESS: Final[dict[str, tuple[str, ...]]] = {
    "/ca": (),
    "/BM": ("/Normal", "/Compatible"),
    "/SMask": ("/None",),
    "/TR": ("/Identity",),
    "/TR2": ("/Default", "/Identity"),
}
_BY_OPERANDS: Final[dict[str, Callable[[State, Any], State]]] = {
    "cm": _set_matrix,
    "g": _set_black,
    "rg": _set_black,
    "k": _set_black_ink,
    "cs": _set_colour_space,
    "sc": _set_colour,
    "scn": _set_colour,
    "Tr": _set_text_mode,
}


def resource(owner: Any, category: str, operands: Any) -> Any:
    """A named resource, or None. Resources of a page may be inherited, so the page object resolves them."""
    try:
        resources = owner.get("/Resources") if "/Resources" in owner else _inherited(owner)
        found = resources[category][str(operands[0])]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        return None
    return found if isinstance(found, pikepdf.Dictionary | pikepdf.Stream) else None


def _inherited(owner: Any) -> Any:
    node = owner
    for _ in range(50):
        node = node.get("/Parent")
        if node is None or "/Resources" in node:
            break
    return node.get("/Resources") if node is not None else None


def affine(values: Any) -> Affine:
    return Affine(*floats(values, 6))


def floats(values: Any, count: int) -> list[float]:
    numbers = [float(v) for v in values]
    if len(numbers) != count or not all(math.isfinite(n) for n in numbers):
        raise TooInvolved("a matrix or box that is none")
    return numbers


def product(first: Affine, then: Affine) -> Affine:
    """First one matrix, then the other."""
    return Affine(
        first.a * then.a + first.b * then.c,
        first.a * then.b + first.b * then.d,
        first.c * then.a + first.d * then.c,
        first.c * then.b + first.d * then.d,
        first.e * then.a + first.f * then.c + then.e,
        first.e * then.b + first.f * then.d + then.f,
    )


def bounds(matrix: Affine, corners: Iterable[tuple[float, float]]) -> Box:
    points = [matrix.apply(x, y) for x, y in corners]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return Box(min(xs), min(ys), max(xs), max(ys))


def mapped(matrix: Affine, x0: float, y0: float, x1: float, y1: float) -> Box | None:
    """The rectangle on the page; None where it is turned by other than quarters."""
    small = 1e-6 * (abs(matrix.a) + abs(matrix.b) + abs(matrix.c) + abs(matrix.d))
    straight = (abs(matrix.b) <= small and abs(matrix.c) <= small) or (
        abs(matrix.a) <= small and abs(matrix.d) <= small
    )
    return bounds(matrix, ((x0, y0), (x1, y0), (x0, y1), (x1, y1))) if straight else None


def rectangle(matrix: Affine, operands: Any) -> Box | None:
    x, y, width, height = floats(operands, 4)
    return mapped(matrix, x, y, x + width, y + height)


def clipped(state: State, path: list[Box | None]) -> State:
    """The state inside a new clip: known only while every clip is one upright rectangle."""
    if len(path) != 1 or path[0] is None:
        return replace(state, clip_known=False)
    new, old = path[0], state.clip
    if old is not None:
        new = Box(
            max(new.left, old.left),
            max(new.top, old.top),
            min(new.right, old.right),
            min(new.bottom, old.bottom),
        )
    return replace(state, clip=new)
