"""How the stand-in register words its replies: XML as the exchange, JSON as a province's platform."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from xml.sax.saxutils import escape

from storage.dialogue import VERIFY

_ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"
_REPLY: Final = "http://www.mic.gov.vn/dancu/1.0"
BOMB: Final = (
    b'<?xml version="1.0"?><!DOCTYPE bomb [<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 32) for n in range(8))
    + b'<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    + f'<s:Envelope xmlns:s="{_ENVELOPE}"><s:Body><TonTai>true</TonTai>'.encode()
    + b"<GhiChu>&x;&i;</GhiChu></s:Body></s:Envelope>"
)
"""Entities that grow to a terabyte, and one that reads a file."""

Tree: TypeAlias = list[tuple[str, "str | Tree"]]


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the CSV file."""

    personal_number: str
    full_name: str
    date_of_birth: str
    sex: str
    residence: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to one question."""

    operation: str
    request: str
    """Request code that is repeated; empty where none is."""
    person: Person | None
    """None where there is no such person."""
    names_person: bool = False
    """Whether yes or no comes with the person's number."""
    is_empty: bool = False
    second: str = ""
    """"same" or "other" where the answer comes twice."""
    is_reordered: bool = False


def write_xml(answer: Answer) -> bytes:
    """The envelope of an answer."""
    prefix = "x" if answer.is_reordered else "ns1"
    body = _xml(_tree(answer), prefix)
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="{_ENVELOPE}">'
        f'<soapenv:Header/><soapenv:Body xmlns:{prefix}="{_REPLY}">{body}</soapenv:Body></soapenv:Envelope>'
    ).encode()


def write_json(answer: Answer) -> bytes:
    """The object of an answer."""
    return json.dumps({"Header": "", "Body": _json(_tree(answer))}, ensure_ascii=False).encode()


def soap_fault(text: str) -> bytes:
    """A fault, with whatever text."""
    return (
        f'<soapenv:Envelope xmlns:soapenv="{_ENVELOPE}"><soapenv:Body><soapenv:Fault>'
        f"<faultcode>soapenv:Client</faultcode><faultstring>{escape(text)}</faultstring>"
        "</soapenv:Fault></soapenv:Body></soapenv:Envelope>"
    ).encode()


def _tree(answer: Answer) -> Tree:
    if answer.is_empty:
        return []
    tree = _yes_or_no(answer) if answer.operation == VERIFY else _collection(answer)
    return _reversed(tree) if answer.is_reordered else tree


def _yes_or_no(answer: Answer) -> Tree:
    said = "false" if answer.person is None else "true"
    content: Tree = [("MaYeuCau", answer.request)] if answer.request else []
    if answer.names_person and answer.person:
        content.append(("SoDinhDanh", answer.person.personal_number))
    content.append(("TonTai", said))
    if answer.second:
        content.append(("TonTai", said if answer.second == "same" else {"true": "false"}.get(said, "true")))
    return [("KetQuaXacThuc", content)]


def _collection(answer: Answer) -> Tree:
    content: Tree = [("MaYeuCau", answer.request)] if answer.request else []
    if answer.person is not None:
        content.append(("CongDan", _citizen(answer.person)))
        if answer.second:
            changed = Person(answer.person.personal_number, answer.person.full_name, "1900-01-01", "", "")
            other = answer.person if answer.second == "same" else changed
            content.append(("CongDan", _citizen(other)))
    return [("CongdanCollection", content)]


def _citizen(person: Person) -> Tree:
    """A record as the exchange words it; parents have numbers too, which are not the person's."""
    number = "SoCMND" if len(person.personal_number) == 9 else "SoDinhDanh"
    detail, _, place = person.residence.partition(", ")
    written = person.date_of_birth.replace("-", "")
    born: Tree = [("Nam" if len(written) == len("1943") else "NgayThangNam", written)] if written else []
    return [
        (number, person.personal_number),
        ("HoVaTen", [("Ten", person.full_name)]),
        ("GioiTinh", person.sex),
        ("NgayThangNamSinh", born),
        ("ThuongTru", [("ChiTiet", detail), ("TenTinhThanh", place), ("QuocGia", "VN")]),
        ("Cha", [("SoDinhDanh", "001055000099"), ("HoVaTen", "NGUYỄN VĂN CHA MẪU")]),
    ]


def _reversed(tree: Tree) -> Tree:
    return [(name, v if isinstance(v, str) else _reversed(v)) for name, v in reversed(tree)]


def _xml(tree: Tree, prefix: str) -> str:
    return "".join(
        f"<{prefix}:{name}>{escape(v) if isinstance(v, str) else _xml(v, prefix)}</{prefix}:{name}>"
        for name, v in tree
    )


def _json(tree: Tree) -> dict[str, Any]:
    members: dict[str, Any] = {}
    for name, value in tree:
        content: Any = value if isinstance(value, str) else _json(value)
        if name in members:
            earlier = members[name]
            members[name] = [*(earlier if isinstance(earlier, list) else [earlier]), content]
        else:
            members[name] = content
    return members
