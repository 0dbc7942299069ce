"""Accounts: lock-out, codes that count once, one-time passwords, 45 days, and the ledger of all that."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher

from dossier.accounts import Account, Duty, Role
from dossier.errors import AccountExists, AccountRefused, KeyMissing
from flows.accounts import AccountParts, Accounts
from flows.admission import Admissions, Attempt, Outcome
from flows.passwords import Passwords, one_time_password, password_trouble
from flows.second_factor import new_recovery_codes, recovery_digest
from flows.settings import Settings
from flows.wiring import VIETNAM
from storage.accounts import SqlAccounts
from storage.keyring import DataKey, Keyring
from storage.ledger import SqlLedger
from storage.resealing import Resealer

OLD, NEW = DataKey(b"o" * 32), DataKey(b"n" * 32)
GOOD = "bốn từ rất dễ nhớ"
ADDRESS = "192.168.1.7"
CLERK = Account("hoa", "Trần Thị Mẫu", Role.CLERK, "Quầy 1 (MẪU)")
CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


class Centre:
    """Accounts of one centre, and a clock that is moved by hand."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.now = datetime(2026, 11, 2, 8, 0, tzinfo=VIETNAM)
        self.settings = Settings.model_validate({"state": folder, **settings})
        self.rows = SqlAccounts(self.settings.database, Keyring([OLD]))
        self.ledger = SqlLedger(self.settings.database, lambda: self.now)
        self.accounts = Accounts(AccountParts(self.settings, self.rows, self.ledger, CHEAP, lambda: self.now))
        self.admissions = Admissions(self.accounts)

    def try_(self, password: str, code: str = "", name: str = CLERK.name, address: str = ADDRESS) -> Outcome:
        return self.admissions.sign_in(Attempt(name, password, code, address)).outcome

    def token(self, password: str = GOOD, code: str = "") -> str:
        admission = self.admissions.sign_in(Attempt(CLERK.name, password, code, ADDRESS))
        assert admission.outcome is Outcome.ADMITTED
        return admission.token

    def settled(self, account: Account = CLERK) -> None:
        """An account whose owner has chosen a password."""
        once = self.accounts.add(account, "test")
        assert self.accounts.choose_password(account.name, once, GOOD) == ""

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)

    def said(self) -> list[str]:
        """What the ledger says, the oldest first."""
        return [entry.action for entry in reversed(self.ledger.entries())]


@pytest.fixture
def centre(tmp_path: Path) -> Centre:
    return Centre(tmp_path)


def test_the_first_password_opens_once_and_only_to_choose_another(centre: Centre) -> None:
    once = centre.accounts.add(CLERK, "test")
    token = centre.admissions.sign_in(Attempt("hoa", once, "", ADDRESS)).token
    presence = centre.admissions.presence(token)
    assert presence is not None
    assert presence.duty is Duty.PASSWORD
    assert once.encode() not in (centre.settings.state / "sohoa.sqlite").read_bytes()
    assert centre.accounts.choose_password("hoa", once, GOOD) == ""
    assert centre.try_(once) is Outcome.REFUSED
    assert centre.try_(GOOD) is Outcome.ADMITTED


def test_a_first_password_that_nobody_used_ends(centre: Centre) -> None:
    once = centre.accounts.add(CLERK, "test")
    centre.pass_(hours=73)
    assert centre.try_(once) is Outcome.REFUSED


def test_five_failures_lock_for_a_quarter_of_an_hour(centre: Centre) -> None:
    centre.settled()
    assert [centre.try_("wrong") for _ in range(4)] == [Outcome.REFUSED] * 4
    assert centre.try_(GOOD) is Outcome.ADMITTED  # four are forgotten
    assert [centre.try_("wrong") for _ in range(5)] == [Outcome.REFUSED] * 5
    assert centre.try_(GOOD) is Outcome.REFUSED
    centre.pass_(minutes=14)
    assert centre.try_(GOOD) is Outcome.REFUSED
    centre.pass_(minutes=2)
    assert centre.try_(GOOD) is Outcome.ADMITTED
    assert centre.said().count("account-locked") == 1


def test_failures_at_the_locked_screen_count_too(centre: Centre) -> None:
    centre.settled()
    token = centre.token()
    centre.admissions.lock(token)
    assert not any(centre.admissions.unlock(token, "wrong", ADDRESS) for _ in range(5))
    assert not centre.admissions.unlock(token, GOOD, ADDRESS)
    centre.pass_(minutes=16)
    assert centre.admissions.unlock(token, GOOD, ADDRESS)


def test_failures_before_what_matters_count_too(centre: Centre) -> None:
    centre.settled()
    centre.token()
    assert not any(centre.accounts.has_password("hoa", "wrong") for _ in range(5))
    assert not centre.accounts.has_password("hoa", GOOD)
    assert centre.accounts.choose_password("hoa", GOOD, "năm từ khác dễ nhớ") == "password_wrong"
    assert centre.try_(GOOD) is Outcome.REFUSED
    centre.pass_(minutes=16)
    assert centre.accounts.has_password("hoa", GOOD)


def test_a_code_counts_once_and_an_older_one_never_again(centre: Centre) -> None:
    centre.settled()
    secret = pyotp.random_base32()
    code = pyotp.TOTP(secret)
    assert centre.accounts.set_second_factor("hoa", secret, "000000") == ()
    recovery = centre.accounts.set_second_factor("hoa", secret, code.at(centre.now))
    assert len(set(recovery)) == 10
    assert centre.try_(GOOD) is Outcome.CODE_NEEDED
    assert centre.try_(GOOD, code.at(centre.now)) is Outcome.REFUSED  # it set the factor up
    centre.pass_(seconds=60)
    assert centre.try_(GOOD, code.at(centre.now)) is Outcome.ADMITTED
    assert centre.try_(GOOD, code.at(centre.now)) is Outcome.REFUSED
    assert centre.try_(GOOD, code.at(centre.now - timedelta(seconds=30))) is Outcome.REFUSED
    assert centre.try_("wrong", code.at(centre.now + timedelta(seconds=30))) is Outcome.REFUSED
    assert centre.try_(GOOD, code.at(centre.now + timedelta(seconds=30))) is Outcome.ADMITTED
    assert centre.try_(GOOD, recovery[0].upper().replace("-", " ")) is Outcome.ADMITTED
    assert centre.try_(GOOD, recovery[0]) is Outcome.REFUSED
    assert centre.rows.recovery_codes("hoa") == 9


def test_from_outside_nobody_comes_in_without_a_second_factor(centre: Centre) -> None:
    centre.settled()
    assert centre.try_(GOOD, address="8.8.8.8") is Outcome.FACTOR_NEEDED
    assert centre.try_("wrong", address="8.8.8.8") is Outcome.REFUSED
    secret = pyotp.random_base32()
    assert centre.accounts.set_second_factor("hoa", secret, pyotp.TOTP(secret).at(centre.now))
    centre.pass_(minutes=1)
    assert centre.try_(GOOD, pyotp.TOTP(secret).at(centre.now), address="8.8.8.8") is Outcome.ADMITTED


def test_forty_five_days_without_work_disable(centre: Centre) -> None:
    centre.settled()
    token = centre.token()
    for _ in range(3):
        centre.pass_(days=44)
        token = centre.token()
    centre.pass_(days=46)
    assert centre.admissions.presence(token) is None
    assert centre.try_(GOOD) is Outcome.REFUSED
    assert centre.accounts.state("hoa").disabled_why == "unused"
    once = centre.accounts.reset("hoa", "test")
    assert centre.try_(once) is Outcome.ADMITTED


def test_the_list_disables_what_lay_idle(centre: Centre) -> None:
    centre.accounts.add(CLERK, "test")
    centre.pass_(days=46)
    assert [state.disabled_why for state in centre.accounts.states()] == ["unused"]


def test_another_password_signs_out_everywhere(centre: Centre) -> None:
    centre.settled()
    tokens = [centre.token(), centre.token()]
    assert centre.accounts.choose_password("hoa", "wrong", "năm từ khác dễ nhớ") == "password_wrong"
    assert centre.accounts.choose_password("hoa", GOOD, GOOD) == "password_same"
    assert all(centre.admissions.presence(token) for token in tokens)
    assert centre.accounts.choose_password("hoa", GOOD, "năm từ khác dễ nhớ") == ""
    assert not any(centre.admissions.presence(token) for token in tokens)


@pytest.mark.parametrize("change", ["disable", "reset", "role"])
def test_what_an_administrator_does_signs_out_at_once(centre: Centre, change: str) -> None:
    centre.settled()
    token = centre.token()
    if change == "disable":
        centre.accounts.disable("hoa", "test")
    elif change == "reset":
        centre.accounts.reset("hoa", "test")
    else:
        centre.accounts.change(replace(CLERK, counter="Quầy 2 (MẪU)"), "test")
    assert centre.admissions.presence(token) is None
    assert (centre.try_(GOOD) is Outcome.ADMITTED) == (change == "role")


def test_a_day_is_as_long_as_a_session_lasts(centre: Centre) -> None:
    centre.settled()
    token = centre.token()
    for _ in range(12 * 6):
        centre.pass_(minutes=10)
        assert centre.admissions.presence(token) is not None
    centre.pass_(minutes=10)
    assert centre.admissions.presence(token) is None


def test_administrators_have_to_set_a_second_factor(centre: Centre) -> None:
    centre.settled(Account("quantri", "Quản trị (MẪU)", Role.ADMINISTRATOR, ""))
    assert centre.accounts.state("quantri").duty is Duty.SECOND_FACTOR
    secret = pyotp.random_base32()
    assert centre.accounts.set_second_factor("quantri", secret, pyotp.TOTP(secret).at(centre.now))
    assert centre.accounts.state("quantri").duty is Duty.NONE


def test_everybody_has_to_where_the_centre_says_so(tmp_path: Path) -> None:
    centre = Centre(tmp_path, console_second_factor="everyone")
    centre.settled()
    assert centre.accounts.state("hoa").duty is Duty.SECOND_FACTOR


@pytest.mark.parametrize(
    ("password", "has_second_factor", "trouble"),
    [
        ("mười ba ký tự", False, "password_short_alone"),
        ("mười bốn ký tự", False, ""),
        ("tám ký tự", True, ""),
        ("bảy tự!", True, "password_short"),
        ("x" * 129, False, "password_long"),
        ("ababababababab", False, "password_common"),
        ("Hành Chính Công", False, "password_common"),
        ("hoa hoa hoa hoa tươi", False, "password_common"),
    ],
)
def test_passwords(password: str, has_second_factor: bool, trouble: str) -> None:
    assert password_trouble(password, "hoa", has_second_factor=has_second_factor) == trouble


def test_a_password_is_the_same_however_its_letters_were_typed() -> None:
    composed, decomposed = (unicodedata.normalize(form, "mật khẩu") for form in ("NFC", "NFD"))
    assert composed != decomposed
    assert CHEAP.fits(CHEAP.hash(composed), decomposed)
    assert not CHEAP.fits("", composed)


def test_dear_hashes_replace_cheap_ones_when_somebody_signs_in(centre: Centre) -> None:
    centre.settled()
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=8, parallelism=1))
    centre.accounts.parts = replace(centre.accounts.parts, passwords=dearer)
    before = centre.accounts.record("hoa").password
    centre.token()
    assert centre.accounts.record("hoa").password != before
    centre.token()


def test_names_and_counters(centre: Centre) -> None:
    centre.accounts.add(CLERK, "test")
    with pytest.raises(AccountExists):
        centre.accounts.add(CLERK, "test")
    for wrong in (
        replace(CLERK, name="Hoa"),
        replace(CLERK, name="../x"),
        replace(CLERK, name="nam", counter=""),
        replace(CLERK, name="nam", role=Role.ARCHIVIST),
        replace(CLERK, name="nam", display_name=" "),
    ):
        with pytest.raises(AccountRefused):
            centre.accounts.add(wrong, "test")
    with pytest.raises(AccountRefused):
        centre.accounts.reset("nobody", "test")


def test_the_ledger_says_who_did_what_and_holds_no_secret(centre: Centre) -> None:
    centre.settled()
    centre.try_("wrong")
    centre.try_(GOOD, name="mat-khau-go-nham-o-day")
    centre.admissions.sign_out(centre.token())
    centre.accounts.disable("hoa", "Quản trị (quantri)")
    said = centre.ledger.entries()
    assert centre.said() == [
        *("account-added", "password-changed", "sign-in-refused", "sign-in-refused"),
        *("signed-in", "signed-out", "account-disabled"),
    ]
    refused = [json.loads(entry.detail) for entry in said if entry.action == "sign-in-refused"]
    assert {each["why"] for each in refused} == {"password", "no such account"}
    assert all(each["address"] == ADDRESS for each in refused)
    everything = " ".join(f"{e.actor} {e.subject} {e.detail}" for e in said)
    for secret in (GOOD, "mat-khau-go-nham", "wrong"):
        assert secret not in everything
    assert centre.ledger.verify() == len(said)


def test_secrets_are_sealed_and_go_over_to_a_new_key(centre: Centre, tmp_path: Path) -> None:
    centre.settled()
    secret = pyotp.random_base32()
    centre.accounts.set_second_factor("hoa", secret, pyotp.TOTP(secret).at(centre.now))
    centre.rows.close()
    database = tmp_path / "sohoa.sqlite"
    assert secret.encode() not in database.read_bytes()
    resealer = Resealer(centre.settings.database, Keyring([OLD, NEW]), {})
    assert resealer.due()["account_totp"] == 1
    assert [step.outcome for step in resealer.steps() if step.place == "account_totp"] == ["sealed"]
    assert SqlAccounts(centre.settings.database, Keyring([NEW])).totp_secret("hoa") == secret
    with pytest.raises(KeyMissing):
        SqlAccounts(centre.settings.database, Keyring([OLD])).totp_secret("hoa")


def test_what_is_made_at_random_is_long_and_never_the_same() -> None:
    assert len({one_time_password() for _ in range(100)}) == 100
    codes = [code for _ in range(10) for code in new_recovery_codes()]
    assert len(set(codes)) == 100
    assert {len(code.replace("-", "")) for code in codes} == {16}
    assert recovery_digest(codes[0]) == recovery_digest(f" {codes[0].upper()} ")
