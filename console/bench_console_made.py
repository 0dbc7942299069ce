"""Invented dossiers for `sohoa bench console`: names as frequent as real ones, and every one marked MẪU."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final

from console.bench_check import made_page
from console.bench_names import made_name
from dossier.archive import DigitisationOrder
from dossier.desk import DeskEntry, DeskState, FindingCounts
from dossier.desk_asked import DeskContent
from dossier.page import Extraction, ScannedPage, SourceFile
from flows.intake import TakenFile
from flows.judging import judge
from flows.reading import reading_key
from flows.review_base import prepared_of
from flows.review_holding import keep_draft
from flows.wiring import VIETNAM, Workshop
from models.titles import titles
from storage.codec import encode

_FORM: Final = (
    "cộng hòa xã hội chủ nghĩa Việt Nam độc lập tự do hạnh phúc kính gửi ủy ban nhân dân xã Hòa Mẫu họ "
    "chữ đệm tên người yêu cầu nơi cư trú giấy tờ tùy thân quan hệ với người được khai sinh ngày tháng "
    "năm sinh ghi bằng chữ giới tính dân tộc quốc tịch quê quán cam đoan đúng sự thật chịu trách nhiệm "
    "trước pháp luật về lời khai của mình đề nghị cấp bản sao làm tại"
)
_RARE: Final = (
    "thửa đất bản đồ diện tích thổ cư chuyển nhượng thừa kế tặng cho xây dựng nhà ở riêng lẻ giấy phép "
    "kinh doanh hộ cá thể ngành nghề thực phẩm vốn góp tạm trú kết hôn độc thân khuyết tật trợ cấp hộ "
    "nghèo bảo trợ trường mầm non trạm y tế đường thôn xóm cống kênh mương ruộng lúa vườn ao chuồng sạt "
    "lở bồi thường thu hồi tái định cư"
)
_SETTLED_SHARE: Final = 0.985
_OPEN_STATES: Final = (
    DeskState.REVIEW,
    DeskState.REVIEW,
    DeskState.REVIEW,
    DeskState.READING,
    DeskState.EXPECTED,
    DeskState.FAILED,
)
_DRAFT_KINDS: Final = ("mot_cua_mau_01", "giay_chung_sinh", "ct07")


@dataclass(frozen=True, slots=True)
class Order:
    """What is made."""

    dossiers: int
    counters: int
    seed: int
    today: date


def counter_name(number: int) -> str:
    """A counter's name."""
    return f"Quầy {number + 1} (MẪU)"


def made_dossiers(order: Order, procedures: Sequence[str]) -> Iterator[tuple[DeskEntry, DeskContent]]:
    """Dossiers of two years, the oldest first."""
    random = Random(order.seed)  # noqa: S311 - invented people, not secrets
    known = [(title.code, title.text) for title in titles()]
    for number in range(order.dossiers):
        received = order.today - timedelta(days=int(730 * (1 - (number + 1) / order.dossiers)))
        yield _dossier(random, order, (number, received), (procedures, known))


def keep_drafts(workshop: Workshop, codes: Sequence[tuple[str, str]], today: date) -> None:
    """Give dossiers, by code and counter, a draft of three pages that a clerk can open."""
    for place, (code, counter) in enumerate(codes):
        order = DigitisationOrder(code, "1.001193", (), today, "MẪU", counter=counter)
        taken, pages = [], []
        for number, kind in enumerate(_DRAFT_KINDS, start=1):
            read = made_page((place, number), kind, today)
            picture = workshop.spool.put(f"{code} {number}".encode(), "image/jpeg")
            source = SourceFile(f"{code}-{number}.jpg", picture)
            page = ScannedPage(source, 1, picture, Extraction.AS_SCANNED, 2480, 3508, 300.0)
            pages.append(replace(read, page=page))
            taken.append(TakenFile((page,), datetime.now(VIETNAM)))
            workshop.checkpoints.save("page", reading_key(page), encode(pages[-1]))
        keep_draft(workshop, prepared_of(order, taken, pages, judge(workshop, order, pages, ())))


def _dossier(
    random: Random,
    order: Order,
    numbered: tuple[int, date],
    known: tuple[Sequence[str], Sequence[tuple[str, str]]],
) -> tuple[DeskEntry, DeskContent]:
    (number, received), (procedures, kinds) = numbered, known
    is_recent = (order.today - received).days < 30
    settled = random.random() < (_SETTLED_SHARE if not is_recent else 0.75)
    state = DeskState.ARCHIVED if settled else random.choice(_OPEN_STATES)
    if settled and random.random() < 0.03:
        state = DeskState.RETURNED
    papers = [random.choice(kinds) for _ in range(random.randint(1, 4))]
    is_archived = state is DeskState.ARCHIVED
    names = tuple(sorted({made_name(random) for _ in range(random.choice((1, 1, 2, 2, 3)))}))
    applicant = random.choice(names)
    findings = FindingCounts(
        0 if is_archived else random.randint(0, 2), random.randint(0, 2), random.randint(0, 3)
    )
    entry = DeskEntry(
        code=f"000.00.17.H26-{received:%y%m%d}-{number:06d}",
        procedure=random.choice(procedures),
        counter=counter_name(random.randrange(order.counters)),
        state=state,
        received_on=received,
        due_on=received + timedelta(days=random.randint(1, 20)) if random.random() < 0.9 else None,
        changed_at=datetime.combine(received, datetime.min.time(), VIETNAM),
        applicant=applicant,
        title=papers[0][1][:120],
        assignee="",
        papers=len(papers),
        digitised=len(papers) if is_archived else 0,
        pages=random.randint(len(papers), 3 * len(papers)),
        findings=findings,
        version=1,
    )
    text = " ".join((_FORM, *names, *random.sample(_RARE.split(), 12), "MẪU")) if is_archived else ""
    content = DeskContent(
        applicant=applicant,
        title=entry.title,
        names=names,
        kinds=tuple(sorted({kind for kind, _ in papers})),
        text=text,
        papers=entry.papers,
        digitised=entry.digitised,
        pages=entry.pages,
        findings=findings,
    )
    return entry, content
