"""Replies of the population database's exchange, as XML or as the JSON that provincial platforms make of it.

The order of elements, their namespaces and prefixes differ between platforms, so elements are found by
their local names (`CongdanCollection/CongDan`, `TonTai`). A reply that is not understood, names another
request or another person, or says two things, is no answer: ReplyUnusable, never a match.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from xml.parsers import expat

from dossier.text import nfc
from storage.register_record import ResidentRecord

_DEEPEST: Final = 40
_MOST_ELEMENTS: Final = 20_000
_SAYS_NOTHING: Final = frozenset({"mayeucau", "socongdan", "ghichu", "header"})
"""Elements that an empty reply may carry."""

_OWNERS: Final = frozenset({"envelope", "body", "ketquaxacthuc", "xacthucthongtincongdanresponse", "congdan"})
"""Elements whose direct children tell whom the reply is about."""


class ReplyUnusable(Exception):
    """A reply that is no answer to the question; the message says why, without words of the reply."""


@dataclass(slots=True)
class Element:
    """An element by its local name in lower case, while the tree is built and after."""

    name: str
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def walk(self) -> Iterator[Element]:
        """This element and everything in it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, name: str) -> list[Element]:
        """Elements of this name, at any depth."""
        return [each for each in self.walk() if each.name == name]

    def child_text(self, *path: str) -> str:
        """Text at a path of direct children; empty where there is none."""
        here: Element | None = self
        for name in path:
            here = next((c for c in here.children if c.name == name), None) if here else None
        return here.text.strip() if here else ""


def parse_xml(data: bytes) -> Element:
    """A SOAP envelope as a tree. No document type is accepted, so no entity is ever defined or fetched.

    Raises ReplyUnusable for what is not XML, not an envelope, too deep or too large.
    """
    top = Element("")
    open_elements = [top]
    count = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > _MOST_ELEMENTS or len(open_elements) > _DEEPEST:
            raise ReplyUnusable("the reply is too deep or has too many elements")
        element = Element(name.rpartition("\x1f")[2].lower())
        open_elements[-1].children.append(element)
        open_elements.append(element)

    def end(_name: str) -> None:
        open_elements.pop()

    def text(part: str) -> None:
        open_elements[-1].text += part

    def refuse(*_declaration: object) -> None:
        raise ReplyUnusable("the reply declares a document type")

    parser = expat.ParserCreate(namespace_separator="\x1f")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as e:
        raise ReplyUnusable("the reply is not XML") from e
    envelope = top.children[0]
    if envelope.name != "envelope" or not any(child.name == "body" for child in envelope.children):
        raise ReplyUnusable("the reply is not a SOAP envelope")
    return envelope


def parse_json(data: bytes) -> Element:
    """The JSON of a provincial platform as the same tree. Raises ReplyUnusable."""
    try:
        content = json.loads(data)
    except (ValueError, RecursionError) as e:
        raise ReplyUnusable("the reply is not JSON") from e
    if not isinstance(content, dict):
        raise ReplyUnusable("the reply is not a JSON object")
    top = Element("envelope")
    _add_members(top, content, 0)
    return top


def says_yes(reply: Element, request: str, number: str, *, wants_echo: bool) -> bool:
    """Whether the register confirms the person: the reply to the yes-or-no operation.

    An empty reply is a no: no such person, or the name differs. Raises ReplyUnusable.
    """
    _refuse_faults(reply)
    _refuse_others(reply, request, number)
    said = {_yes_or_no(each.text) for each in reply.all("tontai")}
    if not said:
        _refuse_unknown(reply)
        return False
    if len(said) > 1:
        raise ReplyUnusable("the register answered twice, and not the same")
    named = any(each.text.strip() for each in (*reply.all("mayeucau"), *_own_numbers(reply, number)))
    if wants_echo and not named:
        raise ReplyUnusable("the reply names neither the request nor the person")
    return said.pop()


def record_of(reply: Element, request: str, number: str) -> ResidentRecord | None:
    """The person's record, None where the reply is empty. Raises ReplyUnusable."""
    _refuse_faults(reply)
    _refuse_others(reply, request, number)
    people = reply.all("congdan")
    if not people:
        _refuse_unknown(reply)
        return None
    records = {_record(person, number) for person in people}
    if len(records) > 1:
        raise ReplyUnusable("the register answered twice, and not the same")
    return records.pop()


def _record(person: Element, asked: str) -> ResidentRecord:
    number = person.child_text(_number_name(asked))
    name = person.child_text("hovaten", "ten") or person.child_text("hovaten")
    if not number or not name:
        raise ReplyUnusable("the record names no number or no name")
    family = (person.child_text("hovaten", "ho"), person.child_text("hovaten", "chudem"))
    whole = " ".join(part for part in (*family, name) if part)
    return ResidentRecord(number, nfc(whole), _born(person), _residence(person))


def _born(person: Element) -> str:
    day = person.child_text("ngaythangnamsinh", "ngaythangnam")
    year = person.child_text("ngaythangnamsinh", "nam")
    if re.fullmatch(r"\d{8}", day):
        try:
            return date(int(day[:4]), int(day[4:6]), int(day[6:])).isoformat()
        except ValueError as e:
            raise ReplyUnusable("the record has an impossible day of birth") from e
    written = day or year
    if re.fullmatch(r"\d{4}", written):
        return written
    if written:
        raise ReplyUnusable("the record's day of birth is not written as yyyyMMdd or a year")
    return ""


def _residence(person: Element) -> str:
    """Permanent residence as an address; since 1/7/2025 without a district."""
    place = next((c for c in person.children if c.name == "thuongtru"), None)
    if place is None:
        return ""
    names = ("chitiet", "tenphuongxa", "tenquanhuyen", "tentinhthanh")
    return nfc(", ".join(text for name in names if (text := place.child_text(name))))


def _refuse_faults(reply: Element) -> None:
    for fault in reply.all("fault"):
        code = fault.child_text("faultcode").rpartition(":")[2]
        known = code if re.fullmatch(r"[A-Za-z][A-Za-z.]{0,30}", code) else "without a code"
        raise ReplyUnusable(f"the register refused the question: fault {known}")


def _refuse_others(reply: Element, request: str, number: str) -> None:
    """A late or foreign answer carries another request's code or another person's number."""
    if any(each.text.strip() not in ("", request) for each in reply.all("mayeucau")):
        raise ReplyUnusable("the reply answers another request")
    if any(each.text.strip() not in ("", number) for each in _own_numbers(reply, number)):
        raise ReplyUnusable("the reply is about another person")


def _own_numbers(reply: Element, asked: str) -> list[Element]:
    """Numbers of the person, of the kind that was asked for; not those of parents and spouse beside them."""
    owners = [e for e in reply.walk() if e.name in _OWNERS]
    return [child for owner in owners for child in owner.children if child.name == _number_name(asked)]


def _number_name(asked: str) -> str:
    """CMND of nine digits, or the personal number."""
    return "socmnd" if len(asked) == 9 else "sodinhdanh"


def _refuse_unknown(reply: Element) -> None:
    """An empty reply says nothing at all; one that says something else was not understood."""
    for element in reply.walk():
        if element.text.strip() and element.name not in _SAYS_NOTHING:
            raise ReplyUnusable("the reply was not understood")


def _yes_or_no(text: str) -> bool:
    word = text.strip().lower()
    if word in ("true", "1"):
        return True
    if word in ("false", "0"):
        return False
    raise ReplyUnusable("the reply is neither yes nor no")


def _add_members(parent: Element, content: dict[str, Any], depth: int) -> None:
    if depth > _DEEPEST:
        raise ReplyUnusable("the reply is too deep or has too many elements")
    for name, value in content.items():
        for each in value if isinstance(value, list) else [value]:
            child = Element(name.rpartition(":")[2].lower())
            parent.children.append(child)
            if isinstance(each, dict):
                _add_members(child, each, depth + 1)
            elif each is not None:
                child.text = json.dumps(each) if isinstance(each, bool) else str(each)
