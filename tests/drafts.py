"""Dossiers that wait for a clerk, made without scanner, reader or store: for tests of reviews."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path

from PIL import Image

from dossier.archive import DigitisationOrder
from dossier.page import RecognisedPage, StoredObject
from flows.intake import TakenFile
from flows.judging import judge
from flows.officer_identity import demo_identity
from flows.reading import reading_key
from flows.review_base import Prepared, prepared_of
from flows.review_holding import keep_draft
from flows.settings import Settings
from flows.wiring import Workshop, compose
from storage.codec import encode
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings
from tests.pages import HEIGHT, NATIONAL, WIDTH, card, page
from tests.sheets import identity_file

NOW = datetime(2026, 11, 19, 8, 30, tzinfo=timezone(timedelta(hours=7)))
CODE = "H42-261119-0001"
OFFICER = "Nguyễn Thị Ánh (MẪU)"
NUMBER, NAME = "001190005678", "TRẦN THỊ MẪU"
MISREAD = "001190005673"
ORDER = DigitisationOrder(CODE, "1.001193", ("mau.pdf",), date(2026, 11, 19), OFFICER, hold=True)
"""Birth registration (đăng ký khai sinh)."""


def workshop_in(folder: Path, **settings: object) -> Workshop:
    """A workshop whose archive is in memory."""
    made = Settings(state=folder / "state", agency="UBND xã Mẫu (MẪU)", **settings)  # type: ignore[arg-type]
    officer = demo_identity(made)
    if not officer.exists():
        shutil.copytree(identity_file().parent, officer.parent)
        officer.with_name("password").write_text("mật khẩu", "utf-8")
    nowhere = StoreSettings("127.0.0.1:9", "", "", "sohoa", secure=False)
    return replace(compose(made, nowhere), archive=MemoryArchive())


def form(number: str = NUMBER, source: str = "01-to-khai.png", second: str | None = None) -> RecognisedPage:
    """An application for birth registration; `second` is what the second reader sees of the number."""
    return page(
        *NATIONAL,
        "^TỜ KHAI ĐĂNG KÝ KHAI SINH",
        "Kính gửi: Ủy ban nhân dân xã Mẫu",
        "Họ, chữ đệm, tên người yêu cầu: Trần Thị Mẫu",
        f"Số định danh cá nhân: {number}",
        "Nơi cư trú: Thôn Mẫu, xã Mẫu, tỉnh Ninh Bình",
        source=source,
        misread=None if second is None else {number: second},
    )


def birth_paper(source: str = "02-chung-sinh.png") -> RecognisedPage:
    """A certificate of birth from a hospital."""
    return page(*NATIONAL, "^GIẤY CHỨNG SINH", "Họ và tên mẹ: Trần Thị Mẫu", source=source)


def second_side(source: str = "02-chung-sinh.png", number: int = 2) -> RecognisedPage:
    """A side that continues the paper before it."""
    return page("Các cam kết khác của người mẹ", "Ghi chú thêm", source=source, number=number)


def id_card(number: str = NUMBER, source: str = "03-can-cuoc.png") -> RecognisedPage:
    """A citizen card with its code."""
    return card(number, NAME, source=source, sex="Nữ")


@cache
def _picture(name: str) -> bytes:
    """A black-and-white scan that no other name has."""
    picture = Image.new("1", (WIDTH, HEIGHT), 1)
    for column, sign in enumerate(name.encode()):
        picture.paste(0, (100 + 12 * column, 100, 104 + 12 * column, 100 + sign))
    out = io.BytesIO()
    picture.save(out, "PNG", dpi=(300, 300))
    return out.getvalue()


def kept(work: Workshop, pages: Sequence[RecognisedPage]) -> list[RecognisedPage]:
    """The pages with pictures in the spool and readings in the checkpoints."""
    found = []
    originals: dict[str, StoredObject] = {}
    for number, recognised in enumerate(pages, start=1):
        stored = work.spool.put(_picture(f"{number} {recognised.page.source.name}"), "image/png")
        original = originals.setdefault(recognised.page.source.name, stored)
        source = replace(recognised.page.source, original=original)
        scanned = replace(recognised.page, source=source, picture=stored)
        recognised = replace(recognised, page=scanned)
        work.checkpoints.save("page", reading_key(scanned), encode(recognised))
        found.append(recognised)
    return found


def prepare(work: Workshop, pages: Sequence[RecognisedPage], order: DigitisationOrder = ORDER) -> Prepared:
    """Read, judged and held, as a run does it."""
    stored = kept(work, pages)
    judgement = judge(work, order, stored, ())
    taken = tuple(TakenFile((each.page,), NOW) for each in stored)
    prepared = prepared_of(order, taken, stored, judgement)
    keep_draft(work, prepared)
    return prepared


def usual(work: Workshop) -> Prepared:
    """Application, certificate of birth with a second side, and the applicant's card."""
    return prepare(work, [form(), birth_paper(), second_side(), id_card()])
