"""Replies of the exchange: what counts as an answer, and that nothing else ever does."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.register_record import ResidentRecord
from storage.register_reply import ReplyUnusable, parse_json, parse_xml, record_of, says_yes

REQUEST, NUMBER = "SHMAU", "001099000000"
HEAD = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
TAIL = "</s:Body></s:Envelope>"
CITIZEN = (
    "<MaYeuCau>SHMAU</MaYeuCau><CongDan><SoDinhDanh>001099000000</SoDinhDanh><SoCMND>012345678</SoCMND>"
    "<HoVaTen><Ho>NGUYỄN</Ho><ChuDem>THỊ</ChuDem><Ten>MẪU</Ten></HoVaTen>"
    "<NgayThangNamSinh>{born}</NgayThangNamSinh>"
    "<Cha><SoDinhDanh>001055000099</SoDinhDanh><HoVaTen>NGUYỄN CHA MẪU</HoVaTen></Cha></CongDan>"
)

NAMES = st.sampled_from(["TonTai", "CongDan", "SoDinhDanh", "MaYeuCau", "Fault", "HoVaTen", "x"])
TREES = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner),
    max_leaves=12,
)


def xml(body: str) -> bytes:
    return f"{HEAD}{body}{TAIL}".encode()


@pytest.mark.parametrize(
    ("born", "expected"),
    [
        ("<NgayThangNam>19990102</NgayThangNam>", "1999-01-02"),
        ("<Nam>1999</Nam>", "1999"),
        ("<NgayThangNam>1999</NgayThangNam>", "1999"),
        ("", ""),
    ],
)
def test_a_record_is_the_persons_own_and_not_the_parents(born: str, expected: str) -> None:
    reply = parse_xml(xml(CITIZEN.format(born=born)))
    wanted = ResidentRecord(NUMBER, "NGUYỄN THỊ MẪU", expected, "")
    assert record_of(reply, REQUEST, NUMBER) == wanted
    # Asked by CMND, the same record answers by CMND.
    assert record_of(reply, REQUEST, "012345678") == ResidentRecord("012345678", *_rest(wanted))
    for other in ("001055000099", "012345679"):
        with pytest.raises(ReplyUnusable, match="another person"):
            record_of(reply, REQUEST, other)


def _rest(record: ResidentRecord) -> tuple[str, str, str]:
    return record.full_name, record.born, record.residence


@pytest.mark.parametrize("born", ["<Nam>99</Nam>", "<NgayThangNam>19990231</NgayThangNam>"])
def test_an_impossible_birth_is_no_record(born: str) -> None:
    with pytest.raises(ReplyUnusable, match="day of birth"):
        record_of(parse_xml(xml(CITIZEN.format(born=born))), REQUEST, NUMBER)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<MaYeuCau>SHMAU</MaYeuCau><TonTai>có</TonTai>", "neither yes nor no"),
        ("<MaYeuCau>SHMAU</MaYeuCau><TonTai>true</TonTai><TonTai>0</TonTai>", "twice"),
        ("<MaYeuCau>SHMAU</MaYeuCau><MaYeuCau>SHX</MaYeuCau><TonTai>true</TonTai>", "another request"),
        ("<KetQua><SoDinhDanh>1</SoDinhDanh><TonTai>true</TonTai></KetQua>", "neither the request"),
        ("<KetQuaXacThuc><SoDinhDanh>1</SoDinhDanh><TonTai>true</TonTai></KetQuaXacThuc>", "another person"),
        ("<ThongBao>Hệ thống bận</ThongBao>", "not understood"),
        ("<s:Fault><faultcode>s:Server NGUYỄN</faultcode></s:Fault>", "fault without a code"),
        ("<s:Fault><faultcode>s:Server.Busy</faultcode></s:Fault>", "fault Server.Busy"),
    ],
)
def test_what_is_no_answer(body: str, says: str) -> None:
    with pytest.raises(ReplyUnusable, match=says) as caught:
        says_yes(parse_xml(xml(body)), REQUEST, NUMBER, wants_echo=True)
    assert "NGUYỄN" not in str(caught.value)


def test_namespaces_prefixes_and_case_do_not_count() -> None:
    body = '<a:x xmlns:a="urn:other"><a:MAYEUCAU> SHMAU </a:MAYEUCAU><a:tontai> True </a:tontai></a:x>'
    assert says_yes(parse_xml(xml(body)), REQUEST, NUMBER, wants_echo=True)
    members = {"ns1:Body": {"ns1:MaYeuCau": REQUEST, "ns1:TonTai": True}}
    assert says_yes(parse_json(json.dumps(members).encode()), REQUEST, NUMBER, wants_echo=True)


@pytest.mark.parametrize(
    "declared",
    ["<!DOCTYPE x>", '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', '<!DOCTYPE x [<!ENTITY a "b">]>'],
)
def test_no_document_type_is_accepted(declared: str) -> None:
    with pytest.raises(ReplyUnusable, match="document type"):
        parse_xml(declared.encode() + xml("<TonTai>true</TonTai>"))


@pytest.mark.parametrize("body", ["<a>" * 60 + "</a>" * 60, "<a/>" * 30_000])
def test_what_is_too_deep_or_too_large_is_given_up(body: str) -> None:
    with pytest.raises(ReplyUnusable, match="too deep"):
        parse_xml(xml(body))


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.binary(max_size=200), st.text(max_size=80).map(xml), st.text().map(str.encode)))
def test_no_bytes_bring_it_down_or_make_a_yes(data: bytes) -> None:
    for parse in (parse_xml, parse_json):
        with suppress(ReplyUnusable):
            reply = parse(data)
            assert not says_yes(reply, REQUEST, NUMBER, wants_echo=True)
            assert record_of(reply, REQUEST, NUMBER) is None


@settings(max_examples=100, deadline=None)
@given(TREES)
def test_no_json_brings_it_down_or_names_the_person(content: object) -> None:
    with suppress(ReplyUnusable):
        reply = parse_json(json.dumps({"Body": content}).encode())
        assert not says_yes(reply, REQUEST, NUMBER, wants_echo=True)
