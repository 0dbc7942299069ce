"""What the lines of a page form together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dossier.geometry import Box


class BlockKind(StrEnum):
    """What a block is."""

    PARAGRAPH = "paragraph"
    """Lines that run on, or a row of fields of a form."""
    HEAD_COLUMN = "head_column"
    """One of the two columns that head an agency's paper (NĐ 30/2020/NĐ-CP, Phụ lục I)."""
    FOOT_COLUMN = "foot_column"
    """One of the columns at the end: recipients (nơi nhận), or who signed."""
    TABLE = "table"
    """A ruled table."""
    PAGE_NUMBER = "page_number"


@dataclass(frozen=True, slots=True)
class Block:
    """Lines that belong together; their places count from 0 in the page's lines."""

    kind: BlockKind
    box: Box
    """Around its lines, and around a table's rules; in the upright frame."""
    lines: tuple[int, ...]
    """Places of its lines, in reading order."""
    rows: tuple[tuple[tuple[int, ...], ...], ...] = ()
    """Of a table: its rows from top to bottom, their cells from left to right, the lines of each cell. A cell
    over several columns stands in the first of them."""
