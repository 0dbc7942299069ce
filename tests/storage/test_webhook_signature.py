"""A forged, changed, old or replayed message is refused; a genuine one passes, and its repeat is told."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dossier.errors import SignatureRefused
from storage.webhook_signature import TOLERANCE_SECONDS, SignatureCheck, signed_headers

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
BODY = '{"type":"dossier.archived","data":{"dossier":"MẪU-1"}}'.encode()
NOW = 1_795_312_800


def headers(secret: str = SECRET, at: int = NOW, name: str = "evt_1", body: bytes = BODY) -> dict[str, str]:
    return signed_headers([secret], name, at, body)


def test_the_published_vector_of_the_standard() -> None:
    """Standard Webhooks 1.0, the example of its reference libraries."""
    made = signed_headers(
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
    )
    assert made["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_genuine_message_passes_once_and_a_new_attempt_is_told_as_a_repeat() -> None:
    check = SignatureCheck([SECRET])
    assert not check.check(headers(), BODY, NOW).is_repeat
    with pytest.raises(SignatureRefused, match="replayed"):
        check.check(headers(), BODY, NOW + 1)
    assert check.check(headers(at=NOW + 5), BODY, NOW + 6).is_repeat


@pytest.mark.parametrize(
    ("change", "body"),
    [
        ({"webhook-signature": "v1," + base64.b64encode(b"x" * 32).decode()}, BODY),
        ({"webhook-signature": ""}, BODY),
        ({"webhook-signature": "v1,"}, BODY),
        ({"webhook-signature": "v2,AAAA"}, BODY),
        ({"webhook-signature": "v1,đ"}, BODY),
        ({"webhook-id": "evt_2"}, BODY),
        ({"webhook-id": ""}, BODY),
        ({"webhook-timestamp": str(NOW + 1)}, BODY),
        ({"webhook-timestamp": "later"}, BODY),
        ({"webhook-timestamp": "-1"}, BODY),
        ({"webhook-timestamp": "9" * 400}, BODY),
        ({"webhook-timestamp": "١٢٣"}, BODY),
        ({}, BODY + b" "),
        ({}, b""),
    ],
)
def test_a_forged_message_is_refused(change: dict[str, str], body: bytes) -> None:
    with pytest.raises(SignatureRefused):
        SignatureCheck([SECRET]).check({**headers(), **change}, body, NOW)


def test_another_secret_an_old_message_and_one_of_tomorrow_are_refused() -> None:
    check = SignatureCheck([SECRET])
    for forged in (headers(OTHER), headers(at=NOW - TOLERANCE_SECONDS - 1), headers(at=NOW + 301)):
        with pytest.raises(SignatureRefused):
            check.check(forged, BODY, NOW)


def test_either_secret_counts_during_a_rotation_and_headers_in_any_case() -> None:
    both = SignatureCheck([OTHER, SECRET])
    shouted = {name.upper(): value for name, value in headers().items()}
    assert both.check(shouted, BODY, NOW).id == "evt_1"
    signed_twice = signed_headers([OTHER, SECRET], "evt_2", NOW, BODY)
    assert SignatureCheck([SECRET]).check(signed_twice, BODY, NOW).id == "evt_2"


def test_a_secret_that_is_none_is_refused() -> None:
    with pytest.raises(SignatureRefused):
        SignatureCheck(["whsec_not base64!"])


@given(st.binary(max_size=200), st.integers(0, 199), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(body: bytes, place: int, flip: int) -> None:
    signed = signed_headers([SECRET], "evt_1", NOW, body)
    if body:
        at = place % len(body)
        body = body[:at] + bytes([body[at] ^ flip]) + body[at + 1 :]
    else:
        body = b"x"
    with pytest.raises(SignatureRefused):
        SignatureCheck([SECRET]).check(signed, body, NOW)
