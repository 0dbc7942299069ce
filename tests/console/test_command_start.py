"""A command that only asks the resident process begins at once: it opens none of that process's parts."""

import subprocess
import sys

HEAVY = ("cv2", "fastapi", "minio", "numpy", "onnxruntime", "pandas", "prefect", "pyhanko", "sqlalchemy")


def test_the_command_line_opens_no_part_of_the_resident_process():
    asked = f"import sys, console.main; print(*(each for each in {HEAVY!r} if each in sys.modules))"

    opened = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout

    assert opened.split() == []
