"""The same paper sealed by the same key at the same moment is the same file, whenever that is done."""

from __future__ import annotations

from datetime import timedelta

from pipeline.rendition import render_document
from pipeline.seal import mark_on, seal
from pipeline.signing_identity import open_identity
from tests.sheets import ABOUT, HEADING, OFFICER, identity_file, lines_of, sheet


def test_a_seal_tells_its_own_moment_and_nothing_else() -> None:
    page = sheet(lines_of(HEADING))
    identity = open_identity(identity_file(), "mật khẩu")
    now = identity.certificate.not_valid_before_utc + timedelta(days=2)
    pdf = render_document([page], ABOUT)

    def sealed(moment: timedelta) -> bytes:
        return seal(pdf, identity, mark_on(page.recognised, OFFICER, now, now + moment))

    first = sealed(timedelta())
    assert sealed(timedelta()) == first
    assert sealed(timedelta(seconds=1)) != first
    changed = (now + timedelta(hours=7)).strftime("%Y-%m-%dT%H:%M:%S+07:00")
    assert f'xmp:ModifyDate="{changed}"'.encode() in first
