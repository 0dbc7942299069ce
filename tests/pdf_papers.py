"""PDF files put together by hand, for tests of taking their pages out."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image, ImageChops, ImageDraw

from scanners.delivery import DEFAULT_LIMITS, DeliveredFile, DeliveredPage, IntakeLimits
from scanners.files import media_type_of, read_pages

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
