"""The head of an administrative paper (thể thức văn bản, NĐ 30/2020/NĐ-CP Phụ lục I)."""

from __future__ import annotations

from dataclasses import dataclass

from dossier.geometry import Box


@dataclass(frozen=True, slots=True)
class HeadPart:
    """One component of the head, with where it stands."""

    value: str
    """NFC; a date as ISO 8601."""
    as_read: str
    """What the reader saw, before marks were put right and digits compared; for a person to check."""
    box: Box
    """In the upright frame."""
    confidence: float
    """0.0 to 1.0; lower where readers disagreed."""


@dataclass(frozen=True, slots=True)
class DocumentHead:
    """What the first page of a paper says about itself; None where a component was not found."""

    title: HeadPart | None = None
    """The heading as a whole: kind of paper and what stands below it."""
    document_type: HeadPart | None = None
    """Loại văn bản, as NĐ 30/2020/NĐ-CP Đ7 and the law on legal documents name it, such as "Thông báo"."""
    document_number: HeadPart | None = None
    """Số, ký hiệu văn bản, for example "2164/TB-ĐHĐL"."""
    issued_on: HeadPart | None = None
    """Date of the place-and-date line."""
    issuing_body: HeadPart | None = None
    """Cơ quan ban hành, without the body above it."""
    abstract: HeadPart | None = None
    """Trích yếu nội dung."""
    form_number: HeadPart | None = None
    """Number of the form, for example "Mẫu số 01" or "CT07"."""
