"""What a package consists of, as METS (Library of Congress) in the order of E-ARK's common specification.

METS, EAD and PREMIS lie where the archives' information packages have them (TT 05/2025/TT-BNV): `METS.xml`,
`metadata/descriptive/EAD.xml`, `metadata/preservation/PREMIS.xml`, `representations/*/data`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from dossier.archive import PackageFile
from dossier.description import PackageDescription
from storage.ead import write_ead
from storage.premis import write_premis
from storage.xml_tree import XLINK, Element, Vocabulary, written

NAMESPACE: Final = "http://www.loc.gov/METS/"
CSIP: Final = "https://DILCIS.eu/XML/METS/CSIPExtensionMETS"
METS_PATH: Final = "METS.xml"
EAD_PATH: Final = "metadata/descriptive/EAD.xml"
PREMIS_PATH: Final = "metadata/preservation/PREMIS.xml"
GUIDE_PATH: Final = "documentation/huong-dan-kiem-tra.txt"
_CONTENT: Final = "Hồ sơ thủ tục hành chính"
_METS: Final = Vocabulary(NAMESPACE)
_SECTIONS: Final = {EAD_PATH: ("dmdSec", "EAD"), PREMIS_PATH: ("digiprovMD", "PREMIS")}


def describe(
    description: PackageDescription, files: Sequence[PackageFile]
) -> list[tuple[PackageFile, bytes]]:
    """The files that describe a package of these data files: EAD, PREMIS, then METS over all of them."""
    made = [
        _described(EAD_PATH, write_ead(description)),
        _described(PREMIS_PATH, write_premis(description, files)),
    ]
    mets = _write_mets(description, files, [file for file, _ in made])
    return [*made, _described(METS_PATH, mets)]


def guide() -> bytes:
    """How to check a package without this product, in Vietnamese, UTF-8; every package has it."""
    return (Path(__file__).parent / "data" / "huong-dan-kiem-tra.txt").read_bytes()


def _described(path: str, data: bytes) -> tuple[PackageFile, bytes]:
    digest = hashlib.sha256(data).hexdigest()
    return PackageFile(path, "description", digest, len(data), "application/xml"), data


def _write_mets(
    description: PackageDescription, files: Sequence[PackageFile], records: Sequence[PackageFile]
) -> bytes:
    others = {"xlink": XLINK, "csip": CSIP}
    root = _METS.root(
        "mets",
        others,
        OBJID=description.dossier,
        LABEL=f"Hồ sơ {description.dossier}",
        TYPE="OTHER",
        csip__OTHERTYPE=_CONTENT,
        csip__CONTENTINFORMATIONTYPE="MIXED",
    )
    _add_header(root, description)
    sections = {file.path: _add_record(root, file, description.made_at) for file in records}
    groups = _groups(files)
    if groups:
        held = _METS.add(root, "fileSec", ID="files")
        for name, members in groups.items():
            _add_group(held, name, members, description.made_at)
    _add_structure(root, description.dossier, sections, groups)
    return written(root)


def _add_header(root: Element, description: PackageDescription) -> None:
    header = _METS.add(root, "metsHdr", CREATEDATE=description.made_at, csip__OAISPACKAGETYPE="AIP")
    header.set("LASTMODDATE", description.actions[-1].at if description.actions else description.made_at)
    program = _METS.add(header, "agent", ROLE="CREATOR", TYPE="OTHER", OTHERTYPE="SOFTWARE")
    _METS.add(program, "name", description.software.name)
    _METS.add(program, "note", description.software.version, csip__NOTETYPE="SOFTWARE VERSION")
    keeper = _METS.add(header, "agent", ROLE="CUSTODIAN", TYPE="ORGANIZATION")
    _METS.add(keeper, "name", description.agency)
    officer = _METS.add(header, "agent", ROLE="ARCHIVIST", TYPE="INDIVIDUAL")
    _METS.add(officer, "name", description.officer)


def _add_record(root: Element, file: PackageFile, made_at: str) -> str:
    """The reference to EAD or PREMIS; the section's identifier."""
    kind, vocabulary = _SECTIONS[file.path]
    name = vocabulary.lower()
    if kind == "dmdSec":
        section = _METS.add(root, kind, ID=name, CREATED=made_at, STATUS="CURRENT")
    else:
        section = _METS.add(_METS.add(root, "amdSec", ID="amd"), kind, ID=name, CREATED=made_at)
        section.set("STATUS", "CURRENT")
    _METS.add(
        section,
        "mdRef",
        ID=f"{name}-reference",
        LOCTYPE="URL",
        xlink__type="simple",
        xlink__href=quote(file.path),
        MDTYPE=vocabulary,
        **_proof(file, made_at),
    )
    return name


def _groups(files: Sequence[PackageFile]) -> dict[str, list[tuple[str, PackageFile]]]:
    """Files with their identifiers by representation: "Representations/rep1"."""
    groups: dict[str, list[tuple[str, PackageFile]]] = {}
    for number, file in enumerate(files, 1):
        parts = file.path.split("/")
        name = f"Representations/{parts[1]}" if parts[0] == "representations" else parts[0].capitalize()
        groups.setdefault(name, []).append((f"file-{number}", file))
    return groups


def _add_group(held: Element, name: str, members: Sequence[tuple[str, PackageFile]], made_at: str) -> None:
    group = _METS.add(held, "fileGrp", ID=_identifier("group", name), USE=name, ADMID="premis")
    group.set(f"{{{CSIP}}}CONTENTINFORMATIONTYPE", "OTHER")
    group.set(f"{{{CSIP}}}OTHERCONTENTINFORMATIONTYPE", _CONTENT)
    for identifier, file in members:
        drawn = _METS.add(group, "file", ID=identifier, **_proof(file, made_at))
        _METS.add(drawn, "FLocat", LOCTYPE="URL", xlink__type="simple", xlink__href=quote(file.path))


def _add_structure(
    root: Element,
    dossier: str,
    sections: dict[str, str],
    groups: dict[str, list[tuple[str, PackageFile]]],
) -> None:
    structure = _METS.add(root, "structMap", ID="structure", TYPE="PHYSICAL", LABEL="CSIP")
    whole = _METS.add(structure, "div", ID="div-package", LABEL=dossier)
    _METS.add(
        whole,
        "div",
        ID="div-metadata",
        LABEL="Metadata",
        DMDID=sections[EAD_PATH],
        ADMID=sections[PREMIS_PATH],
    )
    parts: dict[str, Element] = {}
    for name in groups:
        label = name.split("/")[0]
        if label not in parts:
            parts[label] = _METS.add(whole, "div", ID=_identifier("div", label), LABEL=label)
        _METS.add(parts[label], "fptr", FILEID=_identifier("group", name))


def _identifier(kind: str, name: str) -> str:
    return f"{kind}-{name.replace('/', '-')}"


def _proof(file: PackageFile, made_at: str) -> dict[str, str]:
    return {
        "MIMETYPE": file.media_type,
        "SIZE": str(file.size_bytes),
        "CREATED": made_at,
        "CHECKSUM": file.sha256,
        "CHECKSUMTYPE": "SHA-256",
    }
