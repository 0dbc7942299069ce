"""The register goes away and comes back under a real counter: the verdict follows, the archive stays."""

from __future__ import annotations

import time
from pathlib import Path
from urllib.parse import urlsplit

from storage.index import SqlIndex
from storage.standin_register import StandInRegister
from tests.conftest import Counter

SAMPLE = "khai-sinh-day-du"
PATIENCE_SECONDS = 300


def test_a_dossier_follows_the_register_that_comes_back(tmp_path: Path, samples: Path) -> None:
    stand_in = StandInRegister(samples / "register.csv", token="MAU")
    stand_in.start()
    stand_in.stop()
    (tmp_path / "token").write_text("MAU", "utf-8")
    (tmp_path / "token").chmod(0o600)
    settings = {
        "URL": f"{stand_in.url}/rest",
        "PROTOCOL": "rest",
        "TOKEN_FILE": str(tmp_path / "token"),
        "SERVICE": "MAU-DVC",
        "INTEGRATION": "037",
        "ATTEMPTS": "1",
        "RETRY_SECONDS": "1",
    }
    here = Counter(
        tmp_path / "state", samples, tuple((f"SOHOA_REGISTER_{k}", v) for k, v in settings.items())
    )
    here.answered_before(SOHOA_REGISTER_URL=urlsplit(stand_in.url).netloc)
    try:
        # 1. The register is down: the dossier is archived, and the clerk knows what was not checked.
        down = here.digitise(SAMPLE).data
        assert down["state"] == "archived"
        assert "register_not_checked" in _rules(down)
        # 2. It comes back: the answer is noted beside the package.
        stand_in.start()
        kinds = _follow_ups(here, down["dossier"])
        assert kinds == ["register-answered"]
        # 3. The same command tells that it is answered; the package is the one that was there.
        up = here.digitise(SAMPLE).data
        assert "register_not_checked" not in _rules(up)
        assert up["archive"] == down["archive"]
        assert here.sohoa("verify", "--dossier", down["dossier"]).exit_code == 0
    finally:
        here.kill()
        stand_in.stop()


def _follow_ups(here: Counter, dossier: str) -> list[str]:
    """Wait until something is noted; how long that takes says nothing."""
    index = SqlIndex(f"sqlite:///{here.state / 'sohoa.sqlite'}")
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not (found := index.follow_ups(dossier)) and time.monotonic() < deadline:
            time.sleep(0.2)
        return [each.kind for each in found]
    finally:
        index.close()


def _rules(report: dict[str, list[dict[str, str]]]) -> set[str]:
    return {finding["rule"] for finding in report["findings"]}
