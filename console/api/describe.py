"""Prints the description of the door: `python -m console.api.describe > docs/openapi.json`."""

from __future__ import annotations

import json
import sys

from console.api.app import api_without_room


def description() -> str:
    """OpenAPI 3.1 as JSON, always in the same order."""
    return json.dumps(api_without_room().openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(description())
