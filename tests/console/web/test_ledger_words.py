"""Whatever is written into the ledger has words on its screen, and letters are read as letters."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator

from console.web.ledger import detail_said
from console.wording_web_ledger import ACTIONS
from flows.desk_decisions import Decision
from tests.conftest import REPOSITORY

WRITERS = {"append", "append_once", "note_made", "_note", "_say", "say", "note"}
NAME = re.compile(r"[a-z]+(-[a-z]+)*")


def _modules() -> list[ast.Module]:
    rooms = ("flows", "console", "storage")
    paths = [path for room in rooms for path in (REPOSITORY / room).rglob("*.py")]
    return [ast.parse(path.read_text("utf-8")) for path in paths if not re.match("chaos|bench", path.name)]


def _constants(modules: list[ast.Module]) -> dict[str, str]:
    """Names of modules that stand for a word."""
    found = {}
    for module in modules:
        for each in module.body:
            targets = each.targets if isinstance(each, ast.Assign) else ()
            target = each.target if isinstance(each, ast.AnnAssign) else targets[0] if targets else None
            value = getattr(each, "value", None)
            if (
                isinstance(target, ast.Name)
                and isinstance(value, ast.Constant)
                and isinstance(value.value, str)
            ):
                found[target.id] = value.value
    return found


def _written() -> Iterator[str]:
    """Every action that some line of the product writes."""
    modules = _modules()
    constants = _constants(modules)
    for module in modules:
        for node in ast.walk(module):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            is_entry = name in ("append", "append_once") and len(node.args) == 4
            if name not in WRITERS or not (is_entry or name not in ("append", "append_once")):
                continue
            for part in (
                p for argument in node.args[is_entry : 2 if is_entry else 3] for p in ast.walk(argument)
            ):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and "-" in part.value:
                    yield part.value
                elif isinstance(part, ast.Name) and part.id.isupper() and part.id in constants:
                    yield constants[part.id]
            if is_entry and isinstance(node.args[1], ast.Constant):
                yield str(node.args[1].value)
    yield from (each.value.replace("_", "-") for each in Decision)


def test_every_action_has_words() -> None:
    written = {each for each in _written() if NAME.fullmatch(each)}
    assert {"backed-up", "restored", "viewed", "client-added", "webhook-secret", "take-on"} <= written
    assert len(written) > 50
    assert sorted(written - ACTIONS.keys()) == []
    assert all(all(words) for words in ACTIONS.values())


def test_letters_of_older_entries_are_read_as_letters() -> None:
    reason = {"reason": "Công văn 5/TAND-MẪU"}
    assert detail_said(json.dumps(reason)) == '{"reason": "Công văn 5/TAND-MẪU"}'
    for plain in ("{}", '{"objects": 3}', "\\u no JSON"):
        assert detail_said(plain) == plain
