"""How long it takes to check a dossier once its pages are read."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta

from console.output import Output
from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND, Document, Kind
from dossier.geometry import Box, UprightFrame
from dossier.page import Extraction, Line, RecognisedPage, ScannedPage, SourceFile, StoredObject, Word
from models.titles import title_of
from validators.catalogue_loader import YamlCatalogue
from validators.completeness import check_components
from validators.notices import NoticeContext, check_notices
from validators.validity import check_validity

_LINES_A_PAGE = 45
_TEXT = "Tôi xin cam đoan những nội dung khai trên đây là đúng sự thật (MẪU)."
_NOTICES = ("mot_cua_mau_01", "mot_cua_mau_02", "mot_cua_mau_03", "mot_cua_mau_05")


def check_speed(pages: int, runs: int, output: Output) -> int:
    """Check made-up dossiers of every procedure, so many pages each; prints milliseconds of CPU.

    The first check of a process also reads tables and is told apart.
    """
    catalogue = YamlCatalogue()
    times = []
    for procedure in catalogue.procedures():
        day = procedure.valid_from + timedelta(days=10)
        kinds = [c.kinds[0] if c.kinds else UNKNOWN_KIND for c in procedure.components]
        kinds = [*_NOTICES, "so_ho_khau", "ct07", *kinds]
        documents = tuple(_document(n, kinds[n % len(kinds)], day) for n in range(pages))
        dossier = Dossier("000.00.17.H42-260711-0001", procedure.code, documents, ())
        blocked = catalogue.blocked_papers(day)
        context = NoticeContext(dossier.code, procedure, blocked, day)
        for _ in range(max(2, runs)):
            begun = time.process_time()
            check_components(dossier, procedure, blocked, (), day)
            check_validity(documents, day)
            check_notices(documents, context)
            times.append(1000 * (time.process_time() - begun))
    first, warm = times[0], times[1:]
    figures = {
        "procedures": len(catalogue.procedures()),
        "pages": pages,
        "first_ms": round(first, 2),
        "median_ms": round(statistics.median(warm), 2),
        "worst_ms": round(max(warm), 2),
    }
    if output.as_json:
        output.data(figures)
    else:
        output.text("  ".join(f"{name} {value}" for name, value in figures.items()))
    return 0


def _document(number: int, kind: str, day: date) -> Document:
    title = title_of(kind)
    head = ["UBND XÃ MẪU", f"Xã Mẫu, ngày {day:%d} tháng {day:%m} năm {day:%Y}", title.text if title else "x"]
    asked = [
        "Yêu cầu bổ sung, hoàn thiện hồ sơ gồm những nội dung sau:",
        "1. Sổ hộ khẩu",
        "2. Giấy chứng sinh",
    ]
    texts = [
        *head,
        *asked,
        "Lý do: công dân xin rút",
        *[_TEXT] * (_LINES_A_PAGE - len(head) - len(asked) - 1),
    ]
    lines = tuple(_line(text, 200 + 60 * place) for place, text in enumerate(texts))
    kept = StoredObject("k", "0" * 64, 1, "image/png")
    scanned = ScannedPage(
        SourceFile(f"{number}.png", kept), 1, kept, Extraction.AS_SCANNED, 2480, 3508, 300.0
    )
    page = RecognisedPage(scanned, UprightFrame(2480, 3508, 0, 0.0), lines, (), (), False, 0.95, ())
    return Document(number + 1, Kind(kind, kind, 0.9), (page,), ())


def _line(text: str, top: float) -> Line:
    box = Box(200, top, 2200, top + 50)
    return Line(text, box, 0.95, (Word(text, box, 0.95),))
