"""XML as the archive writes it: UTF-8, one form for the same content, nothing that XML 1.0 forbids."""

from __future__ import annotations

import re
from typing import Any, Final, TypeAlias

from lxml import etree

XLINK: Final = "http://www.w3.org/1999/xlink"
XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT: Final = "\ufffd"

Element: TypeAlias = Any
"""An element of lxml, which has no types."""


class Vocabulary:
    """Makes elements of one namespace."""

    def __init__(self, namespace: str) -> None:
        self._namespace = namespace

    def root(self, name: str, others: dict[str, str], **attributes: str) -> Element:
        """The element that holds all; `others` from prefix to namespace. This one is the default."""
        names: dict[str | None, str] = {None: self._namespace}
        for prefix, namespace in others.items():
            names[prefix] = namespace
        root = etree.Element(f"{{{self._namespace}}}{name}", nsmap=names)
        return _with(root, attributes)

    def add(self, parent: Element, name: str, text: str = "", **attributes: str) -> Element:
        """A new last child of an element; `prefix__name` is an attribute of another namespace."""
        child = _with(etree.SubElement(parent, f"{{{self._namespace}}}{name}"), attributes)
        if text:
            child.text = permitted(text)
        return child


def written(root: Element) -> bytes:
    """The whole document."""
    data: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return data


def permitted(text: str) -> str:
    """Text without characters that XML 1.0 (2.2) does not allow; each is replaced, none dropped."""
    return _FORBIDDEN.sub(_REPLACEMENT, text)


def _with(element: Element, attributes: dict[str, str]) -> Element:
    for name, value in attributes.items():
        prefix, _, local = name.rpartition("__")
        element.set(f"{{{element.nsmap[prefix]}}}{local}" if prefix else name, permitted(value))
    return element
