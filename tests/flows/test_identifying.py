"""`sohoa identify` over rendered papers: real readers, odd positions, odd files."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from console.main import app
from dossier.errors import SourceEmpty
from dossier.identity import Identity, IdentityVerdict
from flows.identifying import identify_files
from flows.identity_trial import TrialOutcome, outcome_of
from flows.settings import Settings
from scanners.samples.card import citizen_card
from scanners.samples.degrade import Degradation, degrade
from scanners.samples.light import CELLS, light_dossier
from scanners.samples.people import FEMALE, MALE, Person, Village
from scanners.samples.scan import Look, scan

FRONT_AND_BACK = 2100
"""Rows of the sheet that a card takes, both sides."""


def card_picture(person: Person) -> np.ndarray[Any, Any]:
    sheet = citizen_card(person).sheets[0]
    return np.asarray(scan(sheet, Look(), Random(3)).convert("RGB"))[450:FRONT_AND_BACK, 600:1900]


def saved(folder: Path, name: str, picture: np.ndarray[Any, Any]) -> Path:
    path = folder / name
    Image.fromarray(picture).save(path, quality=88, dpi=(300, 300))
    return path


@pytest.fixture(scope="module")
def people() -> tuple[Person, Person]:
    village = Village(Random(4))
    return village.invent(FEMALE, (1985, 1999)), village.invent(MALE, (1985, 1999))


@pytest.fixture(scope="module")
def program() -> Settings:
    return Settings()


@pytest.fixture(scope="module")
def two_cards(
    tmp_path_factory: pytest.TempPathFactory, people: tuple[Person, Person], program: Settings
) -> dict[str, Any]:
    """Both cards on one page, beside an empty file."""
    folder = tmp_path_factory.mktemp("cards")
    page = np.hstack([card_picture(person) for person in people])
    (folder / "empty.jpg").touch()
    return identify_files(program, [saved(folder, "two.jpg", page), folder / "empty.jpg"])


def test_two_cards_on_one_page_are_two_people_with_every_witness(
    two_cards: dict[str, Any], people: tuple[Person, Person]
) -> None:
    found = {person["personal_number"]: person for person in two_cards["identities"]}
    assert set(found) == {person.personal_number for person in people}
    for person in people:
        told = found[person.personal_number]
        assert (told["verdict"], told["full_name"]) == ("confirmed", person.full_name)
        assert told["card"]["residence"] == person.residence
        assert {source["source"] for source in told["sources"]} == {"qr", "mrz", "print"}
        for source in told["sources"]:
            assert source["file"] == "two.jpg"
            assert len(source["box"]) == 4
            assert source["personal_number"] in source["raw"].replace("\n", "") or source["source"] == "print"
    assert two_cards["is_settled"]


def test_raw_texts_and_check_digits_are_told(
    two_cards: dict[str, Any], people: tuple[Person, Person]
) -> None:
    payloads = {code["text"].split("|")[0] for code in two_cards["codes"] if code["is_card"]}
    assert payloads == {person.personal_number for person in people}
    assert len(two_cards["zones"]) == 2
    for zone in two_cards["zones"]:
        assert zone["is_vietnamese"]
        assert all(zone["check_digits"].values())
        assert [len(line) for line in zone["lines"]] == [30, 30, 30]


def test_a_file_that_cannot_be_read_is_a_finding_beside_the_others(two_cards: dict[str, Any]) -> None:
    (finding,) = two_cards["findings"]
    assert (finding["rule"], finding["subject"], finding["severity"]) == (
        "file_unreadable",
        "empty.jpg",
        "blocking",
    )


def test_the_only_file_empty_is_an_error(tmp_path: Path, program: Settings) -> None:
    (tmp_path / "empty.jpg").touch()
    with pytest.raises(SourceEmpty):
        identify_files(program, [tmp_path / "empty.jpg"])


def test_card_photographed_at_an_angle(
    tmp_path: Path, people: tuple[Person, Person], program: Settings
) -> None:
    """Seen from the side, on a table: never a wrong number, and here still the right one."""
    picture = card_picture(people[0])
    height, width = picture.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[160, 90], [1290, 210], [1240, 1720], [230, 1610]], np.float32)
    matrix = cv2.getPerspectiveTransform(corners, seen)
    photo = cv2.warpPerspective(picture, matrix, (1450, 1850), borderValue=(96, 78, 60))
    found = identify_files(program, [saved(tmp_path, "photo.jpg", np.asarray(photo))])
    numbers = {i["personal_number"]: i["verdict"] for i in found["identities"]}
    assert numbers.get(people[0].personal_number) in ("confirmed", "single_witness")
    assert all(v != "confirmed" for n, v in numbers.items() if n != people[0].personal_number)


def test_command_prints_json_and_tells_by_its_exit_code(
    tmp_path: Path, people: tuple[Person, Person]
) -> None:
    """A fax of a card in coarse resolution: something is said about it, in one piece of JSON."""
    coarse = degrade(card_picture(people[1]), [(Degradation.FAX, 3), (Degradation.BLUR, 3)], Random(1))
    path = tmp_path / "fax.png"
    Image.fromarray(coarse.picture).save(path, dpi=(200, 200))
    ran = CliRunner().invoke(app, ["identify", str(path), "--json"])
    told = json.loads(ran.stdout)
    assert ran.exit_code == (0 if told["is_settled"] else 10)
    assert {"identities", "codes", "zones", "findings", "timings_seconds"} <= set(told)
    assert all(f["message"] for f in told["findings"])
    confirmed = [i for i in told["identities"] if i["verdict"] == "confirmed"]
    assert all(i["personal_number"] == people[1].personal_number for i in confirmed)


def test_light_dossiers_are_the_same_each_time_and_take_every_degradation() -> None:
    one, two = light_dossier(2, 1), light_dossier(2, 1)
    assert one.person == two.person
    assert all(np.array_equal(a.picture, b.picture) for a, b in zip(one.pages, two.pages, strict=True))
    assert light_dossier(2, 2).person != one.person
    assert len(CELLS) == 1 + 3 * (len(Degradation) - 1), "all but that of pages of prose"


@pytest.mark.parametrize(
    ("verdict", "number", "disagrees", "outcome"),
    [
        (IdentityVerdict.CONFIRMED, "right", False, TrialOutcome.CONFIRMED),
        (IdentityVerdict.CONFIRMED, "040090001234", False, TrialOutcome.WRONG),
        (IdentityVerdict.CONFIRMED, "right", True, TrialOutcome.WRONG),
        (IdentityVerdict.CONFLICT, "right", True, TrialOutcome.CONFLICT),
        (IdentityVerdict.SINGLE_WITNESS, "040090001234", False, TrialOutcome.SINGLE),
        (IdentityVerdict.UNREADABLE, "", False, TrialOutcome.UNREADABLE),
    ],
)
def test_outcomes_of_the_trial(
    verdict: IdentityVerdict, number: str, disagrees: bool, outcome: TrialOutcome
) -> None:
    dossier = light_dossier(19 if not disagrees else 18, 1)
    assert dossier.disagrees is disagrees
    told = dossier.person.personal_number if number == "right" else number
    assert outcome_of((Identity(told, "", verdict, (), None),), dossier) is outcome
