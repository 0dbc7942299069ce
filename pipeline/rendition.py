"""The rendition of a document: searchable PDF/A-2b around the untouched scans.

A rendition is only ever built from pictures, never from a PDF: what is signed cannot be rewritten here.
Rotation and deskew are the page's transformation matrix, so no pixel is resampled.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream, String, pdfa

from dossier.errors import RenditionDiffers, RenditionInvalid
from dossier.page import RecognisedPage
from pipeline.colour_profile import cmyk_profile
from pipeline.pdfa_bytes import pdfa_bytes
from pipeline.picture_stream import PictureStream, picture_stream
from pipeline.text_layer import ASCENT, DESCENT, FONT_NAME, TextLayer, words_of
from pipeline.text_witness import differing_word, words_by_page

log = logging.getLogger(__name__)

_FONT = "T"
_PICTURE = "P"
_SIDE_POINTS = (3.0, 14400.0)
"""Smallest and largest side of a page (ISO 32000-1, Annex C)."""
_POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A recognised page with the picture that it was read from."""

    recognised: RecognisedPage
    picture: bytes
    """The page's own picture, untouched."""
    media_type: str
    """image/jpeg, image/png or image/tiff."""


@dataclass(frozen=True, slots=True)
class DocumentAbout:
    """What the rendition says about itself."""

    title: str
    """The document's title as read, or its kind's name."""
    dossier: str
    """Dossier code (mã hồ sơ)."""
    kind: str
    """Kind of the document, for example "ct07"."""
    created_at: datetime
    """When the rendition is made, aware."""
    software: str
    """Name and version of the product."""


def render_document(pages: Sequence[PagePicture], about: DocumentAbout) -> bytes:
    """A searchable PDF/A-2b of a document's pages; equal input gives equal bytes.

    Args:
        pages: at least one page, in order; read one after the other, so a lazy sequence saves memory.
        about: what the file says about itself.

    Raises:
        RenditionInvalid: a picture cannot stand in a PDF, or the result is not valid PDF/A-2b.
        RenditionDiffers: the text extracted from the result is not what was recognised.
    """
    if about.created_at.tzinfo is None:
        raise ValueError("created_at must be aware")
    # 1. Write and let the validator judge the written bytes.
    written, expected = _write(pages, about)
    # 2. Another library reads the text back: what it finds is what later readers will find.
    _compare(written, expected, about)
    return written


def _write(pages: Sequence[PagePicture], about: DocumentAbout) -> tuple[bytes, list[tuple[str, ...]]]:
    """The PDF/A, and the words that each of its pages must give back."""
    layer, expected, digest = TextLayer(), [], hashlib.sha256()
    with Pdf.new() as pdf:
        font = pdf.make_indirect(Dictionary(Type=Name.Font))
        for page in pages:
            content = _add_page(pdf, page, layer, font)
            digest.update(hashlib.sha256(page.picture).digest() + hashlib.sha256(content).digest())
            expected.append(words_of(page.recognised))
        if not expected:
            raise RenditionInvalid(about.title, "a document without pages")
        if not layer.is_empty:
            try:
                _fill_font(pdf, font, layer)
            except UnicodeEncodeError as e:
                raise RenditionDiffers(about.title, "half a character stands for nothing") from e
        pdfa.prepare(pdf, "2b")
        describe(pdf, about)
        digest.update(repr(about).encode())
        identifier = String(digest.digest()[:16])
        pdf.trailer.ID = Array([identifier, identifier])
        return pdfa_bytes(pdf, about.title), expected


def _add_page(pdf: Pdf, page: PagePicture, layer: TextLayer, font: pikepdf.Object) -> bytes:
    recognised = page.recognised
    number = recognised.page.number
    stream = picture_stream(page.picture, page.media_type, number)
    frame = recognised.frame
    if (stream.width, stream.height) != (frame.scan_width, frame.scan_height):
        raise RenditionInvalid(
            recognised.page.source.name,
            f"page {number} was read as {frame.scan_width}x{frame.scan_height} pixels, "
            f"its picture has {stream.width}x{stream.height}",
        )
    scale = _POINTS_PER_INCH / recognised.page.dpi
    width, height = frame.width * scale, frame.height * scale
    if not all(_SIDE_POINTS[0] <= side <= _SIDE_POINTS[1] for side in (width, height)):
        raise RenditionInvalid(
            recognised.page.source.name, f"page {number} is {width:.0f}x{height:.0f} points"
        )
    text = layer.content(recognised, _FONT)
    content = f"q {_placement(recognised)} cm /{_PICTURE} Do Q\n".encode("ascii") + text
    resources = Dictionary(XObject=Dictionary({f"/{_PICTURE}": _image(pdf, stream)}))
    if text:
        resources.Font = Dictionary({f"/{_FONT}": font})
    pdf.pages.append(
        pikepdf.Page(
            Dictionary(
                Type=Name.Page,
                MediaBox=Array([0, 0, _number(width), _number(height)]),
                Resources=resources,
                Contents=pdf.make_stream(content),
            )
        )
    )
    return content


def _placement(recognised: RecognisedPage) -> str:
    """The matrix that puts the unit square of the picture where the upright frame wants it.

    A PDF picture fills the unit square with its first row on top, and PDF's y axis points upwards
    (ISO 32000-1, 8.9.5.1), the frame's downwards.
    """
    frame, turn = recognised.frame, recognised.frame.matrix
    scale = _POINTS_PER_INCH / recognised.page.dpi
    width, height = frame.scan_width * scale, frame.scan_height * scale
    values = (
        turn.a * width,
        -turn.b * width,
        -turn.c * height,
        turn.d * height,
        turn.e * scale + turn.c * height,
        frame.height * scale - turn.f * scale - turn.d * height,
    )
    return " ".join(f"{value:.6f}" for value in values)


def _number(value: float) -> pikepdf.Object | int:
    return pikepdf.Object.parse(f"{value:.4f}".encode("ascii"))


def _image(pdf: Pdf, picture: PictureStream) -> pikepdf.Object:
    image = Stream(pdf, picture.data)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height = picture.width, picture.height
    image.BitsPerComponent = picture.bits
    image.ColorSpace = _colour_space(pdf, picture)
    image.Filter = Name(f"/{picture.filter_name}")
    if picture.parameters:
        image.DecodeParms = Dictionary(picture.parameters)
    if picture.inverted:
        image.Decode = Array([1, 0] * picture.components)
    return pdf.make_indirect(image)


def _colour_space(pdf: Pdf, picture: PictureStream) -> pikepdf.Object:
    if picture.palette:
        highest = len(picture.palette) // 3 - 1
        return Array([Name.Indexed, Name.DeviceRGB, highest, String(picture.palette)])
    if picture.components == 4:
        # The output intent is sRGB, so ink needs a profile of its own (ISO 19005-2, 6.2.4.3).
        profile = Stream(pdf, cmyk_profile(), N=4, Alternate=Name.DeviceCMYK)
        return Array([Name.ICCBased, pdf.make_indirect(profile)])
    return Name.DeviceGray if picture.components == 1 else Name.DeviceRGB


def _fill_font(pdf: Pdf, font: pikepdf.Object, layer: TextLayer) -> None:
    descriptor = Dictionary(
        Type=Name.FontDescriptor,
        FontName=Name(f"/{FONT_NAME}"),
        Flags=4,
        FontBBox=Array([0, DESCENT, 1000, ASCENT]),
        ItalicAngle=0,
        Ascent=ASCENT,
        Descent=DESCENT,
        CapHeight=ASCENT,
        StemV=80,
        FontFile2=pdf.make_stream(layer.font_program()),
    )
    glyphs = Dictionary(
        Type=Name.Font,
        Subtype=Name.CIDFontType2,
        BaseFont=Name(f"/{FONT_NAME}"),
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        FontDescriptor=pdf.make_indirect(descriptor),
        DW=500,
        W=Array([1, Array(layer.widths())]),
        CIDToGIDMap=Name.Identity,
    )
    font.Subtype = Name.Type0
    font.BaseFont = Name(f"/{FONT_NAME}")
    font.Encoding = Name("/Identity-H")
    font.DescendantFonts = Array([pdf.make_indirect(glyphs)])
    font.ToUnicode = pdf.make_stream(layer.to_unicode())


def describe(pdf: Pdf, about: DocumentAbout) -> None:
    """Language, title and metadata; nothing in it but what the caller says, so that equal stays equal."""
    pdf.Root.Lang = String("vi")
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    packet = _XMP.format(
        title=_xml(about.title),
        dossier=_xml(about.dossier),
        kind=_xml(about.kind),
        software=_xml(about.software),
        created_at=about.created_at.isoformat(timespec="seconds"),
    )
    pdf.Root.Metadata = pdf.make_stream(packet.encode("utf-8"), Type=Name.Metadata, Subtype=Name.XML)
    # XMP alone describes the file; the older dictionary could only contradict it (ISO 19005-2, 6.6.2.1).
    del pdf.docinfo


def _xml(text: str) -> str:
    return escape("".join(c if c.isprintable() else " " for c in text))


def _compare(written: bytes, expected: list[tuple[str, ...]], about: DocumentAbout) -> None:
    for number, (wanted, found) in enumerate(zip(expected, words_by_page(written), strict=True), 1):
        position = differing_word(wanted, found)
        if position is not None:
            raise RenditionDiffers(
                about.title,
                f"page {number}: word {position + 1} of {len(wanted)} is not what was recognised",
            )
    log.debug("text of %d pages read back as recognised", len(expected))


_XMP = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:identifier>{dossier}</dc:identifier>
<dc:type><rdf:Bag><rdf:li>{kind}</rdf:li></rdf:Bag></dc:type>
<dc:language><rdf:Bag><rdf:li>vi</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{created_at}</xmp:CreateDate>
<xmp:ModifyDate>{created_at}</xmp:ModifyDate>
<xmp:MetadataDate>{created_at}</xmp:MetadataDate>
<xmp:CreatorTool>{software}</xmp:CreatorTool>
<pdf:Producer>{software}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>
"""
