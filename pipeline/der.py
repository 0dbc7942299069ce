"""The two forms of DER that containers are built again from (X.690, 8.1 and 10.1)."""

from __future__ import annotations


def tagged(tag: int, contents: bytes) -> bytes:
    """Tag, length in its shortest form, contents."""
    size = len(contents)
    if size < 0x80:
        return bytes([tag, size]) + contents
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + contents


def sequence(contents: bytes) -> bytes:
    """A SEQUENCE of these."""
    return tagged(0x30, contents)
