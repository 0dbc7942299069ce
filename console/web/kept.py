"""What was typed into a form whose sender had to sign in first: kept in the page, shown again, sent again.

The fields travel through the sign-in as hidden fields, never through an address and never into a file here.
They are sent only when the person presses the button, on a page that shows where to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from starlette.datastructures import FormData

PREFIX: Final = "kept."
_TO: Final = "kept-to"
_MOST: Final = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A form on its way."""

    to: str
    """Path that it goes to; empty where nothing is kept."""
    fields: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> tuple[tuple[str, str], ...]:
        """The fields as a sign-in page carries them."""
        return ((_TO, self.to), *((PREFIX + name, value) for name, value in self.fields)) if self.to else ()


NOTHING: Final = Kept("")


def kept_of(path: str, form: FormData) -> Kept:
    """A form that was sent to a path, without its CSRF token and without files."""
    fields = [(k, v) for k, v in form.multi_items() if isinstance(v, str) and k != "csrf"]
    return Kept(path, tuple(fields[:_MOST]))


def carried(form: FormData) -> Kept:
    """What a sign-in page carried."""
    to = form.get(_TO, "")
    if not isinstance(to, str) or local_path(to) != to:
        return NOTHING
    fields = [
        (k.removeprefix(PREFIX), v)
        for k, v in form.multi_items()
        if isinstance(v, str) and k.startswith(PREFIX)
    ]
    return Kept(to, tuple(fields[:_MOST]))


def local_path(path: str) -> str:
    """A path of this console, or "/" for anything that leads elsewhere."""
    is_local = path.startswith("/") and not path.startswith("//") and "\\" not in path
    return path if is_local and path.isprintable() else "/"
