"""The officer's token: SoftHSM2 over PKCS#11."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives import serialization

from dossier.archive import SealLevel
from dossier.errors import SignerUnavailable
from pipeline.level_check import judge_level
from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from pipeline.seal_raise import SealServices, raise_seal
from pipeline.token_identity import TokenPlace, open_token_identity
from tests.authority import Authority, authority
from tests.sheets import ABOUT, HEADING, OFFICER, lines_of, sheet

LIBRARIES = [
    Path(found)
    for found in ("/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so")
    if Path(found).exists()
]
pytestmark = pytest.mark.skipif(
    not LIBRARIES or shutil.which("pkcs11-tool") is None, reason="softhsm2 or opensc is not installed"
)


@dataclass(frozen=True)
class Office:
    """A token and the authority that certified its key."""

    place: TokenPlace
    pin: str
    authority: Authority


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\n", "utf-8")
    patch = pytest.MonkeyPatch()
    patch.setenv("SOFTHSM2_CONF", str(folder / "softhsm2.conf"))
    library = str(LIBRARIES[0])
    pin, officer_pin = (f"{secrets.randbelow(10**6):06d}" for _ in range(2))
    _run("softhsm2-util", "--init-token", "--free", "--label", "MAU", "--so-pin", officer_pin, "--pin", pin)
    with authority(tmp_path_factory.mktemp("ca")) as running:
        certificate = running.certificate("officer").public_bytes(serialization.Encoding.DER)
        (folder / "officer.der").write_bytes(certificate)
        key = running.key("officer").private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / "key.pem").write_bytes(key)
        _run(
            "softhsm2-util",
            "--import",
            str(folder / "key.pem"),
            "--token",
            "MAU",
            "--label",
            "officer",
            "--id",
            "01",
            "--pin",
            pin,
        )
        tool = ("pkcs11-tool", "--module", library, "--token-label", "MAU", "--login", "--pin", pin)
        _run(
            *tool,
            "--write-object",
            str(folder / "officer.der"),
            "--type",
            "cert",
            "--id",
            "01",
            "--label",
            "officer",
        )
        yield Office(TokenPlace(LIBRARIES[0], "MAU"), pin, running)
    patch.undo()


def test_a_document_is_sealed_on_the_token_and_raised(office: Office) -> None:
    identity = open_token_identity(office.place, office.pin)
    assert identity.name == "MẪU officer"
    page, now = sheet(lines_of(HEADING)), datetime.now(UTC)
    pdf = render_document([page], ABOUT)
    sealed = seal(pdf, identity, mark_on(page.recognised, OFFICER, now, now))
    roots = (office.authority.certificate("root"), office.authority.certificate("issuer"))
    raised = raise_seal(sealed, SealLevel.B_T, SealServices(office.authority.timestamp_url, roots))
    judgement = judge_level(raised, roots, now)
    assert (judgement.level, judgement.broken) == (SealLevel.B_T, "")
    assert judgement.seal.signer == "MẪU officer"


def test_a_wrong_pin_is_one_line_and_one_try(office: Office) -> None:
    pkcs11.lib(str(office.place.library)).reinitialize()
    wrong = office.pin[::-1] + "1"
    with pytest.raises(SignerUnavailable, match=r"the PIN is wrong; .*(tr(y|ies)|locked)") as caught:
        open_token_identity(office.place, wrong)
    assert wrong not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert open_token_identity(office.place, office.pin).name == "MẪU officer"


def test_what_is_not_there_is_said(office: Office, tmp_path: Path) -> None:
    with pytest.raises(SignerUnavailable, match="no such token"):
        open_token_identity(replace(office.place, token="another"), office.pin)
    with pytest.raises(SignerUnavailable, match="no certificate"):
        open_token_identity(replace(office.place, certificate="agency"), office.pin)
    with pytest.raises(SignerUnavailable, match="library cannot be used"):
        open_token_identity(replace(office.place, library=tmp_path / "none.so"), office.pin)


def test_a_token_pulled_out_while_signing_says_so(office: Office) -> None:
    identity = open_token_identity(office.place, office.pin)
    page, now = sheet(lines_of(HEADING)), datetime.now(UTC)
    pdf = render_document([page], ABOUT)
    pkcs11.lib(str(office.place.library)).reinitialize()  # the session is gone, as when a token is pulled out
    with pytest.raises(SignerUnavailable, match="the token does not sign"):
        seal(pdf, identity, mark_on(page.recognised, OFFICER, now, now))
