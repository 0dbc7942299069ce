"""Recognised text as ALTO XML 4.2 (Library of Congress): what was read, where, how surely and by whom.

Places are pixels of the upright frame, the same as on the page of the PDF/A.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from dossier.geometry import Box
from dossier.page import Line, RecognisedPage, Word, Writing
from storage.xml_tree import XLINK, Element, Vocabulary, written

NAMESPACE: Final = "http://www.loc.gov/standards/alto/ns-v4#"
_ALTO: Final = Vocabulary(NAMESPACE)
_BY_HAND: Final = "TAG_HAND"


def write_alto(page: RecognisedPage, number: int, read_at: str) -> bytes:
    """One page.

    Args:
        number: position of the page within its document, 1-based.
        read_at: when it was read, ISO 8601.
    """
    root = _ALTO.root("alto", {"xlink": XLINK}, SCHEMAVERSION="4.2")
    _describe(root, page, read_at)
    if any(word.writing is Writing.HAND for line in page.lines for word in line.words):
        tags = _ALTO.add(root, "Tags")
        _ALTO.add(tags, "OtherTag", ID=_BY_HAND, LABEL="handwriting")
    frame = page.frame
    whole = Box(0, 0, frame.width, frame.height)
    drawn = _ALTO.add(
        _ALTO.add(root, "Layout"),
        "Page",
        ID=f"PAGE_{number}",
        PHYSICAL_IMG_NR=str(number),
        WIDTH=str(frame.width),
        HEIGHT=str(frame.height),
        PC=_share(page.confidence),
    )
    space = _ALTO.add(drawn, "PrintSpace", **_place(whole))
    for place, (box, lines) in enumerate(_blocks(page), 1):
        block = _ALTO.add(space, "TextBlock", ID=f"BLOCK_{place}", LANG="vi", **_place(box))
        for line in lines:
            _add_line(block, line)
    for place, (kind, box) in enumerate(_pictures(page), 1):
        _ALTO.add(space, "Illustration", ID=f"PICTURE_{place}", TYPE=kind, **_place(box))
    return written(root)


def page_text(page: RecognisedPage) -> str:
    """The words of a page in the order in which `write_alto` writes them, one space between two."""
    lines = (line for _, lines in _blocks(page) for line in lines)
    return " ".join(word.text for line in lines for word in line.words if word.text)


def _describe(root: Element, page: RecognisedPage, read_at: str) -> None:
    description = _ALTO.add(root, "Description")
    _ALTO.add(description, "MeasurementUnit", "pixel")
    source = _ALTO.add(description, "sourceImageInformation")
    _ALTO.add(source, "fileName", page.page.source.name)
    _ALTO.add(source, "fileIdentifier", f"sha256:{page.page.picture.sha256}")
    turned = (
        f"dpi={page.page.dpi:g}; rotation_degrees={page.frame.rotation_degrees}; "
        f"angle_degrees={page.frame.angle_degrees:.3f}"
    )
    for place, engine in enumerate(page.engines, 1):
        step = _ALTO.add(description, "Processing", ID=f"READ_{place}")
        _ALTO.add(step, "processingCategory", "contentGeneration")
        _ALTO.add(step, "processingDateTime", read_at)
        _ALTO.add(step, "processingStepSettings", turned)
        software = _ALTO.add(step, "processingSoftware")
        _ALTO.add(software, "softwareName", engine.name)
        _ALTO.add(software, "softwareVersion", engine.version)
        if engine.weights_sha256:
            _ALTO.add(software, "applicationDescription", f"weights sha256:{engine.weights_sha256}")


def _blocks(page: RecognisedPage) -> Iterator[tuple[Box, Sequence[Line]]]:
    """Blocks in reading order, then what stands in none."""
    taken: set[int] = set()
    for block in page.blocks:
        taken.update(block.lines)
        yield block.box, [page.lines[place] for place in block.lines]
    for place, line in enumerate(page.lines):
        if place not in taken:
            yield line.box, [line]


def _add_line(block: Element, line: Line) -> None:
    words = [word for word in line.words if word.text]
    if not words:
        return
    drawn = _ALTO.add(block, "TextLine", **_place(line.box))
    for place, word in enumerate(words):
        if place:
            _ALTO.add(drawn, "SP")
        _add_word(drawn, word)


def _add_word(line: Element, word: Word) -> None:
    by_hand = {"TAGREFS": _BY_HAND} if word.writing is Writing.HAND else {}
    _ALTO.add(line, "String", CONTENT=word.text, WC=_share(word.confidence), **_place(word.box), **by_hand)


def _pictures(page: RecognisedPage) -> Iterator[tuple[str, Box]]:
    yield from ((code.symbology, code.box) for code in page.codes)
    if page.marks is not None:
        yield from (("seal", box) for box in page.marks.seals)
        yield from (("signature", box) for box in page.marks.signatures)
    yield from (("handwriting", each.box) for each in page.handwriting)


def _place(box: Box) -> dict[str, str]:
    return {
        "HPOS": f"{box.left:.1f}",
        "VPOS": f"{box.top:.1f}",
        "WIDTH": f"{box.width:.1f}",
        "HEIGHT": f"{box.height:.1f}",
    }


def _share(value: float) -> str:
    return f"{min(1.0, max(0.0, value)):.4f}"
