"""The preservation record of a package as PREMIS 3.0 (Library of Congress): its files, one event for each
action, and the people and programs behind them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from dossier.archive import PackageFile
from dossier.description import Action, ActionKind, Agent, PackageDescription
from storage.xml_tree import XSI, Element, Vocabulary, written

NAMESPACE: Final = "http://www.loc.gov/premis/v3"
_PREMIS: Final = Vocabulary(NAMESPACE)
_EVENT_TYPES: Final = "http://id.loc.gov/vocabulary/preservation/eventType"
_TYPES: Final[dict[ActionKind, tuple[str, str]]] = {
    ActionKind.TAKEN_IN: ("capture", "cap"),
    ActionKind.SIGNATURES_JUDGED: ("digital signature validation", "dsv"),
    ActionKind.READ: ("text recognition", ""),
    ActionKind.CORRECTED: ("correction by a person", ""),
    ActionKind.CHECKED: ("completeness check", ""),
    ActionKind.REGISTER_ASKED: ("residence register look-up", ""),
    ActionKind.RENDERED: ("creation", "cre"),
    ActionKind.VALIDATED: ("validation", "val"),
    ActionKind.SEALED: ("digital signature generation", "dsg"),
    ActionKind.SEAL_RAISED: ("digital signature time-stamping", ""),
    ActionKind.ARCHIVED: ("ingestion", "ing"),
}
"""Wording of each action and its code in the Library of Congress's vocabulary, where that has one."""
_FORMATS: Final = {
    "application/pdf": ("PDF/A-2b", "fmt/477"),
    "image/jpeg": ("JPEG", "fmt/43"),
    "image/png": ("Portable Network Graphics", "fmt/11"),
    "image/tiff": ("Tagged Image File Format", "fmt/353"),
    "application/xml": ("Extensible Markup Language", "fmt/101"),
    "text/plain": ("Plain Text File", "x-fmt/111"),
}
"""Name and PRONOM identifier of what the archive makes or takes in."""
_SOURCE_PDF: Final = ("Portable Document Format", "")
_LOCAL: Final = "local"


def write_premis(description: PackageDescription, files: Sequence[PackageFile]) -> bytes:
    """The record.

    Args:
        files: the package's data files; what describes it is not among them.
    """
    root = _PREMIS.root("premis", {"xsi": XSI}, version="3.0")
    _add_dossier(root, description)
    for file in files:
        _add_file(root, file, description.actions)
    agents: dict[Agent, str] = {}
    for number, action in enumerate(description.actions, 1):
        for agent in action.agents:
            agents.setdefault(agent, f"agent-{len(agents) + 1}")
        _add_event(root, _event(number), action, [agents[agent] for agent in action.agents])
    for agent, name in agents.items():
        _add_agent(root, agent, name)
    return written(root)


def _event(number: int) -> str:
    return f"event-{number}"


def _add_identifier(parent: Element, name: str, value: str) -> Element:
    identifier = _PREMIS.add(parent, f"{name}Identifier")
    _PREMIS.add(identifier, f"{name}IdentifierType", _LOCAL)
    _PREMIS.add(identifier, f"{name}IdentifierValue", value)
    return identifier


def _add_dossier(root: Element, description: PackageDescription) -> None:
    """The dossier itself, an intellectual entity; what concerns no single file is linked to it."""
    dossier = _PREMIS.add(root, "object", xsi__type="intellectualEntity")
    _add_identifier(dossier, "object", description.dossier)
    for number, action in enumerate(description.actions, 1):
        if not action.made and not action.used:
            _add_identifier(dossier, "linkingEvent", _event(number))


def _add_file(root: Element, file: PackageFile, actions: Sequence[Action]) -> None:
    drawn = _PREMIS.add(root, "object", xsi__type="file")
    _add_identifier(drawn, "object", file.path)
    known = _PREMIS.add(drawn, "objectCharacteristics")
    _PREMIS.add(known, "compositionLevel", "0")
    fixity = _PREMIS.add(known, "fixity")
    _PREMIS.add(fixity, "messageDigestAlgorithm", "SHA-256")
    _PREMIS.add(fixity, "messageDigest", file.sha256)
    _PREMIS.add(known, "size", str(file.size_bytes))
    _add_format(known, file)
    for number, action in enumerate(actions, 1):
        if file.path in action.made and action.used:
            _add_derivation(drawn, action.used, _event(number))
    for number, action in enumerate(actions, 1):
        if file.path in action.made or file.path in action.used:
            _add_identifier(drawn, "linkingEvent", _event(number))


def _add_format(known: Element, file: PackageFile) -> None:
    name, registered = _FORMATS.get(file.media_type, (file.media_type, ""))
    if file.role == "original" and file.media_type == "application/pdf":
        name, registered = _SOURCE_PDF
    drawn = _PREMIS.add(known, "format")
    _PREMIS.add(_PREMIS.add(drawn, "formatDesignation"), "formatName", name)
    if registered:
        registry = _PREMIS.add(drawn, "formatRegistry")
        _PREMIS.add(registry, "formatRegistryName", "PRONOM")
        _PREMIS.add(registry, "formatRegistryKey", registered)


def _add_derivation(drawn: Element, sources: Iterable[str], event: str) -> None:
    relationship = _PREMIS.add(drawn, "relationship")
    _PREMIS.add(relationship, "relationshipType", "derivation")
    _PREMIS.add(relationship, "relationshipSubType", "has source")
    for path in sources:
        _add_identifier(relationship, "relatedObject", path)
    _add_identifier(relationship, "relatedEvent", event)


def _add_event(root: Element, name: str, action: Action, agents: Sequence[str]) -> None:
    event = _PREMIS.add(root, "event")
    _add_identifier(event, "event", name)
    wording, code = _TYPES[action.kind]
    known = {"authority": "eventType", "authorityURI": _EVENT_TYPES, "valueURI": f"{_EVENT_TYPES}/{code}"}
    _PREMIS.add(event, "eventType", wording, **(known if code else {}))
    _PREMIS.add(event, "eventDateTime", action.at)
    outcome = _PREMIS.add(event, "eventOutcomeInformation")
    _PREMIS.add(outcome, "eventOutcome", action.outcome.value)
    if action.detail:
        detail = _PREMIS.add(outcome, "eventOutcomeDetail")
        _PREMIS.add(detail, "eventOutcomeDetailNote", action.detail)
    for agent in agents:
        _add_identifier(event, "linkingAgent", agent)
    for role, paths in (("source", action.used), ("outcome", action.made)):
        for path in paths:
            linked = _add_identifier(event, "linkingObject", path)
            _PREMIS.add(linked, "linkingObjectRole", role)


def _add_agent(root: Element, agent: Agent, name: str) -> None:
    drawn = _PREMIS.add(root, "agent")
    _add_identifier(drawn, "agent", name)
    _PREMIS.add(drawn, "agentName", agent.name)
    _PREMIS.add(drawn, "agentType", agent.kind.value)
    if agent.version:
        _PREMIS.add(drawn, "agentVersion", agent.version)
    if agent.note:
        _PREMIS.add(drawn, "agentNote", agent.note)
