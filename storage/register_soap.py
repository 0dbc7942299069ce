"""The population database (CSDLQG về dân cư) through the national data exchange, in SOAP 1.1."""

from __future__ import annotations

from typing import Final
from xml.sax.saxutils import escape

from dossier.identity import RegisterAnswer, RegisterQuery
from storage.dialogue import Dialogue, ExchangeCodes, Members, Surroundings
from storage.exchange import RegisterLine
from storage.register_reply import Element, parse_xml

NAMESPACE: Final = "http://dancuquocgia.bca"
ENVELOPE: Final = "http://schemas.xmlsoap.org/soap/envelope/"


class SoapRegister:
    """Asks the exchange; all operations have one address."""

    def __init__(self, line: RegisterLine, codes: ExchangeCodes, around: Surroundings | None = None) -> None:
        self._line = line
        self._dialogue = Dialogue(line, SoapWire(), codes, around)

    def ask(self, query: RegisterQuery) -> RegisterAnswer:
        """Compare a person with the register. Never raises for a register that does not answer."""
        return self._dialogue.ask(query)

    def is_answering(self) -> bool:
        """Whether the exchange can be reached now; nobody's data is sent."""
        return self._line.is_answering()


class SoapWire:
    """Messages in SOAP 1.1."""

    media_type: Final = "text/xml; charset=utf-8"

    def path(self, operation: str) -> str:  # noqa: ARG002 - the same for all
        """Nothing beyond the address."""
        return ""

    def write(self, operation: str, members: Members) -> bytes:
        """The envelope, its elements in the order of the members."""
        body = _elements(((operation, members),))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>'
            f'<soapenv:Envelope xmlns:soapenv="{ENVELOPE}" xmlns:dan="{NAMESPACE}">'
            f"<soapenv:Header/><soapenv:Body>{body}</soapenv:Body></soapenv:Envelope>"
        ).encode()

    def read(self, data: bytes) -> Element:
        """The envelope as a tree. Raises ReplyUnusable."""
        return parse_xml(data)


def _elements(members: Members) -> str:
    return "".join(
        f"<dan:{name}>{escape(value) if isinstance(value, str) else _elements(value)}</dan:{name}>"
        for name, value in members
    )
