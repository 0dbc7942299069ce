"""What is asked of the population database's exchange, in whichever protocol: yes or no, then the record."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeAlias

from dossier.errors import RegisterUnreachable
from dossier.identity import RegisterAnswer, RegisterOutcome, RegisterQuery
from dossier.text import nfc
from storage.clock import VIETNAM, Clock, vietnam_now
from storage.exchange import RegisterLine
from storage.places import PlaceNames, load_places
from storage.register_record import compare_record
from storage.register_reply import Element, ReplyUnusable, record_of, says_yes

VERIFY: Final = "XacThucThongTinCongDan"
"""The operation that answers yes or no."""
LOOK_UP: Final = "TraCuuThongTinCongDan"
"""The operation that answers with the full record."""

Members: TypeAlias = tuple[tuple[str, "str | Members"], ...]
"""What a message says: names and values, in the order that the exchange asks for."""


@dataclass(frozen=True, slots=True)
class ExchangeCodes:
    """Who asks, as the exchange has registered it."""

    service: str
    """Code of the service (MaDVC)."""
    integration: str
    """Code of the integration (MaTichHop)."""
    unit: str = ""
    """Code of the unit (MaDonVi); left out where empty."""
    officer: str = ""
    """Code of the officer (MaCanBo); empty for the officer whom the query names."""
    wants_echo: bool = True
    """Whether a yes counts only when the reply names the request or the person."""


def new_request_code() -> str:
    """A request code (mã yêu cầu) that no other request has; letters only, so that it never looks like a
    person's number."""
    return "SH" + "".join(secrets.choice(string.ascii_uppercase) for _ in range(18))


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a dialogue takes from outside."""

    places: PlaceNames
    clock: Clock = vietnam_now
    new_code: Callable[[], str] = new_request_code


class Wire(Protocol):
    """How an operation is written and read in one protocol."""

    @property
    def media_type(self) -> str:
        """Media type of a message."""

    def path(self, operation: str) -> str:
        """Where an operation is reached, below the register's address."""

    def write(self, operation: str, members: Members) -> bytes:
        """The message."""

    def read(self, data: bytes) -> Element:
        """The reply as a tree. Raises ReplyUnusable."""


class Dialogue:
    """Asks about one person at a time and makes the register's answer of what comes back."""

    def __init__(
        self, line: RegisterLine, wire: Wire, codes: ExchangeCodes, around: Surroundings | None = None
    ) -> None:
        self._line = line
        self._wire = wire
        self._codes = codes
        self._around = around or Surroundings(load_places())

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register; whatever goes wrong is NOT_CHECKED, with its reason."""
        asked_at = self._around.clock().astimezone(VIETNAM).isoformat(timespec="seconds")
        requests: list[str] = []
        try:
            answer = self._answer(query, asked_at, requests)
        except RegisterUnreachable as trouble:
            answer = RegisterAnswer(RegisterOutcome.NOT_CHECKED, (), trouble.cause, asked_at)
        except ReplyUnusable as trouble:
            answer = RegisterAnswer(RegisterOutcome.NOT_CHECKED, (), str(trouble), asked_at)
        return replace(answer, request_codes=tuple(requests))

    def _answer(self, query: RegisterQuery, asked_at: str, requests: list[str]) -> RegisterAnswer:
        # 1. Yes or no; nothing of the person leaves the register.
        reply = self._exchange(VERIFY, query, requests)
        number = query.personal_number
        is_confirmed = says_yes(reply, requests[-1], number, wants_echo=self._codes.wants_echo)
        # 2. Without need for the record that is all; which datum differs stays with the register.
        if not query.wants_record:
            outcome = RegisterOutcome.MATCHES if is_confirmed else RegisterOutcome.NO_MATCH_OR_NAME_DIFFERS
            return RegisterAnswer(outcome, (), "", asked_at)
        # 3. The record, compared as every register's is.
        reply = self._exchange(LOOK_UP, query, requests)
        answer = compare_record(query, record_of(reply, requests[-1], number), self._around.places, asked_at)
        # 4. The two operations must not contradict one another; a residence is not part of the first.
        agrees = answer.outcome is RegisterOutcome.MATCHES or answer.differing == ("residence",)
        if agrees != is_confirmed:
            raise ReplyUnusable("yes or no and the record contradict one another")
        return answer

    def _exchange(self, operation: str, query: RegisterQuery, requests: list[str]) -> Element:
        def message() -> bytes:
            # Every attempt has its own code, so that the late answer to an earlier one is known as such.
            requests.append(self._around.new_code())
            return self._wire.write(operation, self._members(query, requests[-1]))

        data = self._line.post(self._wire.path(operation), self._wire.media_type, message)
        return self._wire.read(data)

    def _members(self, query: RegisterQuery, request: str) -> Members:
        """The members of both operations. Their order matters to the exchange."""
        codes = self._codes
        number = "SoCMND" if len(query.personal_number) == 9 else "SoDinhDanh"
        members: list[tuple[str, str | Members]] = [
            ("MaYeuCau", request),
            ("MaDVC", codes.service),
            ("MaTichHop", codes.integration),
            ("MaCanBo", codes.officer or query.officer),
        ]
        if codes.unit:
            members.append(("MaDonVi", codes.unit))
        members += [(number, query.personal_number), ("HoVaTen", nfc(query.full_name).upper())]
        if query.date_of_birth is not None:
            members.append(("NgayThangNamSinh", (("NgayThangNam", query.date_of_birth.strftime("%Y%m%d")),)))
        elif query.year_of_birth is not None:
            members.append(("NgayThangNamSinh", (("Nam", f"{query.year_of_birth:04d}"),)))
        return tuple(members)
