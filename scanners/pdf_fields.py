"""Values of a PDF form's fields that no appearance shows: the program that draws has to make one.

poppler does so with the font that the form names, and leaves out every letter that this one does not have:
of "Nguyễn" it shows "Nguyn". What would come out so is refused, not archived.
"""

from __future__ import annotations

from typing import Any, Final

import pikepdf

HIDDEN: Final = 0b10 | 0b100000
"""Flags of annotations: Hidden and NoView, ISO 32000-1 table 165."""
_DEEPEST: Final = 12
_BUTTON: Final = "/Btn"


class Unshown(Exception):
    """A value that is in the file and would be missing from the drawn page."""


def default_look(form: Any) -> bool:
    """Whether a form says how fields look that say nothing themselves (DA), with its fonts (DR)."""
    return isinstance(form, pikepdf.Dictionary) and "/DR" in form and "/DA" in form


def has_value(widget: Any) -> bool:
    """Whether a field has a value to show, its own or that of a field above it (ISO 32000-1, 12.7.3)."""
    value = _inherited(widget, "/V")
    if isinstance(value, pikepdf.Array):
        return len(value) > 0
    return value is not None and value != "/Off" and bool(str(value).strip())


def refuse_unshown(widget: Any, default: bool) -> None:
    """Raise Unshown over a field that is seen and whose value the drawn page would lack, even in part."""
    try:
        if str(widget.get("/Subtype", "")) != "/Widget" or int(widget.get("/F", 0)) & HIDDEN:
            return
        if isinstance(widget.get("/AP"), pikepdf.Dictionary) and "/N" in widget.AP:
            return
        if not has_value(widget) or str(_inherited(widget, "/FT")) in (_BUTTON, "/Sig"):
            return
        value = _inherited(widget, "/V")
        parts = list(value) if isinstance(value, pikepdf.Array) else [value]
        written = " ".join(str(part) for part in parts)
        has_look = default or _inherited(widget, "/DA") is not None
    except (KeyError, TypeError, ValueError, AttributeError) as e:
        raise Unshown("a field that cannot be judged") from e
    try:
        written.encode("cp1252")
    except UnicodeEncodeError as e:
        raise Unshown("a field's letters have no appearance") from e
    if not has_look:
        raise Unshown("a field has a value and no appearance")


def _inherited(field: Any, key: str) -> Any:
    for _ in range(_DEEPEST):
        if key in field:
            return field[key]
        field = field.get("/Parent")
        if not isinstance(field, pikepdf.Dictionary):
            return None
    return None
