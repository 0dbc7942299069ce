"""What describes a package is judged by the schemas of METS, PREMIS, EAD3 and ALTO."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

import pytest
from lxml import etree

from dossier.archive import PackageFile
from dossier.blocks import Block, BlockKind
from dossier.description import (
    Action,
    ActionKind,
    ActionOutcome,
    Agent,
    AgentKind,
    DescribedPaper,
    PackageDescription,
)
from dossier.geometry import Box, UprightFrame
from dossier.page import (
    Code,
    Engine,
    Extraction,
    Handwriting,
    Line,
    PageMarks,
    Presence,
    RecognisedPage,
    ScannedPage,
    SourceFile,
    StoredObject,
    Word,
    Writing,
)
from storage.alto import write_alto
from storage.codec import decode, encode
from storage.mets import EAD_PATH, METS_PATH, PREMIS_PATH, describe
from storage.xml_tree import permitted
from tests.schemas import faults

AT = "2026-11-21T08:00:05.000+07:00"
SCAN, PDF, TEXT = (
    "representations/original/data/001-abc.jpg",
    "representations/rep1/data/01-to_khai.pdf",
    "representations/text/data/01-to_khai-001.xml",
)
OFFICER = Agent(AgentKind.PERSON, "Nguyễn Thị Ánh (MẪU)")
PROGRAM = Agent(AgentKind.SOFTWARE, "Số Hóa", "0.1.0")
NET = Agent(AgentKind.SOFTWARE, "sohoa-vi-tiny", "2", "weights " + "a" * 64)
METS, PREMIS, EAD, ALTO = (
    {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"},
    {"p": "http://www.loc.gov/premis/v3"},
    {"e": "http://ead3.archivists.org/schema/"},
    {"a": "http://www.loc.gov/standards/alto/ns-v4#"},
)


def file(path: str, role: str, media_type: str) -> PackageFile:
    return PackageFile(path, role, hashlib.sha256(path.encode()).hexdigest(), 7, media_type)


FILES = (
    file(SCAN, "original", "image/jpeg"),
    file(PDF, "rendition", "application/pdf"),
    file(TEXT, "text", "application/xml"),
)


def described(**changes: object) -> PackageDescription:
    plain = PackageDescription(
        dossier="000.00.17.H56-250715-0001",
        procedure="1.001193",
        procedure_name="Đăng ký khai sinh & <nuôi>",
        agency="UBND xã Mẫu (MẪU)",
        officer=OFFICER.name,
        received_on=date(2026, 11, 20),
        made_at=AT,
        software=PROGRAM,
        people=("LÊ VĂN MẪU",),
        papers=(DescribedPaper(1, "to_khai", "TỜ KHAI", "original", 1, "2026-11-19", PDF, (TEXT,), (SCAN,)),),
        actions=(
            Action(ActionKind.TAKEN_IN, AT, (OFFICER, PROGRAM), ActionOutcome.SUCCESS, "", (SCAN,)),
            Action(ActionKind.READ, AT, (OFFICER, NET), ActionOutcome.SUCCESS, "0.93", (TEXT,), (SCAN,)),
            Action(ActionKind.RENDERED, AT, (OFFICER, PROGRAM), ActionOutcome.SUCCESS, "", (PDF,), (SCAN,)),
            Action(ActionKind.SEALED, AT, (OFFICER, PROGRAM), ActionOutcome.WARNING, "PAdES B-B", (), (PDF,)),
            Action(ActionKind.CHECKED, AT, (OFFICER, PROGRAM), ActionOutcome.NOT_CHECKED),
        ),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def records(description: PackageDescription, files: tuple[PackageFile, ...] = FILES) -> dict[str, bytes]:
    return {each.path: data for each, data in describe(description, files)}


EMPTY = {"papers": (), "actions": (), "people": ()}
ODD = {"procedure_name": "", "people": ("A\x00B\x0b", "漢"), "officer": "Ông \ud800 <&>"}


@pytest.mark.parametrize("changes", [{}, EMPTY, ODD], ids=["plain", "nothing kept", "odd characters"])
def test_the_official_schemas_accept_them(changes: dict[str, object]) -> None:
    files = () if changes is EMPTY else FILES
    for path, data in records(described(**changes), files).items():
        assert faults(data) == [], path


@pytest.mark.parametrize("kind", list(ActionKind))
def test_every_action_has_its_event(kind: ActionKind) -> None:
    action = Action(kind, AT, (OFFICER, NET), ActionOutcome.FAILURE, "why", (PDF,), (SCAN,))
    data = records(described(actions=(action,)))[PREMIS_PATH]
    assert faults(data) == []
    (event,) = etree.fromstring(data).findall("p:event", PREMIS)
    assert event.findtext("p:eventType", namespaces=PREMIS)
    assert event.findtext("p:eventDateTime", namespaces=PREMIS) == AT
    assert event.findtext(".//p:eventOutcome", namespaces=PREMIS) == "failure"
    assert len(event.findall("p:linkingAgentIdentifier", PREMIS)) == 2


def test_a_schema_refuses_what_is_wrong() -> None:
    """The judge judges: without this the tests above would prove nothing."""
    whole = records(described())
    assert faults(
        whole[METS_PATH].replace(b"<structMap", b"<structMop").replace(b"</structMap", b"</structMop")
    )
    assert faults(whole[PREMIS_PATH].replace(b"eventDateTime", b"eventTime"))
    assert faults(whole[EAD_PATH].replace(b'level="file"', b'level="box"'))
    assert faults(write_alto(page(), 1, AT).replace(b"HPOS=", b"LEFT="))


def test_mets_names_every_file_with_its_digest() -> None:
    whole = records(described())
    mets = etree.fromstring(whole[METS_PATH])
    named = {
        each.find("m:FLocat", METS).get(f"{{{METS['x']}}}href"): (each.get("CHECKSUM"), each.get("SIZE"))
        for each in mets.iterfind(".//m:file", METS)
    }
    assert named == {each.path: (each.sha256, "7") for each in FILES}
    referred = {
        each.get(f"{{{METS['x']}}}href"): each.get("CHECKSUM") for each in mets.iterfind(".//m:mdRef", METS)
    }
    assert referred == {path: hashlib.sha256(whole[path]).hexdigest() for path in (EAD_PATH, PREMIS_PATH)}
    groups = {each.get("USE") for each in mets.iterfind(".//m:fileGrp", METS)}
    assert groups == {"Representations/original", "Representations/rep1", "Representations/text"}


def test_premis_tells_what_came_from_what_and_who_did_it() -> None:
    premis = etree.fromstring(records(described())[PREMIS_PATH])
    objects = {each.findtext(".//p:objectIdentifierValue", namespaces=PREMIS): each for each in premis[:4]}
    assert objects[SCAN].findtext(".//p:messageDigest", namespaces=PREMIS) == FILES[0].sha256
    assert objects[PDF].findtext(".//p:relatedObjectIdentifierValue", namespaces=PREMIS) == SCAN
    assert objects[PDF].findtext(".//p:formatRegistryKey", namespaces=PREMIS) == "fmt/477"
    assert objects[SCAN].find("p:relationship", PREMIS) is None
    agents = {
        (
            each.findtext("p:agentName", namespaces=PREMIS),
            each.findtext("p:agentVersion", namespaces=PREMIS),
            each.findtext("p:agentNote", namespaces=PREMIS),
        )
        for each in premis.iterfind("p:agent", PREMIS)
    }
    assert agents == {(OFFICER.name, None, None), ("Số Hóa", "0.1.0", None), (NET.name, "2", NET.note)}
    outcomes = [each.text for each in premis.iterfind(".//p:eventOutcome", PREMIS)]
    assert outcomes == ["success", "success", "success", "warning", "not_checked"]


def test_ead_tells_the_dossier_and_its_papers_and_no_numbers() -> None:
    ead = etree.fromstring(records(described())[EAD_PATH])
    assert ead.findtext(".//e:archdesc/e:did/e:unitid", namespaces=EAD) == "000.00.17.H56-250715-0001"
    assert ead.findtext(".//e:archdesc/e:did/e:unittitle", namespaces=EAD) == "Đăng ký khai sinh & <nuôi>"
    (paper,) = ead.iterfind(".//e:dsc/e:c", EAD)
    assert paper.findtext(".//e:unittitle", namespaces=EAD) == "TỜ KHAI"
    assert [each.get("href") for each in paper.iterfind(".//e:dao", EAD)] == [f"../../{PDF}", f"../../{TEXT}"]


def test_ead_tells_how_long_it_is_kept() -> None:
    data = records(described(retention_days=7300, retention_basis="TT 10/2022/TT-BNV"))[EAD_PATH]
    assert faults(data) == []
    assert "7300 ngày (TT 10/2022/TT-BNV)" in data.decode()


def test_a_later_action_keeps_the_time_when_the_package_was_made() -> None:
    later = Action(ActionKind.SEAL_RAISED, "2027-01-01T00:00:00.000+07:00", (PROGRAM,), ActionOutcome.SUCCESS)
    header = etree.fromstring(records(described(actions=(later,)))[METS_PATH]).find("m:metsHdr", METS)
    assert (header.get("CREATEDATE"), header.get("LASTMODDATE")) == (AT, later.at)


def test_a_description_is_kept_and_read_back() -> None:
    assert decode(PackageDescription, encode(described())) == described()
    assert records(described()) == records(described()), "the same bytes every time"


def page(lines: tuple[Line, ...] | None = None) -> RecognisedPage:
    words = (
        Word("Số:", Box(10, 10, 40, 30), 0.9),
        Word("12\x0c<&>ỵ", Box(50, 10, 90, 30), 1.7, None, Writing.HAND),
    )
    line = Line("Số: 12", Box(10, 10, 90, 30), 0.9, words)
    wordless = Line("", Box(5, 50, 9, 60), 0.1, ())
    if lines is None:
        lines = (line, wordless, replace(line, box=Box(10, 70, 90, 90)))
    kept = StoredObject("k", "b" * 64, 3, "image/jpeg")
    scanned = ScannedPage(SourceFile("tờ khai.jpg", kept), 1, kept, Extraction.AS_SCANNED, 100, 200, 300.0)
    box = Box(1, 2, 3, 4)
    return RecognisedPage(
        scanned,
        UprightFrame(100, 200, 90, 1.5),
        lines,
        (Code("QRCode", "000000000000|MẪU", box),),
        (),
        is_blank=not lines,
        confidence=0.9,
        engines=(Engine("sohoa-vi-tiny", "2", "c" * 64), Engine("zxing-cpp", "3.1.1", "")),
        marks=PageMarks(True, (box,), (box,), Presence.SEEN, Presence.SEEN),
        handwriting=(Handwriting(box, "", 0.2),),
        blocks=(Block(BlockKind.PARAGRAPH, Box(5, 5, 95, 60), (0, 1)),) if lines else (),
    )


def test_recognised_text_is_alto() -> None:
    data = write_alto(page(), 1, AT)
    assert faults(data) == []
    alto = etree.fromstring(data)
    words = [each.get("CONTENT") for each in alto.iterfind(".//a:String", ALTO)]
    assert words == ["Số:", "12\ufffd<&>ỵ"] * 2, "a line outside every block is not lost"
    assert [each.get("TAGREFS") for each in alto.iterfind(".//a:String", ALTO)] == [None, "TAG_HAND"] * 2
    kinds = [each.get("TYPE") for each in alto.iterfind(".//a:Illustration", ALTO)]
    assert kinds == ["QRCode", "seal", "signature", "handwriting"]
    software = [each.text for each in alto.iterfind(".//a:softwareName", ALTO)]
    assert software == ["sohoa-vi-tiny", "zxing-cpp"]
    assert "000000000000" not in data.decode(), "codes are shown by their place only"


def test_a_blank_page_is_alto_too() -> None:
    assert faults(write_alto(page(()), 1, AT)) == []


def test_what_xml_cannot_say_is_replaced_and_not_dropped() -> None:
    assert permitted("a\x00b\ud800\uffffc\td\U0001f600") == "a\ufffdb\ufffd\ufffdc\td\U0001f600"
