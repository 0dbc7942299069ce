"""What a package is about, as EAD3 1.1.1 (Society of American Archivists): the dossier and its papers."""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from dossier.description import DescribedPaper, PackageDescription
from storage.xml_tree import Element, Vocabulary, written

NAMESPACE: Final = "http://ead3.archivists.org/schema/"
_EAD: Final = Vocabulary(NAMESPACE)
_UP: Final = "../../"
"""From this file's folder to the package's own."""


def write_ead(description: PackageDescription) -> bytes:
    """The description; people by their names, never by their numbers."""
    root = _EAD.root("ead", {})
    _add_control(root, description)
    archived = _EAD.add(root, "archdesc", level="file")
    identified = _EAD.add(archived, "did")
    _EAD.add(identified, "unitid", description.dossier)
    _EAD.add(identified, "unittitle", description.procedure_name or description.procedure)
    _add_date(identified, description.received_on.isoformat(), "tiếp nhận")
    _add_name(_EAD.add(identified, "repository"), "corpname", description.agency)
    for person in description.people:
        _add_name(_EAD.add(identified, "origination"), "persname", person)
    material = _EAD.add(identified, "langmaterial")
    _EAD.add(material, "language", "Tiếng Việt", langcode="vie")
    _add_extent(identified, len(description.papers), "giấy tờ")
    _add_extent(identified, sum(paper.pages for paper in description.papers), "trang")
    restricted = _EAD.add(archived, "accessrestrict")
    _EAD.add(restricted, "p", "Hạn chế: có dữ liệu cá nhân (Luật 91/2025/QH15).")
    if description.retention_days:
        kept = f"Thời hạn bảo quản: {description.retention_days} ngày ({description.retention_basis})."
        _EAD.add(_EAD.add(archived, "appraisal"), "p", kept)
    about = _EAD.add(archived, "scopecontent")
    _EAD.add(about, "p", f"Thủ tục hành chính {description.procedure}; số hóa bởi {description.officer}.")
    if description.papers:
        listed = _EAD.add(archived, "dsc", dsctype="combined")
        for paper in description.papers:
            _add_paper(listed, paper)
    return written(root)


def _add_control(root: Element, description: PackageDescription) -> None:
    control = _EAD.add(root, "control")
    _EAD.add(control, "recordid", description.dossier)
    title = _EAD.add(_EAD.add(control, "filedesc"), "titlestmt")
    _EAD.add(title, "titleproper", f"Hồ sơ {description.dossier}")
    _EAD.add(control, "maintenancestatus", value="new")
    _EAD.add(_EAD.add(control, "maintenanceagency"), "agencyname", description.agency)
    happened = _EAD.add(_EAD.add(control, "maintenancehistory"), "maintenanceevent")
    _EAD.add(happened, "eventtype", value="created")
    _EAD.add(happened, "eventdatetime", description.made_at)
    _EAD.add(happened, "agenttype", value="machine")
    _EAD.add(happened, "agent", f"{description.software.name} {description.software.version}")


def _add_paper(listed: Element, paper: DescribedPaper) -> None:
    drawn = _EAD.add(listed, "c", level="item")
    identified = _EAD.add(drawn, "did")
    _EAD.add(identified, "unitid", str(paper.number), localtype=paper.kind)
    _EAD.add(identified, "unittitle", paper.title or paper.kind)
    if paper.dated:
        _add_date(identified, paper.dated, "của giấy tờ")
    _add_extent(identified, paper.pages, "trang")
    _EAD.add(identified, "physloc", paper.copy, localtype="copy")
    together = _EAD.add(identified, "daoset") if paper.texts else identified
    for path, kind in ((paper.path, "pdf"), *((text, "text") for text in paper.texts)):
        _EAD.add(together, "dao", daotype="derived", localtype=kind, href=_UP + quote(path))


def _add_date(parent: Element, day: str, kind: str) -> None:
    dated = _EAD.add(parent, "unitdatestructured", label=kind)
    _EAD.add(dated, "datesingle", day, standarddate=day)


def _add_name(parent: Element, kind: str, name: str) -> None:
    _EAD.add(_EAD.add(parent, kind), "part", name)


def _add_extent(parent: Element, count: int, unit: str) -> None:
    extent = _EAD.add(parent, "physdescstructured", physdescstructuredtype="materialtype", coverage="whole")
    _EAD.add(extent, "quantity", str(count))
    _EAD.add(extent, "unittype", unit)
