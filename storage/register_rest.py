"""The population database behind a province's platform (LGSP), in JSON with a bearer token."""

from __future__ import annotations

import json
from typing import Any, Final

from dossier.identity import RegisterAnswer, RegisterQuery
from storage.dialogue import Dialogue, ExchangeCodes, Members, Surroundings
from storage.exchange import RegisterLine
from storage.register_reply import Element, parse_json


class RestRegister:
    """Asks the platform; each operation has an address of its own below the register's."""

    def __init__(self, line: RegisterLine, codes: ExchangeCodes, around: Surroundings | None = None) -> None:
        self._line = line
        self._dialogue = Dialogue(line, RestWire(), codes, around)

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register. Never raises for a register that does not answer."""
        return self._dialogue.ask(query)

    def is_answering(self) -> bool:
        """Whether the platform can be reached now; nobody's data is sent."""
        return self._line.is_answering()


class RestWire:
    """Messages in JSON, with the members and the order of the SOAP ones that they wrap."""

    media_type: Final = "application/json; charset=utf-8"

    def path(self, operation: str) -> str:
        """The operation is the last part of the address."""
        return f"/{operation}"

    def write(self, operation: str, members: Members) -> bytes:  # noqa: ARG002 - the address names it
        """One object; JSON keeps the order of the members."""
        return json.dumps(_object(members), ensure_ascii=False).encode()

    def read(self, data: bytes) -> Element:
        """The object as a tree. Raises ReplyUnusable."""
        return parse_json(data)


def _object(members: Members) -> dict[str, Any]:
    return {name: value if isinstance(value, str) else _object(value) for name, value in members}
