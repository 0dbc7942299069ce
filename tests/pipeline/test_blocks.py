"""Lines of a page to blocks, in the order in which a person reads them."""

from __future__ import annotations

from random import Random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dossier.blocks import Block, BlockKind
from dossier.geometry import Box
from dossier.page import Line, Word
from pipeline.blocks import in_blocks
from pipeline.layout import reading_order
from pipeline.tables import Grid, grids

SIZE = (2480.0, 3508.0)


def _line(text: str, left: float, top: float, width: float = 0, height: float = 50) -> Line:
    box = Box(left, top, left + (width or 26 * len(text)), top + height)
    return Line(text, box, 1.0, (Word(text, box, 1.0),))


def _read(lines: list[Line], tables: tuple[Grid, ...] = ()) -> tuple[list[str], tuple[Block, ...]]:
    shuffled = list(lines)
    Random(3).shuffle(shuffled)
    ordered, blocks = in_blocks(shuffled, tables, SIZE)
    return [line.text for line in ordered], blocks


def _kinds(blocks: tuple[Block, ...]) -> list[str]:
    return [block.kind.value for block in blocks]


HEAD = [
    _line("UBND XÃ MẪU", 400, 200),
    _line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 1200, 204, 1000),
    _line("VĂN PHÒNG", 430, 270),
    _line("Độc lập - Tự do - Hạnh phúc", 1400, 268, 600),
    _line("Số: 12/QĐ", 450, 340),
    _line("Hòa Mẫu, ngày 03 tháng 02 năm 2026", 1260, 342, 860),
]
BODY = [
    _line("QUYẾT ĐỊNH", 1050, 480, 360),
    _line("Điều 1. Đồng ý cho ông Nguyễn Văn Mẫu được chuyển", 420, 640, 1800),
    _line("mục đích sử dụng đất.", 320, 720, 700),
    _line("Điều 2. Quyết định này có hiệu lực kể từ ngày ký.", 420, 800, 1500),
]
FOOT = [
    _line("Nơi nhận:", 320, 1000),
    _line("TM. ỦY BAN NHÂN DÂN", 1500, 1004, 620),
    _line("- Như Điều 2;", 320, 1070),
    _line("CHỦ TỊCH", 1680, 1080, 260),
    _line("- Lưu: VT.", 320, 1140),
    _line("Trần Thị Mẫu", 1640, 1500, 340),
]


def test_head_and_foot_are_read_column_by_column() -> None:
    text, blocks = _read([*HEAD, *BODY, *FOOT])
    assert text == [line.text for line in (*HEAD[::2], *HEAD[1::2], *BODY, *FOOT[::2], *FOOT[1::2])[0:6]] + [
        line.text for line in BODY
    ] + ["Nơi nhận:", "- Như Điều 2;", "- Lưu: VT."] + ["TM. ỦY BAN NHÂN DÂN", "CHỦ TỊCH", "Trần Thị Mẫu"]
    assert _kinds(blocks) == ["head_column"] * 2 + ["paragraph"] * 3 + ["foot_column"] * 2


def test_a_head_that_is_centred_has_no_columns() -> None:
    """Citizens' forms have the Quốc hiệu over the whole width."""
    lines = [
        _line("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 740, 200, 1000),
        _line("Độc lập - Tự do - Hạnh phúc", 940, 270, 600),
        _line("TỜ KHAI", 1100, 400, 280),
    ]
    text, blocks = _read(lines)
    assert text == [line.text for line in lines]
    assert BlockKind.HEAD_COLUMN not in {block.kind for block in blocks}


def test_fields_of_a_form_are_read_row_by_row() -> None:
    """Two fields side by side, many rows long, are no columns."""
    rows = [
        (
            _line(f"{2 * n}. Ngày sinh: 01/02/2006", 320, 600 + 80 * n, 600),
            _line(f"{2 * n + 1}. Giới tính: Nam", 1400, 604 + 80 * n, 500),
        )
        for n in range(6)
    ]
    text, blocks = _read([line for row in rows for line in row])
    assert text == [line.text for row in rows for line in row]
    assert set(_kinds(blocks)) == {"paragraph"}


def test_a_page_number_and_print_at_the_foot_of_the_sheet_stand_apart() -> None:
    number, remark = _line("2", 1230, 120, 24), _line("Mẫu in theo quy định", 1100, 3380, 400, 36)
    text, blocks = _read([*BODY[1:], number, remark])
    assert (text[0], text[-1]) == ("2", remark.text)
    assert blocks[0].kind is BlockKind.PAGE_NUMBER
    assert _kinds(blocks[1:]) == ["paragraph"] * 3
    in_text, _ = _read([_line("2", 1230, 1700, 24), *BODY])
    assert in_text[-1] == "2"


def _ruled(xs: list[float], ys: list[float]) -> tuple[list[Box], list[Box]]:
    across = [Box(xs[0], y - 2, xs[-1], y + 2) for y in ys]
    down = [Box(x - 2, ys[0], x + 2, ys[-1]) for x in xs]
    return across, down


def test_a_table_is_read_cell_by_cell() -> None:
    across, down = _ruled([300, 460, 1300, 2200], [900, 1000, 1200, 1300])
    (table,) = grids(across, down, 14)
    assert (len(table.edges_down), len(table.edges_across)) == (4, 4)
    heads = [_line("STT", 320, 920), _line("Họ và tên", 500, 922), _line("Ghi chú", 1350, 918)]
    first = [
        _line("1", 360, 1070, 20),
        _line("Nguyễn Thị", 500, 1020),
        _line("Mẫu", 500, 1110),
        _line("con, cháu", 1350, 1060),
    ]
    second = [_line("2", 360, 1225, 20), _line("Trần Văn Mẫu", 500, 1222)]
    text, blocks = _read(
        [*BODY[:2], *heads, *first, *second, _line("Tổng cộng: 02 người.", 320, 1400)], (table,)
    )
    (block,) = (b for b in blocks if b.kind is BlockKind.TABLE)
    cells = [["|".join(text[n] for n in cell) for cell in row] for row in block.rows]
    assert cells == [
        ["STT", "Họ và tên", "Ghi chú"],
        ["1", "Nguyễn Thị|Mẫu", "con, cháu"],
        ["2", "Trần Văn Mẫu", ""],
    ]
    assert text[2:11] == [line.text for line in (*heads, *first, *second)]


def test_a_frame_and_single_rules_are_no_table() -> None:
    frame = _ruled([300, 2200], [900, 1300])
    underline, crossing = Box(300, 500, 900, 504), Box(600, 400, 604, 600)
    assert grids(*frame, 14) == ()
    assert grids([underline], [crossing], 14) == ()
    assert grids([], [], 14) == ()


def test_a_rule_between_cells_keeps_their_words_apart() -> None:
    left, right = Box(100, 100, 300, 140), Box(320, 102, 500, 142)
    assert len(reading_order([left, right])) == 1
    assert len(reading_order([left, right], [Box(309, 50, 311, 400)])) == 2
    assert len(reading_order([left, right], [Box(309, 300, 311, 400)])) == 1


@given(
    st.lists(
        st.builds(
            _line,
            st.sampled_from(["2", "Nơi nhận:", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Điều 1. Nội dung"]),
            st.floats(0, 2300),
            st.floats(0, 3400),
            st.floats(1, 2000),
            st.floats(1, 300),
        ),
        max_size=40,
    )
)
def test_every_line_is_read_once_and_stands_in_one_block(lines: list[Line]) -> None:
    across, down = _ruled([300, 460, 1300, 2200], [900, 1000, 1200, 1300])
    ordered, blocks = in_blocks(lines, grids(across, down, 14), SIZE)
    assert sorted(map(id, ordered)) == sorted(map(id, lines))
    assert [place for block in blocks for place in block.lines] == list(range(len(lines)))
    for block in blocks:
        in_cells = [place for row in block.rows for cell in row for place in cell]
        assert in_cells in ([], list(block.lines))
        assert np.isfinite([block.box.left, block.box.bottom]).all()
