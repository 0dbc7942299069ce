"""The form in which values are written down."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from dossier.errors import StorageError

T = TypeVar("T")


def encode(value: object) -> bytes:
    """A value of the dossier's vocabulary as JSON: frozen dataclasses, tuples, enums, dates, None."""
    return to_json(value, inf_nan_mode="constants")


def decode(type_: type[T], data: bytes) -> T:
    """The value that `encode` wrote. Raises StorageError where the bytes are not one of this type."""
    try:
        value: T = _adapter(cast(Hashable, type_)).validate_json(data, strict=True)
    except ValidationError as e:
        first = e.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        name = getattr(type_, "__name__", str(type_))
        raise StorageError(f"stored {name}", f"is of another form at {place!r}: {first['type']}") from e
    return value


@cache
def _adapter(type_: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, type_))
