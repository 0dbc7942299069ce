"""What a form of the dossier's screen asks for, as a change of the draft."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from dossier.errors import CorrectionRefused
from dossier.review import (
    Change,
    ChooseCases,
    DismissFinding,
    Draft,
    DraftPaper,
    MarkBlank,
    MergePapers,
    MovePage,
    OrderPages,
    SetAside,
    SetDue,
    SetKind,
    SplitPaper,
    TurnPage,
    TypeField,
)
from dossier.text import day_of, nfc

Form = Mapping[str, str]
_LONGEST: Final = 2000
"""Letters of a value; the longest field of a form, an abstract, has a few hundred."""


def change_of(form: Form, draft: Draft, cases: tuple[str, ...] = ()) -> Change:
    """The change that a form names in `change`, with what belongs to it.

    Args:
        form: fields as they were sent, untrusted.
        draft: what the change is about, for those that are told by their neighbours.
        cases: every `cases` field of the form.

    Raises:
        CorrectionRefused: no such change, or a part of it is missing.
    """
    name = form.get("change", "")
    if name == "cases":
        return ChooseCases(tuple(sorted(set(cases) - {""})))
    if name not in _CHANGES:
        raise CorrectionRefused(draft.code, f"no such change: {name[:40]!r}")
    return _CHANGES[name](form, draft)


def _kind(form: Form, _draft: Draft) -> Change:
    return SetKind(_number(form, "paper"), _text(form, "value"))


def _due(form: Form, draft: Draft) -> Change:
    text = form.get("value", "").strip()
    try:
        return SetDue(day_of(text) if text else None)
    except ValueError as e:
        raise CorrectionRefused(draft.code, f"is no day: {text[:40]!r}") from e


def _field(form: Form, _draft: Draft) -> Change:
    person = _number(form, "person") if form.get("person") else 0
    return TypeField(_text(form, "place"), _text(form, "value"), person=person)


def _split(form: Form, draft: Draft) -> Change:
    page = _number(form, "page")
    return SplitPaper(_paper_of(draft, page).id, page)


def _merge(form: Form, draft: Draft) -> Change:
    """The paper of this page is the end of the one before it."""
    paper = _paper_of(draft, _number(form, "page"))
    at = draft.papers.index(paper)
    if at == 0:
        raise CorrectionRefused(str(paper.id), "no paper comes before it")
    return MergePapers(paper.id, draft.papers[at - 1].id)


def _page_up(form: Form, draft: Draft) -> Change:
    return _moved(_number(form, "page"), draft, -1)


def _page_down(form: Form, draft: Draft) -> Change:
    return _moved(_number(form, "page"), draft, 1)


def _moved(page: int, draft: Draft, by: int) -> Change:
    """One place on within its paper; from its edge into the paper beside it."""
    paper = _paper_of(draft, page)
    pages = [each.id for each in paper.pages]
    to = pages.index(page) + by
    if 0 <= to < len(pages):
        pages.remove(page)
        pages.insert(to, page)
        return OrderPages(paper.id, tuple(pages))
    beside = draft.papers.index(paper) + by
    if not 0 <= beside < len(draft.papers):
        raise CorrectionRefused(str(page), "it lies at the edge of the dossier")
    other = draft.papers[beside]
    return MovePage(page, other.id, 0 if by < 0 else other.pages[0].id)


def _move(form: Form, _draft: Draft) -> Change:
    before = _number(form, "before") if form.get("before") else 0
    return MovePage(_number(form, "page"), _number(form, "paper"), before)


def _turn(form: Form, _draft: Draft) -> Change:
    return TurnPage(_number(form, "page"), _number(form, "degrees"))


def _blank(form: Form, _draft: Draft) -> Change:
    return MarkBlank(_number(form, "page"), form.get("value") == "yes")


def _aside(form: Form, _draft: Draft) -> Change:
    return SetAside(_number(form, "page"), nfc(form.get("reason", ""))[:_LONGEST])


def _dismiss(form: Form, _draft: Draft) -> Change:
    return DismissFinding(_text(form, "finding"), _text(form, "reason"))


_CHANGES: Final[dict[str, Callable[[Form, Draft], Change]]] = {
    "kind": _kind,
    "due": _due,
    "field": _field,
    "split": _split,
    "merge": _merge,
    "page_up": _page_up,
    "page_down": _page_down,
    "move": _move,
    "turn": _turn,
    "blank": _blank,
    "aside": _aside,
    "dismiss": _dismiss,
}


def _paper_of(draft: Draft, page: int) -> DraftPaper:
    for paper in draft.papers:
        if any(each.id == page for each in paper.pages):
            return paper
    raise CorrectionRefused(str(page), "no paper has such a page")


def _number(form: Form, name: str) -> int:
    text = form.get(name, "").strip()
    if not (text.isascii() and text.isdecimal() and len(text) <= 6):
        raise CorrectionRefused(name, "is not a number")
    return int(text)


def _text(form: Form, name: str) -> str:
    text = nfc(form.get(name, "")).strip()
    if len(text) > _LONGEST:
        raise CorrectionRefused(name, f"has more than {_LONGEST} letters")
    return text
