"""What stands behind the door for other systems: clients, what they hand in, and what they are told."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Thread

from flows.deposits import Deposits, Digitises, watch_deposits
from flows.outbox import watch_outbox
from flows.settings import Settings
from flows.watches import Watches
from storage.clients import SqlClients, any_client
from storage.deposits import SqlDeposits
from storage.keyring import Keyring, open_key_file
from storage.outbox import SqlOutbox
from storage.webhook_line import LineSettings


@dataclass(frozen=True, slots=True)
class Integration:
    """Clients, deposits and the outbox of one machine."""

    clients: SqlClients
    outbox: SqlOutbox
    deposits: Deposits
    line: LineSettings
    watches: Watches = field(default_factory=Watches)
    ended: Event = field(default_factory=Event)
    threads: list[Thread] = field(default_factory=list)

    def go_on(self) -> None:
        """Look after deposits and tell events, from where an earlier process stopped, until `close`."""
        self.deposits.go_on()
        for name, watch in (("deposits", self._watch_deposits), ("outbox", self._watch_outbox)):
            self.threads.append(self.watches.start(name, watch, self.ended))

    def close(self) -> None:
        """End the threads, and give the connections back."""
        self.ended.set()
        for thread in self.threads:
            thread.join(timeout=self.line.seconds + 5)
        self.clients.close()
        self.outbox.close()
        self.deposits.kept.close()

    def _watch_deposits(self) -> None:
        watch_deposits(self.deposits, self.ended)

    def _watch_outbox(self) -> None:
        watch_outbox(self.outbox, self.line, self.ended)


def open_integration(service: Digitises) -> Integration:
    """Over a running service. Raises KeyMissing, StorageError, DiskFull."""
    workshop = service.workshop
    settings = workshop.settings
    keys = client_keys(settings)
    return Integration(
        clients=SqlClients(settings.database, keys),
        outbox=SqlOutbox(settings.database, keys),
        deposits=Deposits(service, SqlDeposits(settings.database, workshop.keys)),
        line=line_of(settings),
        watches=workshop.watches,
    )


def open_clients(settings: Settings) -> SqlClients:
    """Clients alone, for the command line. Raises KeyMissing, StorageError."""
    return SqlClients(settings.database, client_keys(settings))


def open_outbox(settings: Settings) -> SqlOutbox:
    """The outbox alone, for the command line. Raises KeyMissing, StorageError."""
    return SqlOutbox(settings.database, client_keys(settings))


def client_keys(settings: Settings) -> Keyring:
    """The key that tokens are hashed and webhooks' secrets are sealed with; made before the first client.

    It stands apart from the keys of personal data, which are changed and retired: a token has to outlive
    them. Raises KeyMissing where it is gone and there are clients.
    """
    return open_key_file(settings.state / "client-key", may_create=not any_client(settings.database))


def line_of(settings: Settings) -> LineSettings:
    """How events are sent."""
    return LineSettings(settings.webhook_networks, settings.webhook_seconds, settings.webhook_ca_file)
