"""The machine-readable zone of a citizen card: ICAO Doc 9303-5, size TD1."""

from __future__ import annotations

from scanners.samples.people import FEMALE, Person

_WEIGHTS = (7, 3, 1)


def check_digit(text: str) -> str:
    """ICAO Doc 9303-3, 4.9: weights 7, 3, 1; letters count from A = 10; the filler counts nothing."""
    values = (0 if c == "<" else int(c, 36) for c in text)
    return str(sum(v * _WEIGHTS[i % 3] for i, v in enumerate(values)) % 10)


def mrz_lines(person: Person) -> tuple[str, str, str]:
    """Three lines of 30 characters.

    The Vietnamese card puts the last nine digits of the personal number where the document number stands,
    and the whole number with a check digit of its own into the optional data.
    """
    serial = person.personal_number[3:]
    upper = f"{serial}{check_digit(serial)}{person.personal_number}<<{check_digit(person.personal_number)}"
    born, expires = f"{person.born:%y%m%d}", f"{person.card_ends_on:%y%m%d}"
    sex = "F" if person.sex == FEMALE else "M"
    middle = f"{born}{check_digit(born)}{sex}{expires}{check_digit(expires)}VNM" + "<" * 11
    composite = check_digit(upper + middle[0:7] + middle[8:15] + middle[18:29])
    surname, given = person.bare_name
    names = f"{surname}<<{given.replace(' ', '<')}"
    return f"IDVNM{upper}", middle + composite, names[:30].ljust(30, "<")
