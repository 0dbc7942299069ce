"""PDF pages: the one picture comes out as it is stored; everything else is drawn."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageChops, ImageDraw, ImageStat

from dossier.errors import SourceEncrypted, SourceTooLarge, SourceUnreadable, SourceWithoutPages
from dossier.page import Extraction
from scanners.delivery import DEFAULT_LIMITS, DeliveredFile, DeliveredPage, IntakeLimits
from scanners.files import media_type_of, read_pages
from scanners.pdf import count_signatures

A5 = (420, 595)
"""Page in points."""
PIXELS = (875, 1240)
"""Its picture at 150 dpi."""
FULL = b"q 420 0 0 595 0 0 cm /Im0 Do Q"


def scan(mode: str = "RGB", size: tuple[int, int] = PIXELS) -> Image.Image:
    """A sheet that is not symmetric in any way."""
    picture = Image.new("RGB", size, (250, 248, 240))
    draw = ImageDraw.Draw(picture)
    for row in range(60, size[1] - 200, 37):
        draw.rectangle((80, row, size[0] - 90 - row // 3, row + 9), fill=(20, 20, 40))
    draw.ellipse((size[0] - 300, 700, size[0] - 120, 880), outline=(200, 20, 30), width=8)
    return picture.convert(mode)


def jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    return out.getvalue()


def group4(picture: Image.Image) -> bytes:
    """A Group 4 strip in which black is coded as black; Pillow's own files code white so."""
    out = io.BytesIO()
    ImageChops.invert(picture).save(out, "TIFF", compression="group4", tiffinfo={278: picture.height})
    frame = Image.open(out)
    at, size = frame.tag_v2[273][0], frame.tag_v2[279][0]  # type: ignore[attr-defined]
    return out.getvalue()[at : at + size]


def broken_in_the_middle(data: bytes) -> bytes:
    middle = len(data) // 2
    return data[:middle] + bytes(64) + data[middle + 64 :]


class Paper:
    """A PDF being put together."""

    def __init__(self) -> None:
        self.pdf = Pdf.new()
        self.page(b"")

    def page(self, content: bytes) -> None:
        page = Dictionary(
            Type=Name.Page,
            MediaBox=Array([0, 0, *A5]),
            Resources=Dictionary(XObject=Dictionary(), Font=self._fonts(), ExtGState=Dictionary()),
            Contents=self.pdf.make_stream(content),
        )
        if len(self.pdf.pages):
            del self.pdf.pages[0]
        self.pdf.pages.append(pikepdf.Page(self.pdf.make_indirect(page)))

    @property
    def obj(self) -> Dictionary:
        return self.pdf.pages[0].obj  # type: ignore[return-value]

    def add(self, name: str, stream: Stream) -> Paper:
        self.obj.Resources.XObject[f"/{name}"] = stream
        return self

    def picture(self, data: bytes, **entries: object) -> Stream:
        defaults: dict[str, object] = {
            "Type": Name.XObject,
            "Subtype": Name.Image,
            "Width": PIXELS[0],
            "Height": PIXELS[1],
            "BitsPerComponent": 8,
            "ColorSpace": Name.DeviceRGB,
        }
        stream = self.pdf.make_stream(data)
        for key, value in {**defaults, **entries}.items():
            stream[f"/{key}"] = value
        return stream

    def draws(self, content: bytes) -> Paper:
        self.obj.Contents = self.pdf.make_stream(content)
        return self

    def data(self, **options: object) -> bytes:
        out = io.BytesIO()
        self.pdf.save(out, **options)  # type: ignore[arg-type]
        return out.getvalue()

    def pages(self, limits: IntakeLimits = DEFAULT_LIMITS) -> list[DeliveredPage]:
        return pages_of(self.data(), limits)

    def _fonts(self) -> Dictionary:
        helvetica = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
        return Dictionary(F1=self.pdf.make_indirect(helvetica))


def pages_of(data: bytes, limits: IntakeLimits = DEFAULT_LIMITS) -> list[DeliveredPage]:
    return list(read_pages(DeliveredFile("scan.pdf", data, media_type_of(data, "scan.pdf"), 0), limits))


def scanned(content: bytes = FULL, **entries: object) -> tuple[Paper, bytes]:
    """A page with one JPEG on it, and that JPEG."""
    paper, data = Paper(), jpeg(scan())
    paper.add("Im0", paper.picture(data, Filter=Name.DCTDecode, **entries)).draws(content)
    return paper, data


def shown(page: DeliveredPage) -> Image.Image:
    return Image.open(io.BytesIO(page.picture))


def test_a_jpeg_that_fills_the_page_comes_out_byte_for_byte() -> None:
    paper, data = scanned()
    (page,) = paper.pages()
    assert page.picture == data
    assert (page.media_type, page.extraction) == ("image/jpeg", Extraction.EMBEDDED)
    assert (page.width, page.height) == PIXELS
    assert page.dpi == pytest.approx(150, abs=0.2)


@pytest.mark.parametrize(
    "content",
    [
        b"q 0.24 0 0 0.24 0 0 cm 1750 0 0 2479.17 0 0 cm /Im0 Do Q",
        b"0 595 m q -420 0 0 -595 420 595 cm /Im0 Do Q",
        b"q 0 0 420 595 re W n 420 0 0 595 0 0 cm /Im0 Do Q",
        b"q 410 0 0 585 5 5 cm /Im0 Do Q",
        FULL + b" BT /F1 12 Tf 3 Tr 20 500 Td (OCR, hidden) Tj ET",
        b"BT 3 Tr /F1 9 Tf (before) Tj ET " + FULL,
        b"1 1 1 rg 0 0 420 595 re f BT /F1 12 Tf 50 50 Td (under the scan) Tj ET " + FULL,
        FULL + b" BT /F1 12 Tf () Tj [-20] TJ ET",
    ],
)
def test_what_cannot_be_seen_beside_the_picture_changes_nothing(content: bytes) -> None:
    paper, data = scanned(content)
    (page,) = paper.pages()
    assert page.extraction is Extraction.EMBEDDED
    assert page.picture == data


@pytest.mark.parametrize(
    "content",
    [
        FULL + b" BT /F1 12 Tf 20 500 Td (seen) Tj ET",
        FULL + b" 1 0 0 RG 10 10 m 200 200 l S",
        FULL + b" 0.5 g 10 10 50 50 re f",
        FULL + b" q 100 0 0 100 20 20 cm /Im0 Do Q",
        b"q 210 0 0 297 0 0 cm /Im0 Do Q",
        b"q -420 0 0 595 420 0 cm /Im0 Do Q",  # a mirror image would be unreadable on its own
        b"q 410 60 -60 585 20 0 cm /Im0 Do Q",
        b"q 420 0 0 297 0 149 cm /Im0 Do Q",
        b"q 600 0 0 850 -90 -120 cm /Im0 Do Q",
        b"q 0 0 210 595 re W n " + FULL[2:],
        b"q 0 0 m 420 0 l 0 595 l h W n " + FULL[2:],
        b"/OC /Layer BDC " + FULL + b" EMC",
        b"q 420 0 0 595 0 0 cm /Nowhere Do Q",
        b"",
    ],
)
def test_a_page_that_is_not_one_whole_picture_is_drawn(content: bytes) -> None:
    paper, _ = scanned(content)
    (page,) = paper.pages()
    assert page.extraction is Extraction.RENDERED
    assert page.media_type == "image/png"
    assert shown(page).size == (page.width, page.height)
    assert page.width / page.dpi == pytest.approx(420 / 72, rel=0.01)


def test_text_is_drawn_where_it_stands() -> None:
    paper = Paper().draws(b"BT /F1 40 Tf 60 500 Td (BEFORE) Tj ET")
    (page,) = paper.pages()
    ink = ImageChops.invert(shown(page).convert("L")).getbbox()
    assert ink is not None
    left, top, _, bottom = (edge / 300 * 72 for edge in ink)
    assert left == pytest.approx(60, abs=6)
    assert 595 - bottom == pytest.approx(500, abs=3)
    assert 595 - top == pytest.approx(529, abs=3)


def test_form_in_form_is_followed_with_its_matrices() -> None:
    paper, data = scanned(b"q 420 0 0 595 0 0 cm /Fm0 Do Q")
    picture = paper.obj.Resources.XObject.Im0
    inner = paper.pdf.make_stream(b"/Im0 Do")
    outer = paper.pdf.make_stream(b"q 0.5 0 0 0.5 0 0 cm /Fm1 Do Q")
    for form, resources, matrix, box in (
        (inner, Dictionary(XObject=Dictionary(Im0=picture)), [2, 0, 0, 2, 0, 0], [0, 0, 1, 1]),
        (outer, Dictionary(XObject=Dictionary(Fm1=inner)), [1, 0, 0, 1, 0, 0], [0, 0, 1, 1]),
    ):
        form.Type, form.Subtype = Name.XObject, Name.Form
        form.Resources, form.Matrix, form.BBox = resources, Array(matrix), Array(box)
    paper.add("Fm0", outer)
    (page,) = paper.pages()
    assert page.picture == data
    assert page.dpi == pytest.approx(150, abs=0.2)


def test_a_form_that_calls_itself_ends() -> None:
    paper, _ = scanned(FULL + b" /Fm0 Do")
    form = paper.pdf.make_stream(b"/Fm0 Do /Fm0 Do")
    form.Type, form.Subtype, form.BBox = Name.XObject, Name.Form, Array([0, 0, 9, 9])
    form.Resources = Dictionary(XObject=Dictionary(Fm0=form))
    paper.add("Fm0", form)
    assert len(paper.pages()) == 1


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_gives_the_picture_as_stored(turn: int) -> None:
    paper, data = scanned()
    paper.obj.Rotate = turn
    (page,) = paper.pages()
    assert page.picture == data
    assert (page.width, page.height) == PIXELS


def test_a_crop_box_that_hides_a_part_makes_the_page_drawn() -> None:
    paper, _ = scanned()
    paper.obj.CropBox = Array([0, 0, 420, 300])
    (page,) = paper.pages()
    assert page.extraction is Extraction.RENDERED
    assert page.height / page.width == pytest.approx(300 / 420, rel=0.01)


@pytest.mark.parametrize(
    ("entries", "visible"),
    [({}, True), ({"F": 2}, False), ({"F": 32}, False), ({"Rect": Array([5, 5, 5, 5])}, False)],
)
def test_an_annotation_that_is_seen_makes_the_page_drawn(entries: dict[str, object], visible: bool) -> None:
    paper, _ = scanned()
    look = paper.pdf.make_stream(b"1 0 0 rg 0 0 100 40 re f")
    look.Type, look.Subtype, look.BBox = Name.XObject, Name.Form, Array([0, 0, 100, 40])
    mark = Dictionary(
        Type=Name.Annot, Subtype=Name.Stamp, Rect=Array([20, 20, 120, 60]), AP=Dictionary(N=look)
    )
    for key, value in entries.items():
        mark[f"/{key}"] = value
    paper.obj.Annots = Array([paper.pdf.make_indirect(mark)])
    (page,) = paper.pages()
    assert (page.extraction is Extraction.RENDERED) == visible
    if visible:
        red = shown(page).crop((50, page.height - 100, 90, page.height - 60))
        assert ImageStat.Stat(red).mean == [255, 0, 0]


@pytest.mark.parametrize(
    "content",
    [
        FULL + b" 1 0 0 rg 10 10 50 20 re f",
        b"q 420 0 0 595 0 297.5 cm /Im0 Do Q q 420 0 0 595 0 -297.5 cm /Im0 Do Q",
    ],
)
def test_a_scan_in_parts_or_under_a_mark_is_drawn_at_its_own_resolution(content: bytes) -> None:
    paper, _ = scanned(content)
    (page,) = paper.pages()
    assert page.dpi == pytest.approx(150, abs=1)
    assert abs(page.width - PIXELS[0]) <= 1


@pytest.mark.parametrize(
    ("black_is_1", "decode", "mask"),
    [
        (False, None, False),
        (True, None, False),
        (False, [1, 0], False),
        (True, [1, 0], False),
        (False, None, True),
    ],
)
def test_a_fax_keeps_its_strip_and_its_tones(black_is_1: bool, decode: list[int] | None, mask: bool) -> None:
    picture = scan("1")
    strip = group4(picture)
    paper = Paper()
    entries: dict[str, object] = {
        "Filter": Name.CCITTFaxDecode,
        "BitsPerComponent": 1,
        "ColorSpace": Name.DeviceGray,
        "DecodeParms": Dictionary(K=-1, Columns=PIXELS[0], Rows=PIXELS[1], BlackIs1=black_is_1),
    }
    if decode:
        entries["Decode"] = Array(decode)
    if mask:
        entries["ImageMask"] = True
    stream = paper.picture(strip, **entries)
    if mask:
        del stream["/ColorSpace"]
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/tiff", Extraction.EMBEDDED)
    assert strip in page.picture
    inverted = black_is_1 != bool(decode)
    expected = ImageChops.invert(picture.convert("L")) if inverted else picture.convert("L")
    assert shown(page).convert("L").tobytes() == expected.tobytes()


@pytest.mark.parametrize(
    ("colour", "plain"),
    [
        (b"0 g", True),
        (b"0 0 0 rg", True),
        (b"0 0 0 1 k", True),
        (b"/DeviceGray cs 0 sc", True),
        (b"1 0 0 rg", False),
        (b"0.2 g", False),
        (b"0 0 0 0.5 k", False),
        (b"/Pattern cs /P0 scn", False),
        (b"/Glass gs", False),
        (b"/Glass gs /Clear gs", True),
        (b"/Glass gs /Other gs", False),
    ],
)
def test_a_stencil_is_a_picture_only_in_plain_black(colour: bytes, plain: bool) -> None:
    paper = Paper()
    parameters = Dictionary(K=-1, Columns=PIXELS[0], Rows=PIXELS[1])
    stencil = paper.picture(
        group4(scan("1")),
        Filter=Name.CCITTFaxDecode,
        BitsPerComponent=1,
        ImageMask=True,
        DecodeParms=parameters,
    )
    del stencil["/ColorSpace"]
    paper.add("Im0", stencil).draws(colour + b" " + FULL)
    states = {"Glass": Dictionary(ca=0.5), "Clear": Dictionary(ca=1), "Other": Dictionary(LW=2)}
    for name, state in states.items():
        paper.obj.Resources.ExtGState[f"/{name}"] = state
    (page,) = paper.pages()
    assert (page.extraction is Extraction.EMBEDDED) == plain


@pytest.mark.parametrize("mode", ["1", "L", "RGB", "P"])
def test_flate_samples_become_the_same_samples_as_png(mode: str) -> None:
    picture = scan("RGB").quantize(16) if mode == "P" else scan(mode)
    paper = Paper()
    space: object = Name.DeviceRGB if mode == "RGB" else Name.DeviceGray
    if mode == "P":
        palette = bytes(picture.getpalette() or [])
        space = Array([Name.Indexed, Name.DeviceRGB, len(palette) // 3 - 1, pikepdf.String(palette)])
    stream = paper.picture(
        zlib.compress(picture.tobytes()),
        Filter=Name.FlateDecode,
        ColorSpace=space,
        BitsPerComponent=1 if mode == "1" else 8,
    )
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/png", Extraction.EMBEDDED)
    assert shown(page).convert("RGB").tobytes() == picture.convert("RGB").tobytes()


@pytest.mark.parametrize("kind", ["jpeg2000", "cmyk-jpeg", "inverted-jpeg"])
def test_a_picture_whose_bytes_alone_mislead_is_decoded_without_resampling(kind: str) -> None:
    picture = scan("RGB")
    paper, out = Paper(), io.BytesIO()
    if kind == "jpeg2000":
        picture.save(out, "JPEG2000", irreversible=False)
        stream = paper.picture(out.getvalue(), Filter=Name.JPXDecode)
        expected = picture
    elif kind == "cmyk-jpeg":
        picture.convert("CMYK").save(out, "JPEG", quality=95)
        entries = {"ColorSpace": Name.DeviceCMYK, "Decode": Array([1, 0] * 4)}
        stream = paper.picture(out.getvalue(), Filter=Name.DCTDecode, **entries)
        expected = picture
    else:
        stream = paper.picture(jpeg(picture), Filter=Name.DCTDecode, Decode=Array([1, 0] * 3))
        expected = ImageChops.invert(picture)
    paper.add("Im0", stream).draws(FULL)
    (page,) = paper.pages()
    assert (page.media_type, page.extraction) == ("image/png", Extraction.EMBEDDED)
    assert (page.width, page.height) == PIXELS
    off = ImageStat.Stat(ImageChops.difference(shown(page).convert("RGB"), expected)).mean
    assert max(off) < (0.01 if kind == "jpeg2000" else 12)


def test_pixels_that_are_not_square_are_drawn() -> None:
    paper = Paper()
    low = scan("L").resize((PIXELS[0], PIXELS[1] // 2))
    stream = paper.picture(
        zlib.compress(low.tobytes()),
        Filter=Name.FlateDecode,
        ColorSpace=Name.DeviceGray,
        Height=PIXELS[1] // 2,
    )
    (page,) = paper.add("Im0", stream).draws(FULL).pages()
    assert page.extraction is Extraction.RENDERED
    assert page.height / page.width == pytest.approx(595 / 420, rel=0.01)


def test_a_picture_cut_off_inside_a_whole_pdf_is_no_page() -> None:
    for data, entries in (
        (jpeg(scan())[:-4000], {"Filter": Name.DCTDecode}),
        (zlib.compress(scan().tobytes()[:-9000]), {"Filter": Name.FlateDecode}),
        (zlib.compress(scan().tobytes())[:-3000], {"Filter": Name.FlateDecode}),
        (broken_in_the_middle(zlib.compress(scan().tobytes())), {"Filter": Name.FlateDecode}),
    ):
        paper = Paper()
        paper.add("Im0", paper.picture(data, **entries)).draws(FULL)
        with pytest.raises(SourceUnreadable, match=r"scan\.pdf: page 1: .*(cut off|damaged)"):
            paper.pages()


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.99])
def test_a_pdf_cut_off_anywhere_is_refused(share: float) -> None:
    paper, _ = scanned()
    data = paper.data()
    with pytest.raises((SourceUnreadable, SourceWithoutPages)):
        pages_of(data[: int(len(data) * share)])


def test_a_pdf_of_no_pages_and_one_of_too_many() -> None:
    empty = Paper()
    del empty.pdf.pages[0]
    with pytest.raises(SourceWithoutPages):
        empty.pages()
    paper, _ = scanned()
    paper.pdf.pages.extend([paper.pdf.pages[0]] * 3)
    with pytest.raises(SourceTooLarge, match="4 pages"):
        paper.pages(IntakeLimits(pages=3))


def test_a_password_is_asked_for_only_where_there_is_one() -> None:
    paper, data = scanned()
    locked = paper.data(encryption=pikepdf.Encryption(owner="chu", user="mat-khau"))
    with pytest.raises(SourceEncrypted):
        pages_of(locked)
    open_to_all = paper.data(encryption=pikepdf.Encryption(owner="chu", user=""))
    (page,) = pages_of(open_to_all)
    assert page.picture == data


def test_a_picture_of_20_000_pixels_in_a_pdf_is_refused_undecoded() -> None:
    paper = Paper()
    paper.add("Im0", paper.picture(b"\xff\xd8", Filter=Name.DCTDecode, Width=20_000)).draws(
        b"q 420 0 0 26 0 0 cm /Im0 Do Q"
    )
    paper.obj.MediaBox = Array([0, 0, 420, 26])
    with pytest.raises(SourceTooLarge, match="20000 x 1240"):
        paper.pages()


def test_an_enormous_page_is_drawn_smaller_and_an_absurd_one_refused() -> None:
    paper = Paper().draws(b"0 0 1000 1000 re f")
    paper.obj.MediaBox = Array([0, 0, 7200, 3600])
    (page,) = paper.pages(IntakeLimits(drawn_pixels=2_000_000))
    assert page.width * page.height <= 2_010_000
    assert page.width / page.dpi == pytest.approx(100, rel=0.01)
    paper.obj.MediaBox = Array([0, 0, 10_000_000, 10_000_000])
    with pytest.raises(SourceTooLarge, match="3527"):
        paper.pages()


def test_pages_come_in_order_and_one_at_a_time() -> None:
    pictures = [jpeg(scan().rotate(turn)) for turn in (0, 1, 2)]
    pdf = Pdf.new()
    for data in pictures:
        paper = Paper()
        paper.add("Im0", paper.picture(data, Filter=Name.DCTDecode)).draws(FULL)
        pdf.pages.extend(paper.pdf.pages)
    out = io.BytesIO()
    pdf.save(out)
    pages = read_pages(DeliveredFile("three.pdf", out.getvalue(), "application/pdf", 0))
    assert [(p.number, p.picture) for p in pages] == list(enumerate(pictures, start=1))


@pytest.mark.parametrize("names", [(), ("One",), ("One", "Two")])
def test_only_fields_that_carry_a_signature_count(names: Sequence[str]) -> None:
    paper, _ = scanned()
    fields = [Dictionary(FT=Name.Sig, T=pikepdf.String("Empty")), Dictionary(FT=Name.Tx, T="Text", V="x")]
    for name in names:
        value = Dictionary(Type=Name.Sig, ByteRange=Array([0, 1, 2, 3]), Contents=pikepdf.String(b"\0" * 8))
        # The field type stands on the parent, as in a real form.
        fields.append(Dictionary(FT=Name.Sig, T=name, Kids=Array([Dictionary(T="kid", V=value)])))
    paper.pdf.Root.AcroForm = Dictionary(Fields=Array([paper.pdf.make_indirect(f) for f in fields]))
    data = paper.data()
    file = DeliveredFile("signed.pdf", data, "application/pdf", 0)
    assert count_signatures(file, DEFAULT_LIMITS) == (len(names), 1), "and one is empty"


def test_a_damaged_page_beside_a_sound_one_names_its_number(tmp_path: Path) -> None:
    paper, _ = scanned()
    broken = Paper()
    broken.add("Im0", broken.picture(jpeg(scan())[:3000], Filter=Name.DCTDecode)).draws(FULL)
    paper.pdf.pages.extend(broken.pdf.pages)
    pages = read_pages(DeliveredFile("two.pdf", paper.data(), "application/pdf", 0))
    assert next(pages).number == 1
    with pytest.raises(SourceUnreadable, match="page 2"):
        next(pages)
