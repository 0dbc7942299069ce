"""The words of form 02, the request for supplements, as the law's form has them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict

from validators.catalogue_schema import parsed

_FILE: Final = Path(__file__).parent / "data" / "notice_form_02.yaml"


class NoticeWords(BaseModel):
    """The entries of notice_form_02.yaml; braces stand for what is filled in."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    mark: str
    heading: list[str]
    number: str
    place_and_date: str
    title: str
    applicant: str
    code: str
    procedure: str
    address: str
    received: str
    announced: str
    item: str
    reason: str
    grounds: str
    rights: str
    contact: str
    signer: str
    signer_hint: str
    blank: str
    """For what nobody knows: written by hand."""
    reasons: dict[str, str]
    """By rule of the finding."""


@lru_cache(maxsize=1)
def notice_words() -> NoticeWords:
    """The built-in words. Raises CatalogueInvalid."""
    return parsed(_FILE, NoticeWords)
