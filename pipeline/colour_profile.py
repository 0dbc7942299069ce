"""A small ICC profile for scans in ink colours (CMYK), which PDF/A wants beside an sRGB output intent.

No press is described: the profile says what every viewer assumes without one, RGB = (1 - ink)(1 - black).
ICC.1:2001-04 (version 2), input class with one 8-bit table.
"""

from __future__ import annotations

import itertools
import struct
from functools import cache

_GRID = 3
_WHITE_D50 = (0.9642, 1.0, 0.8249)
_SRGB_TO_XYZ_D50 = (
    (0.4360747, 0.3850649, 0.1430804),
    (0.2225045, 0.7168786, 0.0606169),
    (0.0139322, 0.0971045, 0.7141733),
)


@cache
def cmyk_profile() -> bytes:
    """The profile's bytes, always the same."""
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", 11) + b"Naive CMYK\0" + bytes(4 + 4 + 2 + 1 + 67),
        b"cprt": b"text" + bytes(4) + b"CC0\0",
        b"wtpt": b"XYZ " + bytes(4) + b"".join(_fixed(v) for v in _WHITE_D50),
        b"A2B0": _table(),
    }
    directory, body = b"", b""
    start = 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        directory += struct.pack(">4sII", name, start + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    content = struct.pack(">I", len(tags)) + directory + body
    return _header(128 + len(content)) + content


def _header(size: int) -> bytes:
    return struct.pack(
        ">I4sI4s4s4s6H4s4sIIIQI12s4s44x",
        size,
        bytes(4),
        0x02400000,
        b"scnr",
        b"CMYK",
        b"Lab ",
        *(2026, 1, 1, 0, 0, 0),
        b"acsp",
        bytes(4),
        0,
        0,
        0,
        0,
        0,
        b"".join(_fixed(v) for v in _WHITE_D50),
        bytes(4),
    )


def _fixed(value: float) -> bytes:
    return struct.pack(">i", round(value * 65536))


def _table() -> bytes:
    identity = bytes(range(256))
    matrix = b"".join(_fixed(v) for v in (1, 0, 0, 0, 1, 0, 0, 0, 1))
    steps = [i / (_GRID - 1) for i in range(_GRID)]
    colours = b"".join(_lab(*ink) for ink in itertools.product(steps, repeat=4))
    return b"mft1" + bytes(4) + bytes([4, 3, _GRID, 0]) + matrix + identity * 4 + colours + identity * 3


def _lab(cyan: float, magenta: float, yellow: float, black: float) -> bytes:
    """Ink to Lab in the 8-bit encoding of ICC version 2."""
    rgb = [_linear((1 - ink) * (1 - black)) for ink in (cyan, magenta, yellow)]
    xyz = [sum(f * c for f, c in zip(row, rgb, strict=True)) for row in _SRGB_TO_XYZ_D50]
    x, y, z = (_cube_root(v / w) for v, w in zip(xyz, _WHITE_D50, strict=True))
    values = ((116 * y - 16) * 2.55, 500 * (x - y) + 128, 200 * (y - z) + 128)
    return bytes(min(255, max(0, round(v))) for v in values)


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)


def _cube_root(value: float) -> float:
    return float(value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116
