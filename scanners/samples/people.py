"""Invented people: names, birth dates, and numbers of the real structure that belong to nobody."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Final

from dossier.text import without_marks

MALE: Final = "Nam"
FEMALE: Final = "Nữ"

_SURNAMES: Final = [
    "Nguyễn",
    "Trần",
    "Lê",
    "Phạm",
    "Hoàng",
    "Phan",
    "Vũ",
    "Đặng",
    "Bùi",
    "Đỗ",
    "Hồ",
    "Ngô",
    "Dương",
    "Lý",
    "Đoàn",
    "Trịnh",
]
_MIDDLE: Final = {
    MALE: ["Văn", "Đức", "Hữu", "Quang", "Minh", "Xuân", "Đình", "Ngọc", "Bá", "Khắc"],
    FEMALE: ["Thị", "Thu", "Ngọc", "Thanh", "Bích", "Mỹ", "Diệu", "Kim", "Phương", "Hồng"],
}
_GIVEN: Final = {
    MALE: [
        "Khởi",
        "Thắng",
        "Vượng",
        "Nghĩa",
        "Tuấn",
        "Hưởng",
        "Bằng",
        "Lưỡng",
        "Đạt",
        "Cường",
        "Hiếu",
        "Trưởng",
        "Quyết",
        "Kỷ",
        "Thụy",
    ],
    FEMALE: [
        "Hường",
        "Duyên",
        "Quỳnh",
        "Nguyệt",
        "Thảo",
        "Liễu",
        "Hằng",
        "Tuyết",
        "Yến",
        "Nhẫn",
        "Bưởi",
        "Huệ",
        "Oanh",
        "Thủy",
        "Mỵ",
    ],
}
_BIRTHPLACES: Final = (
    ("001", "Hà Nội"),
    ("031", "Hải Phòng"),
    ("034", "Thái Bình"),
    ("036", "Nam Định"),
    ("037", "Ninh Bình"),
    ("038", "Thanh Hóa"),
    ("040", "Nghệ An"),
)
"""Prefix of the personal number and the province of birth registration (TT 07/2016/TT-BCA, Phụ lục 1)."""
_HAMLETS: Final = (
    "Thôn Đông",
    "Thôn Thượng",
    "Thôn Yên Lỗ",
    "Xóm Giữa",
    "Tổ dân phố Bắc Sơn",
    "Thôn Quỳnh Lưu",
)
_COMMUNES: Final = ("Xã Hòa Mẫu", "Xã Vĩnh Mẫu", "Phường Tân Mẫu")

_VALID_UNTIL: Final = date(2027, 1, 1)
"""Every card shown is still valid on the days of the samples."""

PROVINCE: Final = "Tỉnh Ninh Bình"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who does not exist."""

    full_name: str
    sex: str
    born: date
    personal_number: str
    """12 digits whose province, century, sex and year agree with the rest."""
    old_number: str
    """9 digits of an identity card of old, or empty."""
    birthplace: str
    """Province of birth registration."""
    residence: str
    issued_on: date
    """When the citizen card was issued."""
    ethnicity: str = "Kinh"

    @property
    def capitals(self) -> str:
        """The name as forms and cards print it."""
        return self.full_name.upper()

    @property
    def card_ends_on(self) -> date:
        """Cards end at 25, 40 and 60; one issued in the two years before holds until the next."""
        age = self.issued_on.year - self.born.year
        limit = next(years for years in (25, 40, 60, 100) if age < years - 2)
        return self.born.replace(year=self.born.year + limit)

    @property
    def bare_name(self) -> tuple[str, str]:
        """Surname and the other names in capitals without marks, as the MRZ has them."""
        surname, *rest = without_marks(self.capitals).split()
        return surname, " ".join(rest)


class Village:
    """Everybody of one run; no name and no number occurs twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._names: set[str] = set()
        self.people: list[Person] = []

    def invent(self, sex: str, born_in: tuple[int, int], surname: str = "") -> Person:
        """A new person, born in one of these years (both included)."""
        pick = self._random
        born = date(pick.randint(*born_in), pick.randint(1, 12), pick.randint(1, 28))
        prefix, birthplace = pick.choice(_BIRTHPLACES)
        person = Person(
            full_name=self._name(sex, surname),
            sex=sex,
            born=born,
            personal_number=self._number(prefix, sex, born),
            old_number=f"1{pick.randint(0, 99_999_999):08d}" if born.year < 1998 else "",
            birthplace=birthplace,
            residence=f"{pick.choice(_HAMLETS)}, {pick.choice(_COMMUNES)}, {PROVINCE}",
            issued_on=self._issue(),
        )
        while person.card_ends_on < _VALID_UNTIL:
            person = replace(person, issued_on=self._issue())
        self.people.append(person)
        return person

    def has_names(self, sex: str) -> bool:
        """Whether a given name is left that nobody here bears."""
        return not self._names.issuperset(_GIVEN[sex])

    def _issue(self) -> date:
        """Chip cards were issued from March 2021 until the new card of July 2024."""
        return date(2021, 3, 1) + timedelta(days=self._random.randint(0, 1200))

    def _name(self, sex: str, surname: str) -> str:
        while True:
            parts = (
                surname or self._random.choice(_SURNAMES),
                self._random.choice(_MIDDLE[sex]),
                self._random.choice(_GIVEN[sex]),
            )
            if parts[2] not in self._names:
                self._names.add(parts[2])
                return " ".join(parts)

    def _number(self, prefix: str, sex: str, born: date) -> str:
        century = 2 * (born.year // 100 - 19) + (sex == FEMALE)
        return f"{prefix}{century}{born.year % 100:02d}{self._random.randint(1000, 999_999):06d}"


def with_one_digit_wrong(number: str) -> str:
    """The number as a slip of the pen has it: one of the six free digits is another."""
    return number[:8] + str((int(number[8]) + 5) % 10) + number[9:]


def masked(number: str) -> str:
    """First three and last two digits, as findings name a person."""
    return number[:3] + "•" * (len(number) - 5) + number[-2:]
