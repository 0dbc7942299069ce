"""Intake of explicit files: JPEG, PNG, TIFF and PDF, bare or in a signature, told by content, not by name.

open_file           the bytes, their kind, their signatures
read_pages          the pages, in this process: for files that are trusted, and for the guarded process
read_pages_guarded  the pages, with time and memory bounded: for files that came from outside
"""

from __future__ import annotations

import logging
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Final

from PIL import Image

from dossier.errors import (
    SourceEmpty,
    SourceError,
    SourceIncomplete,
    SourceNotFound,
    SourceTooLarge,
    SourceUnreadable,
    SourceUnsupported,
)
from dossier.page import Extraction
from scanners import guard
from scanners.delivery import DEFAULT_LIMITS, DeliveredFile, DeliveredPage, IntakeLimits
from scanners.envelope import CMS, DETACHED, Envelope, container_of, is_signed_xml, open_envelope
from scanners.pdf import read_pdf
from scanners.pictures import as_seen, is_mirrored, lossless_png, opened, prove, stated_dpi, stretch
from scanners.regular import NotRegular, open_regular
from scanners.resolution import plausible_dpi
from scanners.tiff import Frame, frames, single_frame_file

log = logging.getLogger(__name__)

PDF, TIFF, JPEG, PNG = "application/pdf", "image/tiff", "image/jpeg", "image/png"
_PDF_HEADER_WITHIN: Final = 1024
_TIFF_STARTS: Final = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_PAGE_SECONDS: Final = 60.0
_DEPTH: Final = 4
"""How many signatures may lie around one another."""
_BYTE_RANGE: Final = re.compile(rb"/ByteRange\s*\[\s*0\s+\d")


def open_file(
    path: Path, limits: IntakeLimits = DEFAULT_LIMITS, *, follow_links: bool = True
) -> DeliveredFile:
    """The file's bytes and what they are.

    Safe on any input: nothing is decoded here. Only a PDF that may have a field for a signature is looked
    into, by a guarded process.

    Raises:
        SourceNotFound, SourceEmpty, SourceTooLarge (bytes), SourceUnsupported, SourceUnreadable
        SourceIncomplete: it changed while it was read.
        SourceEncrypted: a signed PDF that asks for a password.
    """
    return open_bytes(path.name, read_whole(path, limits, follow_links=follow_links), limits)


def open_bytes(name: str, data: bytes, limits: IntakeLimits = DEFAULT_LIMITS) -> DeliveredFile:
    """What bytes are that came under this name; raises what `open_file` raises over content."""
    if not data:
        raise SourceEmpty(name, "no bytes")
    file = DeliveredFile(name, data, media_type_of(data, name), 0)
    if file.media_type in (CMS, DETACHED):
        return replace(file, signatures=_envelope(file).signers)
    if file.media_type == PDF and (b"/Sig" in data or b"/ObjStm" in data):
        # A byte range describes the file as it lies on disk, so it never hides in a stream: one that no field
        # leads to is what remains of a signature, and has to be looked at too.
        ranges = len(_BYTE_RANGE.findall(data))
        with tempfile.TemporaryDirectory(prefix="sohoa-") as folder:
            try:
                signed, empty = guard.count_signatures(file, Path(folder), limits, _PAGE_SECONDS)
            except SourceError:
                if ranges:
                    raise
                signed, empty = 0, 0  # what is wrong is said when its pages are read
        return replace(file, signatures=signed or ranges, empty_fields=empty)
    return file


def read_pages(file: DeliveredFile, limits: IntakeLimits = DEFAULT_LIMITS) -> Iterator[DeliveredPage]:
    """The pages of a file, one at a time, each proven to decode. In this process, without a time-out.

    Raises:
        SourceUnreadable, SourceTooLarge, SourceEncrypted, SourceWithoutPages: while iterating.
    """
    if file.media_type == CMS:
        yield from (_from_inside(page) for page in read_pages(_inside(file), limits))
    elif file.media_type == DETACHED:
        return
    elif file.media_type == PDF:
        yield from read_pdf(file, limits)
    elif file.media_type == TIFF:
        yield from _tiff_pages(file, limits)
    else:
        yield _whole_file(file, limits)


def read_pages_guarded(
    source: Path | DeliveredFile,
    folder: Path,
    limits: IntakeLimits = DEFAULT_LIMITS,
    timeout_seconds: float = _PAGE_SECONDS,
) -> Iterator[DeliveredPage]:
    """The pages of a file, with time and memory bounded.

    PDF and TIFF are read by a child process; JPEG and PNG here, their size judged by the header first.

    Args:
        folder: an existing work folder; nothing stays in it.
        timeout_seconds: longest wait for one page; `limits.file_seconds` bounds all pages together.

    Raises:
        What open_file and read_pages raise. A child that hangs or crashes gives SourceUnreadable, one
        that eats memory SourceTooLarge.
    """
    file = source if isinstance(source, DeliveredFile) else open_file(source, limits)
    if file.media_type == CMS:
        inside = read_pages_guarded(_inside(file), folder, limits, timeout_seconds)
        yield from (_from_inside(page) for page in inside)
    elif file.media_type in (JPEG, PNG, DETACHED):
        yield from read_pages(file, limits)
    else:
        yield from guard.read_pages(file, folder, limits, timeout_seconds)


def prove_whole(
    file: DeliveredFile,
    folder: Path,
    limits: IntakeLimits = DEFAULT_LIMITS,
    timeout_seconds: float = _PAGE_SECONDS,
) -> None:
    """Raise the SourceError that reading the file would give, without drawing the PDF pages that need it."""
    if file.media_type == CMS:
        prove_whole(_inside(file), folder, limits, timeout_seconds)
    elif file.media_type in (JPEG, PNG, DETACHED):
        for _ in read_pages(file, limits):
            pass
    else:
        guard.prove_whole(file, folder, limits, timeout_seconds)


def media_type_of(data: bytes, name: str) -> str:
    """What the bytes are. Raises SourceUnsupported."""
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(_TIFF_STARTS):
        return TIFF
    # A signature first: the document inside it begins near enough to look like the file.
    container = container_of(data)
    if container is not None:
        return CMS if open_envelope(container, name).content is not None else DETACHED
    if b"%PDF-" in data[:_PDF_HEADER_WITHIN]:
        return PDF
    if is_signed_xml(data):
        raise SourceUnsupported(name, "XML with a digital signature: it has no pages, and is not judged here")
    raise SourceUnsupported(name, "neither JPEG, PNG, TIFF nor PDF, nor one of them inside a signature")


def _envelope(file: DeliveredFile) -> Envelope:
    return open_envelope(container_of(file.data) or b"", file.name)


def _inside(file: DeliveredFile) -> DeliveredFile:
    """The document inside a signature, or inside one that lies in another. Raises SourceUnsupported."""
    content = file.data
    for _ in range(_DEPTH):
        container = container_of(content)
        if container is None:
            break
        content = open_envelope(container, file.name).content or b""
    kind = media_type_of(content, file.name) if content else DETACHED
    if kind in (CMS, DETACHED):
        raise SourceUnsupported(file.name, "there is no document inside the signature")
    return DeliveredFile(file.name, content, kind, 0)


def _from_inside(page: DeliveredPage) -> DeliveredPage:
    """A picture that was the whole document was still taken out of a file."""
    is_whole = page.extraction in (Extraction.AS_SCANNED, Extraction.PHOTOGRAPHED)
    return replace(page, extraction=Extraction.EMBEDDED) if is_whole else page


def read_whole(path: Path, limits: IntakeLimits = DEFAULT_LIMITS, *, follow_links: bool = True) -> bytes:
    """All bytes of a regular file; a pipe, a device or a folder is refused without being waited for.

    Raises SourceNotFound, SourceEmpty, SourceTooLarge (bytes), SourceUnsupported, SourceUnreadable, and
    SourceIncomplete where it changed meanwhile.
    """
    try:
        with open_regular(path, follow_links=follow_links) as source:
            before = os.fstat(source.fileno())
            if before.st_size > limits.size_bytes:
                raise SourceTooLarge(path.name, f"{before.st_size / 1e6:.0f} MB")
            data = source.read(limits.size_bytes + 1)
            after = os.fstat(source.fileno())
    except FileNotFoundError as e:
        raise SourceNotFound(str(path), "no such file") from e
    except NotRegular as e:
        raise SourceUnsupported(path.name, "not a regular file") from e
    except (OSError, ValueError) as e:
        raise SourceUnreadable(path.name, f"it cannot be opened ({getattr(e, 'strerror', None) or e})") from e
    if len(data) != before.st_size or (after.st_size, after.st_mtime_ns) != (
        before.st_size,
        before.st_mtime_ns,
    ):
        raise SourceIncomplete(path.name, "it changed while it was read")
    return data


def _whole_file(file: DeliveredFile, limits: IntakeLimits) -> DeliveredPage:
    """The file is the picture, unless its pixels alone would be seen mirrored or squashed."""
    proof = prove(file.data, file.media_type, file.name, limits)
    dpi = plausible_dpi(proof.width, proof.height, proof.stated_dpi)
    extraction = Extraction.PHOTOGRAPHED if proof.is_photographed else Extraction.AS_SCANNED
    if proof.is_mirrored or proof.stretch != 1.0:
        return _set_right(file, limits, is_photographed=proof.is_photographed)
    return DeliveredPage(1, file.data, file.media_type, extraction, proof.width, proof.height, dpi)


def _set_right(file: DeliveredFile, limits: IntakeLimits, *, is_photographed: bool) -> DeliveredPage:
    """The page as the file says it is to be seen; the file itself stays as it is beside it."""
    with opened(file.data, file.media_type, file.name, limits) as picture:
        page = _seen_page(picture, 1, file.name, limits)
    return replace(page, extraction=Extraction.PHOTOGRAPHED) if is_photographed else page


def _seen_page(picture: Image.Image, number: int, name: str, limits: IntakeLimits) -> DeliveredPage:
    seen, stated = as_seen(picture, name, limits), stated_dpi(picture)
    finest = stated / min(stretch(picture), 1.0) if stated is not None else None
    dpi = plausible_dpi(*seen.size, finest)
    return DeliveredPage(number, lossless_png(seen, dpi), PNG, Extraction.RENDERED, *seen.size, dpi)


def _tiff_pages(file: DeliveredFile, limits: IntakeLimits) -> Iterator[DeliveredPage]:
    """One frame: the file itself. Several: each frame on its own; thumbnails and masks are no pages."""
    chain = frames(file.data, file.name, limits.pages)
    if len(chain) == 1:
        yield _whole_file(file, limits)
        return
    pages = [frame for frame in chain if frame.is_page] or list(chain)
    for number, frame in enumerate(pages, start=1):
        yield _frame_page(file, frame, number, limits)


def _frame_page(file: DeliveredFile, frame: Frame, number: int, limits: IntakeLimits) -> DeliveredPage:
    subject = file.name
    with opened(file.data, TIFF, subject, limits, frame.index) as picture:
        if is_mirrored(picture) or stretch(picture) != 1.0:
            return _seen_page(picture, number, subject, limits)
        width, height = picture.size
        dpi = plausible_dpi(width, height, stated_dpi(picture))
        if not frame.is_ccitt:
            data, media_type = lossless_png(picture, dpi), PNG
        else:
            data, media_type = single_frame_file(frame, file.data), TIFF
    prove(data, media_type, subject, limits)
    return DeliveredPage(number, data, media_type, Extraction.EMBEDDED, width, height, dpi)
