"""A PDF/A as bytes, written and judged in memory.

pikepdf 10 writes through a temporary file, and where the disk has no room for it the whole process is aborted
from within C++, with everything else that it was doing. In memory nothing of a paper lies on a disk either.
"""

from __future__ import annotations

import io

from pikepdf import Pdf, pdfa

from dossier.errors import RenditionInvalid


def pdfa_bytes(pdf: Pdf, title: str) -> bytes:
    """The document as PDF/A-2b; equal input gives equal bytes.

    Args:
        pdf: as `pikepdf.pdfa.prepare` left it.
        title: what it is, for the message.

    Raises RenditionInvalid where the written bytes are not PDF/A-2b.
    """
    settings = pdfa.resolve_save_kwargs("2b", deterministic_id=True)
    written = io.BytesIO()
    pdf.save(written, **settings)
    written.seek(0)
    report = pdfa.validate_written(written, "2b", save_kwargs=settings)
    if report.verdict != "pass":
        found = "; ".join(f"{finding.rule}: {finding.message}" for finding in report.findings[:3])
        raise RenditionInvalid(title, f"not PDF/A-2b: {found}")
    return written.getvalue()
