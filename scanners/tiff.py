"""TIFF: the chain of frames, and a CCITT frame taken out with its very bytes (TIFF 6.0; BigTIFF)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from dossier.errors import SourceTooLarge, SourceUnreadable, SourceWithoutPages

_SIZES: Final = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8} | {
    13: 4,
    16: 8,
    17: 8,
    18: 8,
}
"""Bytes of one value by field type."""
_INTEGERS: Final = {1: "B", 3: "H", 4: "I", 13: "I", 16: "Q"}
_SUBFILE, _WIDTH, _HEIGHT, _COMPRESSION, _STRIPS, _STRIP_BYTES = 254, 256, 257, 259, 273, 279
_TILES, _TILE_BYTES = 324, 325
_CCITT: Final = frozenset({2, 3, 4})
_COPIED: Final = frozenset(
    {256, 257, 258, 259, 262, 266, 274, 277, 278, 282, 283, 284, 292, 293, 296, 326, 327, 328}
)
"""Tags that say how the strips are to be read; everything else stays behind in the original."""
_OF_THE_PICTURE: Final = range(254, 533)
"""Tags of TIFF 6.0 itself, which say how the picture is made."""
_LONGEST_VALUE: Final = 1 << 24
_CUT_OFF: Final = "the file is cut off"


@dataclass(frozen=True, slots=True)
class Entry:
    """One tag of a frame."""

    tag: int
    kind: int
    """Field type, 1 to 17."""
    count: int
    raw: bytes
    """The values as they lie in the file, in its byte order."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One image file directory."""

    index: int
    """Position in the chain, from 0, as Pillow counts."""
    order: str
    """Byte order, "<" or ">"."""
    entries: dict[int, Entry]
    doubled: frozenset[int] = frozenset()
    """Tags that stand there twice with different values."""

    def numbers(self, tag: int) -> tuple[int, ...]:
        """Integer values of a tag; empty where it is missing or no integer."""
        entry = self.entries.get(tag)
        if entry is None or entry.kind not in _INTEGERS:
            return ()
        return struct.unpack(f"{self.order}{entry.count}{_INTEGERS[entry.kind]}", entry.raw)

    def number(self, tag: int, default: int = 0) -> int:
        """First integer of a tag."""
        values = self.numbers(tag)
        return values[0] if values else default

    @property
    def is_page(self) -> bool:
        """Whether it is a picture of its own, not a thumbnail or a mask of another."""
        return not self.number(_SUBFILE) & 0b101

    @property
    def is_ccitt(self) -> bool:
        """Whether it is compressed as fax machines do, in strips."""
        strips, lengths = self.numbers(_STRIPS), self.numbers(_STRIP_BYTES)
        return self.number(_COMPRESSION, 1) in _CCITT and 0 < len(strips) == len(lengths)


def frames(data: bytes, name: str, most: int) -> tuple[Frame, ...]:
    """All frames of the chain, each with its picture data inside the file.

    Raises:
        SourceUnreadable: the chain, a tag or picture data lead outside the file; a frame says twice how its
            picture is made, and not the same, of which every reader takes another.
        SourceWithoutPages: the chain is empty.
        SourceTooLarge: more than `most` frames.
    """
    found: list[Frame] = []
    seen: set[int] = set()
    try:
        for frame, at in _chain(data):
            if at in seen:
                raise SourceUnreadable(name, "its frames run in a circle")
            seen.add(at)
            if len(found) >= most:
                raise SourceTooLarge(name, f"more than {most} pages")
            if any(tag in _OF_THE_PICTURE for tag in frame.doubled):
                raise SourceUnreadable(name, "it says twice how a picture is made, and not the same")
            _check_inside(frame, len(data), name)
            found.append(frame)
    except (struct.error, OverflowError) as e:
        raise SourceUnreadable(name, _CUT_OFF) from e  # BigTIFF may name places beyond any memory
    if not found:
        raise SourceWithoutPages(name, "a TIFF without frames")
    return tuple(found)


def single_frame_file(frame: Frame, data: bytes) -> bytes:
    """A TIFF of this frame alone; its strips are the original's bytes, moved but not touched."""
    strips = [
        data[at : at + size]
        for at, size in zip(frame.numbers(_STRIPS), frame.numbers(_STRIP_BYTES), strict=True)
    ]
    entries = [entry for entry in frame.entries.values() if entry.tag in _COPIED and entry.kind < 16]
    return assemble(frame.order, entries, strips)


def fax_file(strip: bytes, width: int, height: int, *, black_is_zero: bool, dpi: float) -> bytes:
    """A TIFF around one CCITT Group 4 strip, as a PDF keeps it."""

    def short(tag: int, value: int) -> Entry:
        return Entry(tag, 3, 1, struct.pack("<H", value))

    def long(tag: int, value: int) -> Entry:
        return Entry(tag, 4, 1, struct.pack("<I", value))

    resolution = struct.pack("<II", max(1, round(dpi * 100)), 100)
    entries = [
        long(_WIDTH, width),
        long(_HEIGHT, height),
        short(258, 1),
        short(_COMPRESSION, 4),
        short(262, 0 if black_is_zero else 1),
        short(277, 1),
        long(278, height),
        Entry(282, 5, 1, resolution),
        Entry(283, 5, 1, resolution),
        short(296, 2),
    ]
    return assemble("<", entries, [strip])


def assemble(order: str, entries: list[Entry], strips: list[bytes]) -> bytes:
    """A classic TIFF of one frame: header, strips, long values, directory."""
    out = bytearray((b"II" if order == "<" else b"MM") + struct.pack(f"{order}HI", 42, 0))
    offsets = []
    for strip in strips:
        offsets.append(len(out))
        out += strip + b"\0" * (len(strip) % 2)
    count = len(strips)
    placed = [
        *entries,
        Entry(_STRIPS, 4, count, struct.pack(f"{order}{count}I", *offsets)),
        Entry(_STRIP_BYTES, 4, count, struct.pack(f"{order}{count}I", *map(len, strips))),
    ]
    directory = bytearray(struct.pack(f"{order}H", len(placed)))
    for entry in sorted(placed, key=lambda e: e.tag):
        value = entry.raw
        if len(value) > 4:
            value = struct.pack(f"{order}I", len(out))
            out += entry.raw + b"\0" * (len(entry.raw) % 2)
        directory += struct.pack(f"{order}HHI", entry.tag, entry.kind, entry.count) + value.ljust(4, b"\0")
    struct.pack_into(f"{order}I", out, 4, len(out))
    return bytes(out + directory + b"\0\0\0\0")


def _chain(data: bytes) -> Iterator[tuple[Frame, int]]:
    """Each frame with where its directory lies. Raises struct.error where that leads outside the file."""
    order = "<" if data[:2] == b"II" else ">"
    (version,) = struct.unpack_from(f"{order}H", data, 2)
    big = version == 43
    offset = f"{order}Q" if big else f"{order}I"
    (at,) = struct.unpack_from(offset, data, 8 if big else 4)
    index = 0
    while at:
        (count,) = struct.unpack_from(f"{order}Q" if big else f"{order}H", data, at)
        start, step = (at + 8, 20) if big else (at + 2, 12)
        if count > 4096:
            raise struct.error("a directory of too many tags")
        found = [_entry(data, order, start + step * i, big=big) for i in range(count)]
        entries = {entry.tag: entry for entry in found}
        doubled = frozenset(entry.tag for entry in found if entries[entry.tag] != entry)
        yield Frame(index, order, entries, doubled), at
        (at,) = struct.unpack_from(offset, data, start + step * count)
        index += 1


def _entry(data: bytes, order: str, at: int, *, big: bool) -> Entry:
    tag, kind, count = struct.unpack_from(f"{order}HHQ" if big else f"{order}HHI", data, at)
    room, value_at = (8, at + 12) if big else (4, at + 8)
    size = _SIZES.get(kind, 0) * count
    if size > room:
        (value_at,) = struct.unpack_from(f"{order}Q" if big else f"{order}I", data, value_at)
    # A private tag that leads outside the file is no reason to refuse the picture; strips are judged apart.
    raw = data[value_at : value_at + size] if size <= _LONGEST_VALUE else b""
    if len(raw) < size:
        return Entry(tag, 7, 0, b"")
    return Entry(tag, kind, count, raw)


def _check_inside(frame: Frame, size: int, name: str) -> None:
    """Picture data that ends after the file ends was cut off, whatever the decoder makes of it."""
    for offsets_tag, bytes_tag in ((_STRIPS, _STRIP_BYTES), (_TILES, _TILE_BYTES)):
        offsets, lengths = frame.numbers(offsets_tag), frame.numbers(bytes_tag)
        if offsets_tag in frame.entries and not offsets:
            raise SourceUnreadable(name, _CUT_OFF)
        if lengths and len(lengths) == len(offsets):
            ends = [start + length for start, length in zip(offsets, lengths, strict=True)]
        else:
            ends = [start + 1 for start in offsets]
        if any(end > size for end in ends):
            raise SourceUnreadable(name, _CUT_OFF)
