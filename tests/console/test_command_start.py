"""A command that only asks the resident process begins at once: it opens none of that process's parts."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from console.commands import Order, digitise_report
from console.output import Output
from dossier.errors import SohoaError
from storage.clock import VIETNAM

HEAVY = ("cv2", "fastapi", "minio", "numpy", "onnxruntime", "pandas", "prefect", "pyhanko", "sqlalchemy")


def test_the_command_line_opens_no_part_of_the_resident_process():
    asked = f"import sys, console.main; print(*(each for each in {HEAVY!r} if each in sys.modules))"

    opened = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert opened.split() == []


@pytest.mark.parametrize("due_on", ["2026-11-18", "mai"])
def test_a_promised_day_that_cannot_be_is_refused_before_anything_starts(tmp_path: Path, due_on: str) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    order = Order((tmp_path / "a.jpg",), "1.001193", "H42-1", "2026-11-19", due_on=due_on)

    with pytest.raises(SohoaError, match=due_on):
        digitise_report(order, Output("en", as_json=True))


def test_a_day_of_reception_that_has_not_come_is_refused_before_anything_starts(tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(b"x")
    tomorrow = (datetime.now(VIETNAM) + timedelta(days=1)).date().isoformat()
    order = Order((tmp_path / "a.jpg",), "1.001193", "H42-1", tomorrow)

    with pytest.raises(SohoaError, match="is after today"):
        digitise_report(order, Output("vi"))
