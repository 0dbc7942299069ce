"""How long it takes to judge a dossier once its pages are read: papers, people, fields, rules."""

from __future__ import annotations

import statistics
import time
from datetime import date, timedelta

from console.output import Output
from dossier.archive import Dossier
from dossier.document import UNKNOWN_KIND
from dossier.geometry import Box, UprightFrame
from dossier.page import (
    Extraction,
    Line,
    NumberReading,
    RecognisedPage,
    ScannedPage,
    SourceFile,
    StoredObject,
    Word,
)
from models.kinds import group_pages
from models.titles import title_of
from pipeline.numbers import digit_runs
from validators.catalogue_loader import YamlCatalogue
from validators.completeness import check_components
from validators.identity import check_identities, identities_of
from validators.notices import NoticeContext, check_notices
from validators.validity import check_validity

_LINES_A_PAGE = 45
_TEXT = "Tôi xin cam đoan những nội dung khai trên đây là đúng sự thật (MẪU)."
_CODE = "000.00.17.H42-260711-0001"
_CENTRED = (0, 1, 3)
"""Which lines of a page are centred: the national heading and the title."""
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
        blocked = catalogue.blocked_papers(day)
        context = NoticeContext(_CODE, procedure, blocked, day)
        for run in range(max(2, runs)):
            read = [made_page((run, n), kinds[n % len(kinds)], day) for n in range(pages)]
            begun = time.process_time()
            documents = group_pages(read)
            identities = identities_of(documents)
            dossier = Dossier(_CODE, procedure.code, documents, identities)
            check_identities([(identity, None) for identity in identities], documents)
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


def made_page(number: tuple[int, int], kind: str, day: date) -> RecognisedPage:
    """A full page whose title is that of the kind, in the place where titles stand.

    Args:
        number: of the run and of the page; every page has text of its own, so that nothing is remembered
            but what pages of one office really share.
    """
    title = title_of(kind)
    head = [
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        f"Xã Mẫu, ngày {day:%d} tháng {day:%m} năm {day:%Y}",
        title.text if title else "x",
        "Họ, chữ đệm, tên người yêu cầu: TRẦN THỊ MẪU",
        "Ngày, tháng, năm sinh: 02/01/1990 Giới tính: Nữ",
        "Số định danh cá nhân: 001190005678",
        "Nơi cư trú: Thôn Mẫu, Xã Mẫu, tỉnh Ninh Bình",
    ]
    asked = [
        "Yêu cầu bổ sung, hoàn thiện hồ sơ gồm những nội dung sau:",
        "1. Sổ hộ khẩu",
        "2. Giấy chứng sinh",
    ]
    texts = [
        *head,
        *asked,
        "Lý do: công dân xin rút",
        *(f"{_TEXT} {number} {n}" for n in range(_LINES_A_PAGE - len(head) - len(asked) - 1)),
    ]
    lines = tuple(_line(text, 200 + 60 * place, place in _CENTRED) for place, text in enumerate(texts))
    kept = StoredObject("k", "0" * 64, 1, "image/png")
    scanned = ScannedPage(
        SourceFile(f"{number[0]}-{number[1]}.png", kept), 1, kept, Extraction.AS_SCANNED, 2480, 3508, 300.0
    )
    numbers = tuple(
        NumberReading(digits, box, sure, engine)
        for line in lines
        for digits, box, sure in digit_runs(line)
        for engine in ("sohoa-vi-tiny", "pp-ocrv6-tiny")
    )
    return RecognisedPage(scanned, UprightFrame(2480, 3508, 0, 0.0), lines, (), numbers, False, 0.99, ())


def _line(text: str, top: float, centred: bool) -> Line:
    """A line of single words, as the reader gives them."""
    width = 24 * len(text)
    left = (2480 - width) / 2 if centred else 200.0
    words, x = [], left
    for word in text.split():
        words.append(Word(word, Box(x, top, x + 24 * len(word), top + 50), 0.99))
        x += 24 * (len(word) + 1)
    return Line(" ".join(text.split()), Box(left, top, left + width, top + 50), 0.99, tuple(words))
