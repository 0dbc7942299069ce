"""Phrases of administrative papers: names, dates, codes, money, addresses, syllables that may not exist."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Final, TypeAlias

from models.training import vocabulary as words
from models.training.characters import PRINT

_PLATES: Final = "ABCDEFGHKLMNPSTUVXYZ"
_ALIKE: Final = "ấầẩẫắằẳẵếềểễốồổỗỳýỷỹỵưứừửữựơớờởỡợ"
"""Marks above a hat, of which a small size leaves little, the dot that descends below a y, and horns, which
touch the next letter in some types."""
ROMANS: Final = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "XI", "XV")
_Make: TypeAlias = Callable[[Random], str]


def syllable(random: Random) -> str:
    """A syllable built of onset, rhyme, tone and coda, in no dictionary as a rule."""
    if random.random() < 0.5:  # every letter as often as any other, and those that look alike more often
        letter = random.choice(_ALIKE if random.random() < 0.3 else random.choice(words.FAMILIES))
        return random.choice(words.ONSETS) + letter + random.choice(words.CODAS)
    rhyme = random.choice(words.RHYMES)
    place = random.randrange(len(rhyme))
    family = next(f for f in words.FAMILIES if rhyme[place] in f)
    return (
        random.choice(words.ONSETS)
        + rhyme[:place]
        + random.choice(family)
        + rhyme[place + 1 :]
        + random.choice(words.CODAS)
    )


def marks_changed(text: str, random: Random) -> str:
    """Some vowels with another tone or hat: words that look like others and must be read as they stand."""
    changed = []
    for character in text:
        family = next((f for f in words.FAMILIES if character.lower() in f), None)
        if family is None or random.random() > 0.4:
            changed.append(character)
            continue
        tone = family.index(character.lower())
        if random.random() < 0.4:
            cousins = next((c for c in words.COUSINS if family[0] in c), family[0])
            wanted = random.choice(cousins)
            family = next(f for f in words.FAMILIES if f[0] == wanted)
        new = family[tone] if random.random() < 0.3 else random.choice(family)
        changed.append(new.upper() if character.isupper() else new)
    return "".join(changed)


def bullet(random: Random) -> str:
    """What a list item begins with."""
    roman = random.choice(ROMANS)
    letter, number = random.choice("abcdđeghiklmn"), random.randint(1, 20)
    return random.choice(
        ("- ", "- ", "+ ", "• ", "– ", f"{number}. ", f"{number}) ", f"{letter}) ", f"{roman}. ", "* ")
    )


def name(random: Random) -> str:
    """A full name."""
    middle = random.sample(words.MIDDLE_NAMES, random.choice((1, 1, 1, 2)))
    return " ".join([random.choice(words.SURNAMES), *middle, random.choice(words.GIVEN_NAMES)])


def digits(random: Random, count: int) -> str:
    """This many digits."""
    return "".join(random.choice("0123456789") for _ in range(count))


def date(random: Random) -> str:
    """A date or a time as papers write them."""
    day, month, year = random.randint(1, 31), random.randint(1, 12), random.randint(1930, 2030)
    clock = f"{random.randint(0, 23):02d}:{random.randint(0, 59):02d}:{random.randint(0, 59):02d}"
    return random.choice(
        (
            f"{day:02d}/{month:02d}/{year}",
            f"{day:02d}/{month:02d}/{year}",
            f"{day}/{month}/{year}",
            f"{day:02d}-{month:02d}-{year}",
            f"{day:02d}.{month:02d}.{year}",
            f"ngày {day:02d} tháng {month:02d} năm {year}",
            f"ngày {day} tháng {month} năm {year}",
            f"{year}-{year + 5}",
            f"{year} - {year + 5}",
            f"{year} – {year + 5}",
            f"{clock} {day:02d}/{month:02d}/{year}",
            f"{random.randint(0, 23)}h{random.randint(0, 59):02d}",
        )
    )


def address(random: Random) -> str:
    """An address."""
    house = f"số {random.randint(1, 999)}{random.choice(('', '', 'A', 'B', f'/{random.randint(1, 99)}'))}"
    street = f"{house} {random.choice(('đường', 'phố', 'ngõ', 'ngách'))} {name(random)}"
    kind = random.choice(("thôn", "xóm", "bản", "ấp", "khóm", "khu phố", "buôn"))
    hamlet = f"{kind} {random.choice(words.PLACES)}"
    group = f"tổ dân phố số {random.randint(1, 30)}"
    commune = f"{random.choice(('xã', 'phường', 'thị trấn', 'đặc khu'))} {random.choice(words.PLACES)}"
    province = f"{random.choice(('tỉnh', 'tỉnh', 'thành phố', 'TP.'))} {random.choice(words.PROVINCES)}"
    return f"{random.choice((street, hamlet, group))}, {commune}, {province}"


def code(random: Random) -> str:
    """A number of a document, a dossier, a result, a plate, a telephone."""
    pair = random.choice("ABCDEĐGHKLMNPSTVXY") + random.choice("ABCDEĐGHKLMNPSTVXY")
    year = random.choice(("", "2024/", "2025/", "2026/", "2019/"))
    act = f"{random.choice(words.ACTS)}-{random.choice(words.BODIES)}"
    return random.choice(
        (
            f"{random.randint(1, 5999)}/{year}{act}",
            f"{random.randint(1, 5999)}/{year}{act}",
            f"Số: {random.randint(1, 999)} /{act}",
            f"H{digits(random, 2)}.{digits(random, 2)}-{digits(random, 6)}-{digits(random, 4)}",
            f"000.00.{digits(random, 2)}.H{digits(random, 2)}-{digits(random, 6)}-{digits(random, 4)}",
            f"KQ.G{digits(random, 2)}.{digits(random, 6)}",
            f"{digits(random, 1)}.{digits(random, 6)}",
            f"{pair} {digits(random, 6)}",
            f"{digits(random, 2)}{random.choice(_PLATES)}-{digits(random, 3)}.{digits(random, 2)}",
            f"{digits(random, 3)}.{digits(random, 3)}.{digits(random, 4)}",
        )
    )


def money(random: Random) -> str:
    """An amount."""
    amount = f"{random.randint(1, 10 ** random.randint(3, 10)):,}".replace(",", random.choice(".,"))
    return amount + random.choice((" đồng", " đ", "", " VNĐ", "đ"))


def measure(random: Random) -> str:
    """A quantity with its sign."""
    a, b = random.randint(1, 999), random.randint(0, 99)
    times = random.choice((" × ", " x ", " x ", " x ", " x ", "x"))
    return random.choice(
        (
            f"{a},{b} %",
            f"{a}%",
            f"{a},{b:02d}m²",
            f"{a} m²",
            f"{a}m³",
            f"{a}°C",
            f"{a}½",
            f"{a} ½",
            f"§ {a}",
            f"№ {a}",
            f"№{a}",
            f"{a}{times}{b}",
            f"{a}{times}{b},{b % 10}",
            f"{a}º",
        )
    )


def signs(random: Random, count: int) -> str:
    """About this many words with the signs that prose hardly ever has."""
    said = []
    for word in random.choices(words.GIVEN_NAMES + words.MIDDLE_NAMES, k=count):
        number = random.randint(1, 999)
        said.append(
            random.choice(
                (
                    word,
                    f"{word}…",
                    f"{word} …",
                    f"…{word}",
                    f"“{word}”",
                    f"‘{word}’",
                    f"“{word}…”",
                    f"{word} –",
                    f"{word} —",
                    f"{word} –{number}",
                    f"{number}–{number + 3}",
                    f"{number} – {number + 3}",
                    f"{number} % –",
                    f"{word} {random.choice(ROMANS)}",
                    f"№ {number}",
                    f"№{number}",
                    f"N° {number}",
                    f"{number}°",
                    f"{number} °C",
                    f"{number}°{random.randint(10, 59)}'",
                    f"§{number}",
                    f"§ {number}",
                    f"{number} m²",
                    f"{number}m³",
                    f"{random.randint(1, 9)}½",
                    f"({number}%)",
                    f"[{word}]",
                    f"«{word}»",
                    f"{number} {random.choice('×xxxx')} {random.randint(1, 999)}",
                    f"{word} & {word}",
                    f"{word}.",
                    f"{word};",
                    f"{word}:",
                    f"{word},",
                )
            )
        )
    return " ".join(said)


def figures(random: Random) -> str:
    """A line that is mostly digits."""
    makers: tuple[_Make, ...] = (
        lambda r: digits(r, 12),
        lambda r: digits(r, 12),
        date,
        code,
        money,
        measure,
        lambda r: "0" + digits(r, 9),
        lambda r: digits(r, r.randint(1, 9)),
        lambda r: f"{r.randint(1, 60)}{r.choice(('', '.', ')', '/'))}",
        lambda r: " ".join(digits(r, r.randint(1, 6)) for _ in range(r.randint(2, 8))),
    )
    return random.choice(makers)(random)


def network(random: Random) -> str:
    """An e-mail or web address."""

    def word(low: int, high: int) -> str:
        return "".join(random.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(random.randint(low, high)))

    if random.random() < 0.5:
        host = random.choice(("gmail.com", "chinhphu.vn", word(3, 8) + ".gov.vn", word(3, 6) + ".edu.vn"))
        return f"{word(3, 12)}{random.choice(('', '.', '_', digits(random, 2)))}@{host}"
    scheme = random.choice(("https://", "http://", "www.", ""))
    host = random.choice((word(3, 10) + ".gov.vn", "dichvucong.gov.vn", word(3, 8) + ".com.vn"))
    return f"{scheme}{host}/{word(0, 8)}"


def value(random: Random) -> str:
    """What a field holds."""
    makers: tuple[_Make, ...] = (name, address, date, code, money, figures, lambda r: digits(r, 12))
    return random.choice(makers)(random)


def inset(random: Random) -> str:
    """Something that stands in the middle of prose."""
    makers: tuple[_Make, ...] = (
        date,
        code,
        money,
        measure,
        name,
        lambda r: digits(r, 12),
        lambda r: f"“{name(r)}”",
        lambda r: f"‘{name(r)}’",
        lambda r: f'"{name(r)}"',
        lambda r: f"({code(r)})",
        lambda r: f"({r.choice(words.ENGLISH)})",
        lambda r: f"“{r.choice(words.ENGLISH)}”",
        lambda r: f"{name(r)} - {name(r)}",
        lambda r: f"{name(r)} — {name(r)}",
        lambda r: f"{name(r)} – {name(r)}",
        lambda r: f"{r.choice(('Phụ lục', 'Chương', 'Mục', 'khóa', 'Phần', 'quý'))} {r.choice(ROMANS)}",
        lambda r: f"{r.choice(words.LABELS)}/{r.choice(words.LABELS)}",
        network,
    )
    return random.choice(makers)(random)


def person(random: Random) -> str:
    """A person as decisions name them."""
    who = random.choice(("ông", "bà", "ông (bà)", "anh", "chị", "cháu"))
    card = random.choice(("số CCCD", "CCCD số", "CMND số", "số định danh"))
    return (
        f"{who} {name(random)}, sinh ngày {date(random)}, {card} {digits(random, random.choice((12, 12, 9)))}"
    )


def letters(random: Random) -> str:
    """Any characters in any order: rare ones must be learnt too."""
    groups = ["".join(random.choices(PRINT[1:], k=random.randint(1, 6))) for _ in range(random.randint(1, 8))]
    return " ".join(groups)
