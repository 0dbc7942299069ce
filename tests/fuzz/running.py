"""Runs the fuzzers: `python -m tests.fuzz.running [TARGET...] [--minutes N]`; all where none is named.

Coverage-guided by atheris (libFuzzer): inputs that reach something new are kept in --folder and changed
further. It begins with the kept seeds and with what earlier runs found. Whatever escapes, takes 20 s or
eats all memory ends a fuzzer with its input in --folder; mended, that input becomes a seed.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

TARGETS: Final = ("intake", "card_code", "zone", "catalogue", "bodies")
SEEDS: Final = Path(__file__).parent / "seeds"
_WATCHED: Final = {
    "intake": ("scanners", "pipeline.picture", "PIL", "asn1crypto"),
    "card_code": ("models", "validators", "dossier"),
    "zone": ("models", "validators", "dossier"),
    "catalogue": ("validators", "yaml"),
    "bodies": (
        "console",
        "validators",
        "flows.deposits",
        "storage.deposits",
        "storage.outbox",
        "python_multipart",
    ),
}
"""Whose branches are ways that an input can find."""
_LONGEST: Final = {"intake": 8192, "card_code": 700, "zone": 200, "catalogue": 6000, "bodies": 2000}
"""Bytes of a made-up input."""
_HANGS_SECONDS: Final = 20
"""Of one core, not of the clock: other programs may keep a machine busy."""
_STUCK_SECONDS: Final = 600
_MEMORY_BYTES: Final = 3 << 30
"""Address space, as the guarded child that reads files has one: what asks for more gets a MemoryError."""
_FOUND: Final = Path("fuzz-found")


def opened(target: str, folder: Path) -> Callable[[bytes], None]:
    """The function that is fed; it raises where the product does what it may not."""
    module = importlib.import_module(f"tests.fuzz.{target}_target")
    own = folder / target
    own.mkdir()
    feed: Callable[[bytes], None] = module.open_target(own)
    return feed


def seeds(target: str) -> list[Path]:
    """The kept inputs, what once broke the product among them."""
    return sorted((SEEDS / target).iterdir())


def fuzz(targets: Sequence[str], options: Sequence[str], folder: Path) -> None:
    """Fuzz in this process, which libFuzzer ends; of several targets the first byte chooses one."""
    import atheris

    logging.disable(logging.CRITICAL)
    found = folder / "-".join(targets)
    work = found.with_suffix(".work")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    with atheris.instrument_imports(include=sorted({name for t in targets for name in _WATCHED[t]})):
        feeds = [opened(target, work) for target in targets]
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    begun = SEEDS / targets[0]
    feed = feeds[0]
    if len(targets) > 1:
        begun = work / "seeds"
        begun.mkdir()
        for number, target in enumerate(targets):
            for seed in seeds(target):
                (begun / f"{target}-{seed.name}").write_bytes(bytes([number]) + seed.read_bytes())

        def feed(data: bytes) -> None:
            if data:
                feeds[data[0] % len(feeds)](data[1:])

    def watched(data: bytes) -> None:
        begun = time.process_time()
        feed(data)
        assert time.process_time() - begun < _HANGS_SECONDS, "it takes too long"

    found.mkdir(exist_ok=True)
    longest = max(_LONGEST[target] for target in targets)
    told = [
        f"-timeout={_STUCK_SECONDS}",
        f"-report_slow_units={_STUCK_SECONDS}",
        "-rss_limit_mb=0",
        f"-max_len={longest}",
    ]
    told += [f"-artifact_prefix={found}-", "-print_final_stats=1", *options]
    if len(targets) == 1:
        told.append(f"-dict={SEEDS / targets[0]}.dict")
    atheris.Setup([sys.argv[0], *told, str(found), str(begun)], watched)
    atheris.Fuzz()


def main() -> int:
    """Several targets one after the other, each in a process of its own; one, or --together, in this."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    asked.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    asked.add_argument("--minutes", type=float, default=1.0, help="for each target")
    asked.add_argument(
        "--runs", type=int, default=-1, help="end after so many inputs, the same ones each time"
    )
    asked.add_argument("--folder", type=Path, default=_FOUND, help="where inputs are kept")
    asked.add_argument("--together", action="store_true", help="all targets take turns in one process")
    said = asked.parse_args()
    targets = said.targets or list(TARGETS)
    if unknown := set(targets) - set(TARGETS):
        asked.error(f"no target {', '.join(unknown)}")
    if said.together or len(targets) == 1:
        options = [f"-max_total_time={round(60 * said.minutes)}", f"-runs={said.runs}"]
        fuzz(targets, [*options, "-seed=1"] if said.runs >= 0 else options, said.folder)
    rest = ["--minutes", str(said.minutes), "--runs", str(said.runs), "--folder", str(said.folder)]
    program = [sys.executable, "-m", "tests.fuzz.running"]
    codes = {t: subprocess.run([*program, t, *rest], check=False).returncode for t in targets}
    for target, code in codes.items():
        print(f"{target:10s} {'nothing escaped' if code == 0 else f'exit code {code}: see {said.folder}'}")
    return 1 if any(codes.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
