"""Recognised text read back from the archive's ALTO: blocks of lines of words, with how sure each one is."""

from __future__ import annotations

from dataclasses import dataclass

from lxml import etree

from dossier.errors import StorageError
from storage.alto import NAMESPACE


@dataclass(frozen=True, slots=True)
class KeptWord:
    """A word as the archive keeps it."""

    text: str
    confidence: float
    """0.0 to 1.0."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """The text of one page."""

    blocks: tuple[tuple[tuple[KeptWord, ...], ...], ...]
    """Blocks of lines of words, in reading order."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read: a blank page."""
        return not any(line for block in self.blocks for line in block)


def read_alto(data: bytes) -> KeptText:
    """The words of a page. Raises StorageError where it is no ALTO.

    No entity and no outside file is looked at, whoever wrote the document.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as e:
        raise StorageError("recognised text", f"cannot be read: {e}") from e
    if root.tag != f"{{{NAMESPACE}}}alto":
        raise StorageError("recognised text", "is no ALTO")
    blocks = (
        tuple(_line(line) for line in block.iterchildren(f"{{{NAMESPACE}}}TextLine"))
        for block in root.iter(f"{{{NAMESPACE}}}TextBlock")
    )
    return KeptText(tuple(block for block in blocks if block))


def _line(line: etree._Element) -> tuple[KeptWord, ...]:
    words = []
    for each in line.iterchildren(f"{{{NAMESPACE}}}String"):
        try:
            confidence = float(each.get("WC", "0"))
        except ValueError:
            confidence = 0.0
        words.append(KeptWord(each.get("CONTENT", ""), confidence))
    return tuple(words)
