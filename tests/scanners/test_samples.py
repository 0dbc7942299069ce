"""The sample dossiers: the truth beside them is true."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import combinations
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pikepdf
import pytest
import zxingcpp
from PIL import Image

from dossier.archive import DossierState
from dossier.finding import Rule, Severity
from dossier.geometry import Box, UprightFrame
from dossier.identity import IdentityVerdict
from scanners.samples import make_samples

Pixels = npt.NDArray[np.uint8]
PROVINCES = {"001", "031", "034", "036", "037", "038", "040"}
MANDATORY_RULES = {Rule.MISSING_COMPONENT, Rule.RESIDENCE_PAPER, Rule.NUMBER_CONFLICT}


@dataclass(frozen=True)
class Leaf:
    """A page of the samples with its truth."""

    name: str
    kind: str
    truth: dict[str, Any]
    picture: Image.Image


def dossiers(samples: Path) -> dict[str, dict[str, Any]]:
    return {f.parent.name: json.loads(f.read_text("utf-8")) for f in sorted(samples.glob("*/truth.json"))}


def pictures(file: Path) -> Iterator[Image.Image]:
    if file.suffix == ".pdf":
        with pikepdf.open(file) as pdf:
            for page in pdf.pages:
                (scan,) = page.get_images().values()
                assert isinstance(scan, pikepdf.Stream)
                yield pikepdf.PdfImage(scan).as_pil_image()
        return
    with Image.open(file) as picture:
        for number in range(getattr(picture, "n_frames", 1)):
            picture.seek(number)
            yield picture.copy()


@pytest.fixture(scope="module")
def leaves(samples: Path) -> tuple[Leaf, ...]:
    found = []
    for name, truth in dossiers(samples).items():
        scans = {f.name: list(pictures(f)) for f in sorted((samples / name / "scans").iterdir())}
        for document in truth["documents"]:
            for page in document["pages"]:
                picture = scans[page["source"]][page["number"] - 1]
                found.append(Leaf(f"{name}/{page['source']}", document["kind"], page, picture))
    return tuple(found)


def upright(leaf: Leaf) -> Pixels:
    """The page as its truth says it has to be turned, grey, in the upright frame."""
    turn, angle = leaf.truth["rotation_degrees"], leaf.truth["angle_degrees"]
    frame = UprightFrame(leaf.picture.width, leaf.picture.height, turn, angle)
    m = frame.matrix
    grey = np.asarray(leaf.picture.convert("L"), np.uint8)
    matrix = np.array([[m.a, m.c, m.e], [m.b, m.d, m.f]])
    return np.asarray(cv2.warpAffine(grey, matrix, (frame.width, frame.height), borderValue=(255,)), np.uint8)


def test_every_page_of_every_file_is_told_of(samples: Path, leaves: tuple[Leaf, ...]) -> None:
    told = sorted((leaf.name, leaf.truth["number"]) for leaf in leaves)
    there = []
    for file in samples.glob("*/scans/*"):
        count = sum(1 for _ in pictures(file))
        there += [(f"{file.parents[1].name}/{file.name}", number + 1) for number in range(count)]
    assert told == sorted(there)
    assert len({truth["procedure"] for truth in dossiers(samples).values()}) >= 5


def test_all_ways_of_scanning_occur_at_300_dpi(samples: Path) -> None:
    suffixes = {file.suffix for file in samples.glob("*/scans/*")}
    assert suffixes == {".jpg", ".png", ".tif", ".pdf"}
    for file in samples.glob("*/scans/*"):
        if file.suffix == ".pdf":
            with pikepdf.open(file) as pdf:
                assert all(
                    image.Filter == "/DCTDecode" for page in pdf.pages for image in page.get_images().values()
                )
            continue
        with Image.open(file) as picture:
            assert [round(float(side)) for side in picture.info["dpi"]] == [300, 300]
            assert file.suffix != ".tif" or (picture.info["compression"], picture.mode) == ("group4", "1")
            assert getattr(picture, "n_frames", 1) == (3 if file.suffix == ".tif" else 1)


def test_words_stand_where_the_truth_says(leaves: tuple[Leaf, ...]) -> None:
    """Each box holds ink, more than an empty box moved off the line would, and it ends with the box."""
    for leaf in leaves:
        page = upright(leaf)
        for word in leaf.truth["words"]:
            left, top, right, bottom = (round(v) for v in word["box"])
            inside = page[top:bottom, left:right]
            assert inside.size, (leaf.name, word)
            assert float((inside < 170).mean()) > 0.04, (leaf.name, word)
        below = max(word["box"][3] for word in leaf.truth["words"])
        assert float((page[round(below) + 40 : round(below) + 70, 300:-300] < 120).mean()) < 0.01


def test_boxes_fit_closely(leaves: tuple[Leaf, ...]) -> None:
    """Headings have nothing around them: the ink of each ends within 5 pixels of its box."""
    for leaf in leaves:
        title = [w for w in leaf.truth["words"] if w["text"] == "HƯ"]
        assert title, leaf.name
        left, top, right, bottom = (round(v) for v in title[0]["box"])
        page = upright(leaf)[top - 12 : bottom + 12, left - 6 : right + 6]
        rows = np.flatnonzero((page < 200).any(axis=1))
        assert abs(rows[0] - 12) <= 5, leaf.name
        assert abs(rows[-1] - (bottom - top + 11)) <= 5, leaf.name


def test_lines_hold_exactly_the_words(leaves: tuple[Leaf, ...]) -> None:
    for leaf in leaves:
        words = [word["text"] for word in leaf.truth["words"]]
        assert " ".join(leaf.truth["text"]).split() == words
        assert "MẪU - DỮ LIỆU HƯ CẤU" in leaf.truth["text"]


def test_no_word_is_printed_over_another(leaves: tuple[Leaf, ...]) -> None:
    for leaf in leaves:
        boxes = [Box(*word["box"]) for word in leaf.truth["words"]]
        assert not [pair for pair in combinations(boxes, 2) if pair[0].overlaps(pair[1])], leaf.name
        assert all(box.left > 60 and box.right < leaf.picture.width - 60 for box in boxes), leaf.name


def test_one_page_lies_upside_down_in_a_complete_dossier(samples: Path) -> None:
    turned = [
        (truth["state"], page["rotation_degrees"])
        for truth in dossiers(samples).values()
        for document in truth["documents"]
        for page in document["pages"]
        if page["rotation_degrees"]
    ]
    assert turned == [("archived", 180)]


def test_codes_tell_the_person(leaves: tuple[Leaf, ...], samples: Path) -> None:
    register = {row["personal_number"]: row for row in rows(samples)}
    cards = [leaf for leaf in leaves if leaf.kind == "cccd_chip"]
    assert len(cards) >= 6
    for card in cards:
        codes = zxingcpp.read_barcodes(card.picture.convert("L"))
        number, _, name, born, sex, residence, _ = codes[0].text.split("|")
        known = register[number]
        assert (name, sex, residence) == (known["full_name"], known["sex"], known["residence"])
        assert datetime.strptime(born, "%d%m%Y").date().isoformat() == known["date_of_birth"]
        assert number in card.truth["text"][6].split()
        assert any(line == name.upper() for line in card.truth["text"])


def test_register_holds_the_people_and_nobody_else(samples: Path) -> None:
    known = {(row["personal_number"], row["full_name"]) for row in rows(samples)}
    named = {
        (who["personal_number"], who["full_name"])
        for truth in dossiers(samples).values()
        for who in truth["identities"]
    }
    assert known == named
    assert len({number for number, _ in known}) == len({name for _, name in known}) == len(known)


def test_numbers_have_the_real_structure(samples: Path) -> None:
    for row in rows(samples):
        number, born = row["personal_number"], date.fromisoformat(row["date_of_birth"])
        assert number[:3] in PROVINCES
        assert int(number[3]) == 2 * (born.year // 100 - 19) + (row["sex"] == "Nữ")
        assert number[4:6] == f"{born.year % 100:02d}"
        assert len(number) == 12


def test_states_follow_from_findings(samples: Path) -> None:
    seen = set()
    for truth in dossiers(samples).values():
        blocking = {Rule(f["rule"]) for f in truth["findings"] if f["severity"] == Severity.BLOCKING}
        waits = DossierState(truth["state"]) is DossierState.NEEDS_ATTENTION
        assert waits == bool(blocking)
        seen |= blocking
        kinds = {document["kind"] for document in truth["documents"]}
        for finding in truth["findings"]:
            if finding["rule"] == Rule.MISSING_COMPONENT:
                assert finding["subject"] not in kinds
            elif finding["rule"] != Rule.NUMBER_CONFLICT:
                assert finding["subject"] in kinds
    assert seen == MANDATORY_RULES


def test_wrong_number_differs_in_one_digit_and_is_nobodys(samples: Path) -> None:
    truth = next(
        t for t in dossiers(samples).values() if any(f["rule"] == Rule.NUMBER_CONFLICT for f in t["findings"])
    )
    (who,) = truth["identities"]
    assert who["verdict"] == IdentityVerdict.CONFLICT
    numbers = {n for document in truth["documents"] for n in document["fields"]["personal_number"]}
    (wrong,) = numbers - {who["personal_number"]}
    assert sum(a != b for a, b in zip(wrong, who["personal_number"], strict=True)) == 1
    assert wrong[:6] == who["personal_number"][:6]
    assert wrong not in {row["personal_number"] for row in rows(samples)}
    (subject,) = (f["subject"] for f in truth["findings"] if f["rule"] == Rule.NUMBER_CONFLICT)
    assert subject == who["personal_number"][:3] + "•••••••" + who["personal_number"][-2:]


def test_fields_are_printed_on_their_paper(samples: Path) -> None:
    for name, truth in dossiers(samples).items():
        for document in truth["documents"]:
            print_ = "\n".join(line for page in document["pages"] for line in page["text"])
            for field in ("personal_number", "document_number"):
                for value in document["fields"].get(field, ()):
                    assert value in print_, (name, field)
            for full_name in document["fields"]["full_name"]:
                assert full_name.upper() in print_.upper(), name
            assert document["title"].split("\n")[0].split()[0] in print_


def test_same_seed_gives_the_same_bytes(samples: Path, tmp_path: Path) -> None:
    make_samples(tmp_path, 1)
    first = {f.relative_to(samples): f.read_bytes() for f in samples.rglob("*") if f.is_file()}
    again = {f.relative_to(tmp_path): f.read_bytes() for f in tmp_path.rglob("*") if f.is_file()}
    assert first.keys() == again.keys()
    assert [path for path in first if first[path] != again[path]] == []


def rows(samples: Path) -> list[dict[str, str]]:
    with (samples / "register.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
