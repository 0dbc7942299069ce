"""Where a command writes: words on a terminal, plain lines in a pipe, JSON when asked."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rich.console import Console

from console.wording import Language, term


@dataclass(frozen=True, slots=True)
class Output:
    """How a command answers."""

    language: Language
    as_json: bool = False

    @property
    def is_terminal(self) -> bool:
        """Whether a person watches; progress bars are for people."""
        return sys.stderr.isatty() and not self.as_json

    def term(self, name: str) -> str:
        """A word of the screen in the chosen language."""
        return term(name, self.language)

    def data(self, data: Any) -> None:
        """JSON to standard output."""
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")

    def text(self, text: str) -> None:
        """Plain text to standard output, as it is."""
        sys.stdout.write(text + "\n")

    def figures(self, tables: Mapping[str, Mapping[str, Any]]) -> None:
        """Named figures of several things: JSON, or a line for each."""
        if self.as_json:
            self.data(tables)
            return
        for name, table in tables.items():
            self.text(f"{name}: " + ", ".join(f"{key} {value}" for key, value in table.items()))

    def console(self) -> Console:
        """Rich output to standard output."""
        return Console(file=sys.stdout, highlight=False, soft_wrap=not sys.stdout.isatty())

    def aside(self, text: str) -> None:
        """A word beside the result: to standard error."""
        sys.stderr.write(text + "\n")
