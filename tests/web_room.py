"""A room for tests of the console: real database, ledger, index and catalogue, an archive in memory, no
service."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from argon2 import PasswordHasher
from fastapi import FastAPI
from fastapi.testclient import TestClient

from console.web.app import make_console
from console.web.room import Room, open_room
from dossier.accounts import Account, Role, Session
from dossier.archive import ArchivePackage, DigitisationOrder
from dossier.errors import NotInArchive
from dossier.page import StoredObject
from dossier.work import Lane
from flows.accounts import Accounts
from flows.admission import Admissions, session_name
from flows.audits import Audits
from flows.passwords import Passwords
from flows.progress import Progress
from flows.review import Reviews
from flows.service import Run
from flows.settings import Settings
from flows.wiring import VIETNAM, Workshop, compose
from storage.memory import MemoryArchive
from storage.s3 import StoreSettings

ORIGIN = "http://127.0.0.1"
PASSWORD = "một hai ba bốn năm (MẪU)"
COUNTER = "Quầy 1 (MẪU)"
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class QuietService:
    """A service of which nothing runs: what is archived is there, nothing new is digitised."""

    workshop: Workshop

    @property
    def reviews(self) -> Reviews:
        return Reviews(self.workshop)

    def submit(
        self,
        order: DigitisationOrder,
        lane: Lane = Lane.COUNTER,
        kept: Mapping[str, StoredObject] | None = None,
    ) -> Run:
        raise AssertionError("nothing is digitised by a quiet service")

    def run(self, run_id: str) -> Run | None:
        return None

    def progress(self, run: Run) -> Progress:
        return self.workshop.progress.of(run.order.dossier)

    def package(self, dossier: str) -> ArchivePackage:
        package = self.workshop.index.package(dossier)
        if package is None:
            raise NotInArchive(dossier)
        return package


def make_room(folder: Path, clock: Clock | None = None, **settings: object) -> Room:
    """A room in a new folder; passwords cost next to nothing here."""
    made = Settings.model_validate({"state": folder / "state", **settings})
    store = StoreSettings(
        endpoint="127.0.0.1:9", access_key="none", secret_key="none", bucket="none", secure=False
    )
    workshop = replace(compose(made, store), archive=MemoryArchive(), lock=MemoryArchive())
    room = open_room(QuietService(workshop), Audits(workshop))
    cheap = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    parts = replace(room.accounts.parts, passwords=cheap)
    accounts = Accounts(parts if clock is None else replace(parts, clock=clock))
    return replace(room, accounts=accounts, admissions=Admissions(accounts))


def add_account(room: Room, role: Role, name: str = "", counter: str = COUNTER) -> Account:
    """An account with `PASSWORD`, past its first sign-in; a second factor is set where its role owes one."""
    account = Account(name or str(role), f"{role.title()} (MẪU)", role, counter if role is Role.CLERK else "")
    room.accounts.add(account, "test")
    parts = room.accounts.parts
    parts.rows.change(account.name, password=parts.passwords.hash(PASSWORD), password_ends_at=None)
    if room.accounts.wants_second_factor(role):
        parts.rows.set_second_factor(account.name, "JBSWY3DPEHPK3PXP", frozenset())
    return account


def session_of(room: Room, account: Account) -> str:
    """The token of a session that begins now, as a browser would show it in the cookie `sohoa`."""
    now, token = room.accounts.parts.clock(), secrets.token_urlsafe(32)
    room.accounts.parts.rows.begin_session(
        Session(session_name(token), account.name, now, now, False, True, "127.0.0.1")
    )
    return token


def client_of(room: Room, account: Account | None = None, app: FastAPI | None = None) -> TestClient:
    """A browser, signed in where an account is given; `client.headers["X-CSRF"]` is set then."""
    client = TestClient(
        app or make_console(room),
        base_url=ORIGIN,
        follow_redirects=False,
        raise_server_exceptions=False,
        client=("127.0.0.1", 50000),
    )
    if account is not None:
        from console.web.security import csrf_of

        token = session_of(room, account)
        client.cookies.set("sohoa", token)
        client.headers["X-CSRF"] = csrf_of(token)
    return client


__all__ = ["COUNTER", "ORIGIN", "PASSWORD", "VIETNAM", "add_account", "client_of", "make_room", "session_of"]
