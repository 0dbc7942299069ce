"""Nothing that a counter's machine writes shows a number or a name to whoever opens its files."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

from PIL import Image

from dossier.batch import Expectation
from dossier.batch_record import BatchOrder
from dossier.scanning import PROFILES
from flows.scanning import ScanRoom
from flows.settings import Settings
from flows.wiring import open_keys, open_quarantine
from tests.conftest import Counter

SAMPLE = "khai-sinh-day-du"


def people(register: Path) -> set[str]:
    with register.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {
        word for row in rows for word in (row["personal_number"], row["full_name"], row["full_name"].upper())
    }


def shown(state: Path, words: set[str]) -> dict[str, list[str]]:
    """Words in the clear, by file."""
    found = {}
    for file in (path for path in state.rglob("*") if path.is_file()):
        try:
            data = file.read_bytes()
        except FileNotFoundError:
            continue
        seen = [w for w in words if w.encode() in data or json.dumps(w)[1:-1].encode() in data]
        if seen:
            found[str(file.relative_to(state))] = seen
    return found


def test_no_file_of_the_machine_shows_a_number_or_a_name(counter: Counter, tmp_path: Path) -> None:
    words = people(counter.samples / "register.csv")
    name = next(word for word in words if not word.isdigit() and not word.isupper())
    truth = counter.truth(SAMPLE)
    scans = tmp_path / "scans"
    shutil.copytree(counter.samples / SAMPLE / "scans", scans)
    for number, file in enumerate(sorted(scans.iterdir())):
        file.rename(scans / f"{name} {number}{file.suffix}")
    answer = counter.sohoa(
        *("digitise", scans, "--procedure", truth["procedure"], "--received-on", truth["received_on"]),
        *("--dossier", "H56.101-261122-7001", "--json"),
    )
    numbers = {identity["personal_number"] for identity in answer.data["identities"]}
    assert numbers & words, "the dossier is about people whose words are looked for"
    assert shown(counter.state, words | {name}) == {}
    (dossier, *_) = json.loads(counter.sohoa("person", "list", min(numbers & words), "--json").stdout)[
        "dossiers"
    ]
    assert dossier["code"]
    assert shown(counter.state, words | {name}) == {}, "looking leaves nothing either"
    # What cannot be taken in, and what a feeder gave that nobody has sorted yet, shows nobody either.
    cut_off = tmp_path / f"{name}.pdf"
    cut_off.write_bytes(f"%PDF-1.7 {name}".encode())
    refused = counter.sohoa(
        "digitise", cut_off, "--procedure", truth["procedure"], "--dossier", "H56-261122-7002"
    )
    assert refused.exit_code != 0
    settings = Settings(state=counter.state)
    assert cut_off.name in {each.name for each in open_quarantine(settings, open_keys(settings)).entries()}
    fed = tmp_path / "fed.jpg"
    with Image.open(next(scans.glob("*.jpg"))) as scan:
        scan.save(fed, dpi=(300, 300), comment=name.encode())
    room = ScanRoom(settings)
    order = BatchOrder("", PROFILES[0], Expectation(procedure=truth["procedure"]), "H56-261122-7003")
    batch = room.take_in(room.begin(order), [fed], lambda _: None)
    assert len(list((counter.state / "batches" / batch.id).iterdir())) == 2
    assert name.encode() in fed.read_bytes()
    assert shown(counter.state, words | {name}) == {}


def test_keys_change_while_the_counter_works(counter: Counter) -> None:
    (*_, before) = counter.sohoa("keys", "list", "--json").data["keys"]
    rotated = counter.sohoa("keys", "rotate", "--json")
    assert rotated.exit_code == 0
    assert rotated.data["failed"] == []
    answer = counter.digitise(SAMPLE)
    assert answer.data["state"] in ("archived", "needs_attention")
    assert counter.sohoa("keys", "list", "--json").data["due"].keys() >= {"packages", "spool", "checkpoints"}
    assert counter.sohoa("keys", "rotate", "--continue", "--json").data["failed"] == []
    assert counter.sohoa("keys", "retire", before, "--json").exit_code == 0
    assert counter.digitise(SAMPLE).data["dossier"] == answer.data["dossier"]


def test_the_store_of_the_machine_keeps_every_promise(counter: Counter) -> None:
    told = counter.sohoa("doctor", "--store", "--json")
    assert told.exit_code == 0
    assert told.data["passed"]
    assert {each["outcome"] for each in told.data["promises"]} == {"kept"}
    assert counter.sohoa("doctor", "--store").stdout.count("✓") == len(told.data["promises"])
