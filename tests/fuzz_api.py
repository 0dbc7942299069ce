"""Made-up calls of every route, by its own description: right ones, and wrong ones.

`make fuzz-api` prints how many calls were made and how each was answered; a test of the gate makes a few.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.api.app import PREFIX, api_without_room
from tests.api_house import BORN, FORM, House, open_house, opened, picture, uploaded

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
KNOWN = {"code": "FUZZ-KNOWN", "procedure": "1.001193"}
"""Path values that name something, put in for half of the calls."""


@dataclass
class Told:
    """What came of it."""

    calls: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def fuzz(house: House, examples: int, name: str = "fuzz") -> Told:
    """Call every route so often in each way: with what the description allows, and with what it does not."""
    told = Told()
    headers = {"authorization": f"Bearer {house.token(name)}"}
    with house.caller(name) as client:
        opened(client, KNOWN["code"])
        uploaded(client, KNOWN["code"], house.says(picture(30), *FORM), house.says(picture(31), *BORN))
    schema = schemathesis.openapi.from_dict(api_without_room().openapi())
    for result in schema.get_all_operations():
        operation = result.ok()
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            _fuzz_one(operation, mode, house.url + PREFIX, headers, (examples, told))
    return told


def _fuzz_one(
    operation: Any, mode: Any, url: str, headers: Mapping[str, str], wanted: tuple[int, Told]
) -> None:
    examples, told = wanted
    try:
        strategy = operation.as_strategy(generation_mode=mode)
    except Exception as e:
        if type(e).__name__ != "Unsatisfiable":
            raise
        return

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=strategy)
    def one(case: Any) -> None:
        told.calls += 1
        if told.calls % 2 and mode is GenerationMode.POSITIVE:
            case.path_parameters.update({k: v for k, v in KNOWN.items() if k in case.path_parameters})
        # A fuzzed token is another token, which is tried elsewhere.
        case.headers.pop("Authorization", None)
        reply = case.call(base_url=url, headers=headers)
        told.statuses[reply.status_code] += 1
        path = urlsplit(str(reply.request.url)).path
        if not path.startswith(f"{PREFIX}/") or "%0A" in path:
            return  # "../.." leads out of the door before it is knocked at, and no mount takes a line's end
        try:
            case.validate_response(reply, checks=CHECKS)
        except (FailureGroup, AssertionError) as e:
            causes = e.exceptions if isinstance(e, FailureGroup) else [e]
            for cause in causes:
                told.faults.append(
                    f"{case.method} {reply.request.url} {reply.status_code}: {str(cause)[:300]}"
                )

    one()


def main() -> int:
    """Fuzz a door of its own, and say what came of it."""
    asked = argparse.ArgumentParser()
    asked.add_argument("--examples", type=int, default=200)
    examples = asked.parse_args().examples
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder) / "state") as house:
        told = fuzz(house, examples)
        house.wait()
    print(f"{told.calls} calls:", ", ".join(f"{s}: {n}" for s, n in sorted(told.statuses.items())))
    for fault in sorted(set(told.faults)):
        print(fault)
    return 1 if told.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
