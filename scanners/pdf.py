"""PDF: each page gives up the one picture that fills it, or is drawn.

A page "is one picture" when nothing but one picture can be seen on it, and that picture fills it. Forms
within forms, a turned page, an invisible text layer, and whatever lies wholly beneath the picture are
allowed. Then the picture comes out as it is stored, without the page's /Rotate: the reader finds which
way is up. Every other page is drawn by poppler through pdf2image, annotations and visible signature
marks included.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pdf2image
import pikepdf
from pdf2image.exceptions import (
    PDFInfoNotInstalledError,
    PDFPageCountError,
    PDFPopplerTimeoutError,
    PDFSyntaxError,
    PopplerNotInstalledError,
)
from PIL import Image

from dossier.errors import (
    PartMissing,
    SourceEncrypted,
    SourceError,
    SourceTooLarge,
    SourceUnreadable,
    SourceUnsupported,
    SourceWithoutPages,
)
from dossier.geometry import Box
from dossier.page import Extraction
from scanners.delivery import DeliveredFile, DeliveredPage, IntakeLimits
from scanners.pdf_fields import Unshown
from scanners.pdf_painting import PaintedPicture, Painting, painting_of
from scanners.pdf_picture import NotPlain, PagePicture, take_out
from scanners.pdf_state import TooInvolved
from scanners.pictures import check_size, lossless_png, without_idle_colour

_POINTS_PER_INCH: Final = 72.0
_FILLS: Final = 0.85
"""Share of the page's width and height that a picture spans at least, to be the page."""
_OVERHANG: Final = 0.02
"""Share of the page by which a picture may reach beyond its edges without losing anything to speak of."""
_SQUARE: Final = 0.05
"""Pixels whose sides differ by more than this are not square; such a page is drawn."""
_STRIP: Final = 0.02
"""Share of the page from which a picture counts as a part of the scan, not as a logo."""
_LEAST_DPI, _MOST_DPI = 100.0, 600.0
"""Resolutions at which a page made of pictures and something else is drawn as it was scanned."""
_LEGIBLE_DPI: Final = 20.0
"""A page so large that it would be drawn below this is refused."""
_DRAWING_SECONDS: Final = 120
_TAIL: Final = 2048
_ODD: Final = (
    pikepdf.PikepdfError,  # also of a filter for which pikepdf would need a program that is not here
    RuntimeError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    ArithmeticError,
)
"""What qpdf and its Python side raise over objects of the wrong kind in a damaged or invented file."""
_SIGNATURE_DEPTH: Final = 32


@dataclass(frozen=True, slots=True)
class _OpenPdf:
    """A PDF on disk and opened."""

    file: DeliveredFile
    path: Path
    pdf: pikepdf.Pdf
    limits: IntakeLimits


def read_pdf(file: DeliveredFile, limits: IntakeLimits, *, draw: bool = True) -> Iterator[DeliveredPage]:
    """The pages of a PDF, one at a time.

    With `draw=False` pages that would have to be drawn are left out: enough to see whether a file is whole.
    """
    with _opened(file, limits) as opened:
        for number in range(1, _page_count(opened) + 1):
            try:
                page = _read_page(opened, number, draw=draw)
            except SourceError as e:
                raise type(e)(file.name, f"page {number}: {e.cause}") from e
            if page is not None:
                yield page


def count_signatures(file: DeliveredFile, limits: IntakeLimits) -> tuple[int, int]:
    """Signature fields that carry a signature with a byte range (ISO 32000-1, 12.8), and those without."""
    with _opened(file, limits) as opened:
        seen: set[tuple[int, int]] = set()
        try:
            form = opened.pdf.Root.get("/AcroForm")
            fields = list(form.Fields) if form is not None and "/Fields" in form else []
            found = [each for field in fields for each in _signature_fields(field, "", 0, seen)]
        except _ODD:
            return 0, 0
        return sum(found), len(found) - sum(found)


@contextmanager
def _opened(file: DeliveredFile, limits: IntakeLimits) -> Iterator[_OpenPdf]:
    with tempfile.TemporaryDirectory(prefix="pdf-") as folder:
        path = Path(folder) / "source.pdf"
        path.write_bytes(file.data)
        try:
            pdf = pikepdf.open(path, suppress_warnings=True)
        except pikepdf.PasswordError as e:
            raise SourceEncrypted(file.name, "it asks for a password") from e
        except MemoryError as e:
            raise SourceTooLarge(file.name, "it needs more memory than a file may take") from e
        except (*_ODD, OSError) as e:
            raise SourceUnreadable(file.name, f"the PDF does not open ({_short(e)})") from e
        with pdf:
            _refuse_cut_off(pdf, file)
            yield _OpenPdf(file, path, pdf, limits)


def _refuse_cut_off(pdf: pikepdf.Pdf, file: DeliveredFile) -> None:
    """A PDF whose table had to be rebuilt and whose end mark is missing has lost its end, and maybe pages."""
    if b"%%EOF" in file.data[-_TAIL:]:
        return
    if any("reconstruct" in str(warning) for warning in pdf.get_warnings()):
        raise SourceUnreadable(file.name, "the file is cut off")


def _page_count(opened: _OpenPdf) -> int:
    try:
        count = len(opened.pdf.pages)
    except _ODD as e:
        raise SourceUnreadable(opened.file.name, f"its pages cannot be found ({_short(e)})") from e
    if count == 0:
        raise SourceWithoutPages(opened.file.name, "a PDF of no pages")
    if count > opened.limits.pages:
        raise SourceTooLarge(opened.file.name, f"{count} pages, more than {opened.limits.pages}")
    return count


def _read_page(opened: _OpenPdf, number: int, *, draw: bool) -> DeliveredPage | None:
    page = opened.pdf.pages[number - 1]
    box = _page_box(page)
    dpi = opened.limits.drawn_dpi
    try:
        painting = painting_of(page, box, _form(opened.pdf))
        scanned = _scanned_dpi(painting, box)
        picture = _only_picture(painting, box)
        if picture is not None:
            dpi = max(dpi, scanned or 0.0)  # where it has to be drawn after all
            return _embedded(opened, number, picture, _user_unit(page))
        dpi = scanned or dpi
    except Unshown as e:
        raise SourceUnsupported(
            opened.file.name, f"page {number}: {e}; print it into a new PDF, or on paper and scan that"
        ) from e
    except (TooInvolved, NotPlain):
        pass
    except _ODD:
        pass  # poppler may still make something of it
    return _drawn(opened, number, box, dpi) if draw else None


def _form(pdf: pikepdf.Pdf) -> Any:
    try:
        return pdf.Root.get("/AcroForm")
    except _ODD:
        return None


def _only_picture(painting: Painting, box: Box) -> PaintedPicture | None:
    """The picture that is the page, or None."""
    if painting.other_marks or len(painting.pictures) != 1:
        return None
    picture = painting.pictures[0]
    if not (picture.plain and picture.stands_straight and picture.stream is not None):
        return None
    spans = picture.box.width >= _FILLS * box.width and picture.box.height >= _FILLS * box.height
    x, y = _OVERHANG * box.width, _OVERHANG * box.height
    inside = (
        picture.box.left >= box.left - x
        and picture.box.right <= box.right + x
        and picture.box.top >= box.top - y
        and picture.box.bottom <= box.bottom + y
    )
    return picture if spans and inside else None


def _embedded(opened: _OpenPdf, number: int, picture: PaintedPicture, unit: float) -> DeliveredPage:
    across, down = _resolutions(picture)
    if abs(across / down - 1) > _SQUARE:
        raise NotPlain("pixels that are not square")
    dpi = round(across / unit, 2)
    taken = take_out(PagePicture(picture.stream, opened.path, number, dpi), opened.file.name, opened.limits)
    return DeliveredPage(
        number, taken.data, taken.media_type, Extraction.EMBEDDED, taken.width, taken.height, dpi
    )


def _resolutions(picture: PaintedPicture) -> tuple[float, float]:
    """Dots per inch along rows and columns."""
    if picture.width_points < 1e-6 or picture.height_points < 1e-6:
        raise NotPlain("a picture without extent")
    width, height = int(picture.stream.Width), int(picture.stream.Height)
    if width < 1 or height < 1:
        raise NotPlain("a picture without pixels")
    return (
        width / picture.width_points * _POINTS_PER_INCH,
        height / picture.height_points * _POINTS_PER_INCH,
    )


def _scanned_dpi(painting: Painting, box: Box) -> float | None:
    """Resolution of a scan that lies in strips or under marks: drawn so, it is hardly resampled."""
    page = box.width * box.height
    areas = [(p.box.width * p.box.height / page, p) for p in painting.pictures if p.stream is not None]
    if sum(area for area, _ in areas) < _FILLS**2:
        return None
    finest = max((max(_resolutions(p)) for area, p in areas if area >= _STRIP), default=0.0)
    return finest if _LEAST_DPI <= finest <= _MOST_DPI else None


def _drawn(opened: _OpenPdf, number: int, box: Box, dpi: float) -> DeliveredPage:
    """One page through pdf2image, its resolution lowered until it fits the limits."""
    limits, name = opened.limits, opened.file.name
    area, longest = max(1.0, box.width * box.height), max(1.0, box.width, box.height)
    fits = min(
        dpi,
        math.sqrt(limits.drawn_pixels / area) * _POINTS_PER_INCH,
        (limits.side - 2) / longest * _POINTS_PER_INCH,
    )
    if fits < _LEGIBLE_DPI:
        metres = tuple(side / _POINTS_PER_INCH * 0.0254 for side in (box.width, box.height))
        raise SourceTooLarge(name, f"a page of {metres[0]:.1f} x {metres[1]:.1f} m")
    picture = _by_poppler(opened.path, number, fits, name)
    check_size(*picture.size, name, limits)
    data = lossless_png(without_idle_colour(picture), fits)
    return DeliveredPage(number, data, "image/png", Extraction.RENDERED, *picture.size, round(fits, 2))


def _by_poppler(path: Path, number: int, dpi: float, name: str) -> Image.Image:
    try:
        drawn: list[Image.Image] = pdf2image.convert_from_path(
            path,
            dpi=dpi,  # type: ignore[arg-type]  # poppler takes fractions; the annotation does not
            first_page=number,
            last_page=number,
            use_cropbox=True,
            timeout=_DRAWING_SECONDS,
        )
    except (PDFInfoNotInstalledError, PopplerNotInstalledError) as e:
        raise PartMissing("poppler-utils", "pdftoppm and pdfinfo are not installed") from e
    except PDFPopplerTimeoutError as e:
        raise SourceUnreadable(name, "drawing it takes too long") from e
    except (PDFPageCountError, PDFSyntaxError, OSError, ValueError, IndexError) as e:
        raise SourceUnreadable(name, f"it cannot be drawn ({_short(e)})") from e
    if len(drawn) != 1:
        raise SourceUnreadable(name, "it cannot be drawn")
    return drawn[0]


def _page_box(page: pikepdf.Page) -> Box:
    """What a viewer shows: the crop box within the media box; A4 where neither is a box."""
    try:
        boxes = [_normal([float(v) for v in values]) for values in (page.mediabox, page.cropbox)]
    except _ODD:
        return Box(0, 0, 595.28, 841.89)
    media, crop = boxes
    both = Box(
        max(media.left, crop.left),
        max(media.top, crop.top),
        min(media.right, crop.right),
        min(media.bottom, crop.bottom),
    )
    return both if both.width > 0 and both.height > 0 else media


def _normal(values: list[float]) -> Box:
    x0, y0, x1, y1 = values
    if x0 == x1 or y0 == y1 or not all(math.isfinite(v) for v in values):
        raise ValueError("a box without area")
    return Box(min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))


def _user_unit(page: pikepdf.Page) -> float:
    unit = float(page.obj.get("/UserUnit", 1))
    return unit if unit > 0 else 1.0


def _signature_fields(field: Any, kind: str, depth: int, seen: set[tuple[int, int]]) -> Iterator[bool]:
    """Whether each signature field at and below a form field is signed; the field type is inherited."""
    if depth > _SIGNATURE_DEPTH or not isinstance(field, pikepdf.Dictionary):
        return
    if field.is_indirect:
        if field.objgen in seen:
            return
        seen.add(field.objgen)
    kind = str(field.get("/FT", kind))
    kids = field.get("/Kids")
    below = [kid for kid in kids if "/T" in kid or "/V" in kid] if isinstance(kids, pikepdf.Array) else []
    value = field.get("/V")
    if kind == "/Sig" and isinstance(value, pikepdf.Dictionary):
        yield "/ByteRange" in value and "/Contents" in value
    elif kind == "/Sig" and not below:
        yield False
    for kid in below:
        yield from _signature_fields(kid, kind, depth + 1, seen)


def _short(error: BaseException) -> str:
    """The last words of a library's message on one line, without the path of our own copy."""
    text = " ".join(str(error).split()).rsplit("source.pdf", 1)[-1].strip(" :()'\"")
    return text[:100] or type(error).__name__
