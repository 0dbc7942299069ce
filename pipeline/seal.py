"""The seal: a PAdES B-B signature with its visible mark; `pipeline.seal_raise` adds what proves it longer.

pyHanko appends an incremental update, so the sealed file begins with the exact bytes of the rendition
(ETSI EN 319 142-1; ISO 32000-1, 7.5.6). Nothing here, and nothing after here, writes a file anew.
"""

from __future__ import annotations

import hashlib
import io
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

import pypdfium2 as pdfium
from pyhanko.pdf_utils.generic import ByteStringObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.metadata.model import DocumentMetadata
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes

from dossier.errors import SealError, SignerUnavailable
from dossier.geometry import Box
from dossier.page import RecognisedPage
from pipeline.mark_drawing import MarkStyle, mark_size
from pipeline.mark_font import MarkFont, find_font, mark_font
from pipeline.mark_place import best_place, look_at
from pipeline.mark_profiles import VIETNAM, MarkWords, scan_words
from pipeline.signature_check import judge_seal
from pipeline.signing_identity import SigningIdentity
from pipeline.trust_path import run_to_end

log = logging.getLogger(__name__)

ROOM: Final = 8192
"""Bytes left in the signature's container for a time stamp; with certificates it takes 2,000 to 6,000."""
FIELD_NAME: Final = "SoHoa"
"""Name of the signature field."""


@dataclass(frozen=True, slots=True)
class SealMark:
    """What the visible mark says, and what it must not hide."""

    words: MarkWords
    signed_at: datetime
    """When the document is sealed, aware; stands in the signature."""
    obstacles: tuple[Box, ...]
    """Recognised boxes of page 1, pixels of its upright frame."""
    dpi: float
    """Pixels per inch of that frame."""


def mark_on(page: RecognisedPage, officer: str, scanned_at: datetime, signed_at: datetime) -> SealMark:
    """The mark of the scanning officer for a document that begins with this page."""
    return mark_with(page, scan_words(officer, scanned_at), signed_at)


def mark_with(page: RecognisedPage, words: MarkWords, signed_at: datetime) -> SealMark:
    """A mark for a document that begins with this page; everything recognised on it stays bare."""
    boxes = [line.box for line in page.lines] + [word.box for line in page.lines for word in line.words]
    boxes += [code.box for code in page.codes] + [number.box for number in page.numbers]
    boxes += [zone.box for zone in page.zones]
    return SealMark(words, signed_at, tuple(boxes), page.page.dpi)


def seal(pdf: bytes, identity: SigningIdentity, mark: SealMark) -> bytes:
    """The signed file: the unsigned bytes, then the signature and its mark.

    Args:
        pdf: an unsigned rendition.
        identity: who signs.
        mark: what is shown on page 1.

    Raises:
        SignerUnavailable: the certificate is not valid at the time of signing, or the key refuses.
        SealError: the file is signed already or cannot be extended.
        PartMissing: no font for the mark is installed.
    """
    if mark.words.at.tzinfo is None or mark.signed_at.tzinfo is None:
        raise ValueError("times must be aware")
    if not identity.is_valid_at(mark.signed_at):
        raise SignerUnavailable(identity.name, "the certificate is not valid at the time of signing")
    font = mark_font(find_font(), "".join(sorted(set("".join(mark.words.lines)))))
    try:
        # 1. Find the place: never over print.
        look = _placed(pdf, mark, font)
        # 2. Sign as an incremental update.
        signed = run_to_end(_sign(pdf, identity, mark.signed_at.astimezone(VIETNAM), look))
    except SigningError as e:
        raise SignerUnavailable(identity.name, str(e)) from e
    except (PdfError, pdfium.PdfiumError, ValueError, OSError) as e:
        raise SealError("seal", f"the file cannot be extended: {e}") from e
    # 3. The unsigned revision is what PDF/A was proven on: it must still be there, byte for byte.
    if not signed.startswith(pdf):
        raise SealError("seal", "the signed file does not begin with the unsigned one")
    # 4. A token may hold another key than its certificate's: what does not verify is never handed out.
    judgement = judge_seal(signed)
    if judgement.absent or judgement.broken or judgement.uncovered:
        raise SealError("seal", judgement.broken or "the signature does not verify")
    return signed


@dataclass(frozen=True, slots=True)
class _Look:
    """How the signature shows on the page."""

    field: SigFieldSpec
    style: MarkStyle | None
    """None where the page has no place: what the mark would say stands in the signature alone."""
    reason: str | None


def _placed(pdf: bytes, mark: SealMark, font: MarkFont) -> _Look:
    lines, profile = mark.words.lines, mark.words.profile
    sizes = [mark_size(lines, font, points) for points in profile.points]
    ground = look_at(pdf, mark.obstacles, mark.dpi)
    found = best_place(ground, sizes, profile.corner)
    if found is None:
        log.warning("page 1 has no place that is free of print; the mark stands in the signature alone")
        return _Look(SigFieldSpec(FIELD_NAME, on_page=0), None, "; ".join(lines))
    index, place = found
    top = ground.height - place.top
    box = (place.left, top - place.height, place.left + place.width, top)
    return _Look(
        SigFieldSpec(FIELD_NAME, on_page=0, box=cast("tuple[int, int, int, int]", box)),
        MarkStyle(lines, font, profile.points[index], opaque=not place.is_free),
        None,
    )


class _ChangedAt(DocumentMetadata):
    """Metadata whose "now" is the moment of sealing."""

    _moment: datetime | None = None

    @classmethod
    def given(cls, known: DocumentMetadata, moment: datetime) -> _ChangedAt:
        """The same metadata with a moment."""
        changed = cls(**vars(known))
        changed._moment = moment
        return changed

    def __setattr__(self, name: str, value: object) -> None:
        is_now = name == "last_modified" and value == "now" and self._moment is not None
        super().__setattr__(name, self._moment if is_now else value)


async def _sign(pdf: bytes, identity: SigningIdentity, moment: datetime, look: _Look) -> bytes:
    """pyHanko's own steps, one by one, because only so the time of signing can be given."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    if writer.prev.embedded_signatures:
        raise SealError("seal", "the file is signed already")
    # The same paper sealed by the same key at the same moment is the same file: pyHanko would draw its second
    # id by lot, and date the change by this machine's clock.
    told = hashlib.sha256(pdf + moment.isoformat().encode()).digest()[:16]
    writer._document_id[1] = ByteStringObject(told)
    writer._meta = _ChangedAt.given(writer._meta, moment)
    metadata = PdfSignatureMetadata(
        field_name=FIELD_NAME,
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        name=identity.name,
        reason=look.reason,
    )
    signer = PdfSigner(metadata, identity.signer, stamp_style=look.style, new_field_spec=look.field)
    session = signer.init_signing_session(writer)
    session.system_time = moment
    # Two hexadecimal digits a byte; the room is for a time stamp, now or later.
    reserved = await session.estimate_signature_container_size(None) + 2 * ROOM
    document = session.prepare_tbs_document(None, reserved)
    prepared, output = document.digest_tbs_document()
    await document.perform_signature(prepared.document_digest, PdfCMSSignedAttributes())
    return cast("io.BytesIO", output).getvalue()
