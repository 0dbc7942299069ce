"""The one place that composes: which adapter stands behind which port on this machine."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

from dossier.archive import SealLevel
from dossier.errors import KeyMissing, RegisterError, ServiceUnreachable
from dossier.ports import (
    Archive,
    Catalogue,
    Checkpoints,
    Index,
    Ledger,
    LegalHolds,
    RegisterWaits,
    ResidenceRegister,
    Spool,
)
from dossier.work import QueuedOrder
from flows.desk import Desk
from flows.metrics import Meters
from flows.officer_identity import open_signing_identity, trust_anchors
from flows.orders import OrderBook
from flows.processes import ReadingPool
from flows.progress import ProgressBoard
from flows.settings import Settings
from flows.under_way import UnderWay
from flows.watches import Watches
from storage.arrivals import FolderArrivals
from storage.batches import FolderBatches
from storage.blobs import Blobs, BucketBlobs, FolderBlobs
from storage.breaker import CircuitBreaker
from storage.checkpoints import BlobCheckpoints
from storage.clock import Clock, vietnam_now
from storage.desk import SqlDesk
from storage.dialogue import ExchangeCodes, Surroundings
from storage.exchange import LineSettings, RegisterLine
from storage.holds import SqlHolds
from storage.index import SqlIndex
from storage.judgements import SqlJudgements
from storage.key_notes import SqlKeyNotes
from storage.keyring import DataKey, Keyring, open_key_file, parse_keys
from storage.ledger import SqlLedger
from storage.metered import MeteredArchive, MeteredRegister
from storage.people import SqlPeople
from storage.places import load_places
from storage.proven import ProvenArchive
from storage.quarantine import FolderQuarantine
from storage.register import FileRegister, UnavailableRegister, is_loaded, load_csv
from storage.register_rest import RestRegister
from storage.register_soap import SoapRegister
from storage.resting import RestingArchive
from storage.review import SqlReviews
from storage.review_typed import SqlTyped
from storage.s3 import S3Archive, StoreSettings
from storage.spool import BlobSpool
from storage.waiting import SqlRegisterWaits
from validators.catalogue_loader import YamlCatalogue

if TYPE_CHECKING:
    from flows.describing import Finished
    from pipeline.seal_raise import SealServices
    from pipeline.signing_identity import SigningIdentity

VIETNAM = timezone(timedelta(hours=7))


class _Closes(Protocol):
    def close(self) -> None: ...


Table = TypeVar("Table", bound=_Closes)


@dataclass(frozen=True, slots=True)
class Workshop:
    """Everything that a flow works with."""

    settings: Settings
    spool: Spool
    checkpoints: Checkpoints
    archive: Archive
    index: Index
    ledger: Ledger
    register: ResidenceRegister
    catalogue: Catalogue
    reading: ReadingPool
    progress: ProgressBoard
    waits: RegisterWaits
    judgements: SqlJudgements
    """What was found about each dossier, and which papers are kept of whom."""
    keys: Keyring
    """What personal data is sealed with, and the names under which the tables know a person."""
    people: SqlPeople
    """Whom the dossiers are about, and what lies on this machine of each."""
    holds: SqlHolds
    """Which dossiers a legal hold stands on."""
    lock: LegalHolds
    """The store's own holds on versions."""
    desk: Desk
    """Every dossier with its state, for queue and search."""
    reviews: SqlReviews
    """Drafts between reading and sealing."""
    typed: SqlTyped
    """What people typed and did not send."""
    orders: OrderBook[QueuedOrder] = field(default_factory=OrderBook)
    """Orders under way."""
    finishing: OrderBook[Finished] = field(default_factory=OrderBook)
    """Reviewed dossiers that are being sealed."""
    under_way: UnderWay = field(default_factory=UnderWay)
    """Which dossiers this process works on, and in whose turn."""
    clock: Clock = vietnam_now
    """What time it is, for everything that a run writes down."""
    meters: Meters = field(default_factory=Meters)
    """What this process counts about its work."""
    watches: Watches = field(default_factory=Watches)
    """What this process looks after in the background."""
    shares: ExitStack = field(default_factory=ExitStack)
    """What gives the tables' shares of the database back."""

    def held(self, table: Table) -> Table:
        """The same, closed with this workshop."""
        self.shares.callback(table.close)
        return table

    def close(self) -> None:
        """End the reading processes and give the connections back; a second time changes nothing."""
        self.reading.close()
        self.shares.close()

    def signing_identity(self) -> SigningIdentity:
        """The officer's identity. Raises SignerUnavailable."""
        return open_signing_identity(self.settings)

    def wanted_level(self) -> SealLevel:
        """How long seals shall be provable."""
        if self.settings.seal_level:
            return SealLevel[self.settings.seal_level.replace("-", "_")]
        return SealLevel.B_LTA if self.settings.timestamp_url else SealLevel.B_B

    def seal_services(self) -> SealServices:
        """Whom to ask for time stamps, and whom to trust. Raises SignerUnavailable."""
        from pipeline.seal_raise import SealServices

        return SealServices(self.settings.timestamp_url, trust_anchors(self.settings))


def compose(settings: Settings, store: StoreSettings, clock: Clock = vietnam_now) -> Workshop:
    """A workshop over one store."""
    settings.state.mkdir(parents=True, exist_ok=True)
    keys, meters, shares = open_keys(settings), Meters(), ExitStack()

    def held(table: Table) -> Table:
        shares.callback(table.close)
        return table

    return Workshop(
        settings=settings,
        spool=open_spool(settings, keys),
        checkpoints=open_checkpoints(settings, keys),
        archive=open_archive(store, clock, meters),
        index=held(SqlIndex(settings.database, clock, keys)),
        ledger=held(SqlLedger(settings.database, clock)),
        register=MeteredRegister(open_register(settings, keys, clock), meters.register_asked),
        catalogue=YamlCatalogue(settings.catalogue, skip_refused=settings.catalogue is not None),
        reading=ReadingPool(
            settings.reading_processes,
            settings.pages_per_process,
            settings.model_cache,
            settings.reading_memory_mb << 20,
        ),
        progress=ProgressBoard(),
        waits=held(SqlRegisterWaits(settings.database, keys)),
        judgements=held(SqlJudgements(settings.database, clock)),
        keys=keys,
        people=held(SqlPeople(settings.database, keys, clock)),
        holds=held(SqlHolds(settings.database, keys, clock)),
        lock=S3Archive(store, clock),
        reviews=held(SqlReviews(settings.database, keys, clock)),
        typed=held(SqlTyped(settings.database, keys, clock)),
        desk=Desk(held(SqlDesk(settings.database, keys, clock)), settings.counter),
        clock=clock,
        meters=meters,
        shares=shares,
    )


def open_archive(store: StoreSettings, clock: Clock, meters: Meters) -> Archive:
    """The archive in a store: proven before the first put, timed, left alone where it lets people wait."""
    patient = MeteredArchive(S3Archive(store, clock), meters.store_called)
    hasty = MeteredArchive(S3Archive(store.hasty, clock), meters.store_called)
    return ProvenArchive(RestingArchive(patient, hasty))


def open_spool(settings: Settings, keys: Keyring) -> BlobSpool:
    """Where scans lie until they are archived: this machine's folder, or the bucket that machines share.

    Raises DiskFull, StorageError.
    """
    return BlobSpool(_work_in_progress(settings, settings.spool_folder, "spool"), keys)


def open_checkpoints(settings: Settings, keys: Keyring) -> BlobCheckpoints:
    """Where results of finished steps lie. Raises as `open_spool`."""
    return BlobCheckpoints(_work_in_progress(settings, settings.checkpoint_folder, "checkpoints"), keys)


def open_batches(settings: Settings, keys: Keyring) -> FolderBatches:
    """Batches that were scanned on this machine."""
    return FolderBatches(settings.state / "batches", keys)


def open_arrivals(settings: Settings, keys: Keyring) -> FolderArrivals:
    """What was dropped at this machine's counters and was not read yet."""
    return FolderArrivals(settings.state / "arrivals", keys)


def open_quarantine(settings: Settings, keys: Keyring) -> FolderQuarantine:
    """Files of this machine that could not be taken in."""
    return FolderQuarantine(settings.state / "quarantine", keys)


def _work_in_progress(settings: Settings, folder: Path, prefix: str) -> Blobs:
    if not settings.work_bucket:
        return FolderBlobs(folder)
    return BucketBlobs(replace(outside_store(settings), bucket=settings.work_bucket), prefix)


def open_keys(settings: Settings) -> Keyring:
    """The keys of personal data; the first is made where nothing is sealed yet.

    Raises KeyMissing where a key is gone that something is sealed with, StorageError.
    """
    notes = SqlKeyNotes(settings.database)
    try:
        used = notes.names()
        written = settings.data_keys.get_secret_value()
        keys = parse_keys(written) if written else _keys_of_file(settings, may_create=not used)
        missing = [name for name in used if name not in keys.names]
        if missing:
            raise KeyMissing("data keys", f"{', '.join(missing)} is in use and not here")
        notes.note(keys.newest.name)
        return keys
    finally:
        notes.close()


def _keys_of_file(settings: Settings, *, may_create: bool) -> Keyring:
    """The file's keys; one that is made now begins with the key under which people were known before."""
    before = settings.state / "person-key"
    first = DataKey(before.read_bytes()) if before.is_file() else None
    keys = open_key_file(settings.key_file, may_create=may_create, first=first)
    if first is not None and first.name in keys.names:
        before.unlink(missing_ok=True)
    return keys


def open_register(
    settings: Settings, keys: Keyring | None = None, clock: Clock = vietnam_now
) -> ResidenceRegister:
    """The residence register that the settings name: somebody else's, else the embedded one, else none."""
    places = load_places(*([settings.place_mergers] if settings.place_mergers else []))
    if settings.register_url:
        line, codes, around = _register_line(settings), _register_codes(settings), Surroundings(places, clock)
        if settings.register_protocol == "soap":
            return SoapRegister(line, codes, around)
        return RestRegister(line, codes, around)
    if settings.register_csv is None:
        return UnavailableRegister("no residence register is set up on this machine", clock)
    database = settings.state / "register.sqlite"
    if not is_loaded(settings.register_csv, database, keys):
        load_csv(settings.register_csv, database, keys)
    return FileRegister(database, clock, places=places, keys=keys)


def _register_line(settings: Settings) -> RegisterLine:
    line = LineSettings(
        url=settings.register_url,
        attempts=settings.register_attempts,
        seconds=settings.register_seconds,
        ca_file=settings.register_ca_file,
        token_file=settings.register_token_file,
        headers={"X-Road-Client": settings.register_client} if settings.register_client else {},
        allows_plain_http=settings.register_plain_http,
    )
    return RegisterLine(line, CircuitBreaker(rest_seconds=settings.register_rest_seconds))


def _register_codes(settings: Settings) -> ExchangeCodes:
    for name in ("service", "integration"):
        if not getattr(settings, f"register_{name}"):
            raise RegisterError(
                f"SOHOA_REGISTER_{name.upper()}", "is not set; the register's owner assigns it"
            )
    return ExchangeCodes(
        service=settings.register_service,
        integration=settings.register_integration,
        unit=settings.register_unit,
        officer=settings.register_officer,
        wants_echo=settings.register_wants_echo,
    )


def outside_store(settings: Settings) -> StoreSettings:
    """An S3 store that somebody else runs."""
    secret = settings.store_secret_key_file
    return StoreSettings(
        endpoint=settings.store_endpoint,
        access_key=settings.store_access_key,
        secret_key=secret.read_text("utf-8").strip() if secret else "",
        bucket=settings.store_bucket,
        secure=settings.store_secure,
        region=settings.store_region,
        retention_days=settings.retention_days,
        retention_mode=settings.retention_mode,
        encryption=settings.store_encryption,
    )


def outside_eraser(settings: Settings) -> StoreSettings | None:
    """The outside store with credentials that may delete; None where this machine has none."""
    secret = settings.store_eraser_secret_key_file
    if not settings.store_eraser_access_key or secret is None:
        return None
    key = secret.read_text("utf-8").strip()
    return replace(outside_store(settings), access_key=settings.store_eraser_access_key, secret_key=key)


_installed: Workshop | None = None


def install(workshop: Workshop) -> None:
    """Make this the workshop that flows of this process work in."""
    global _installed
    _installed = workshop


def current() -> Workshop:
    """The workshop of this process. Raises ServiceUnreachable where none was installed."""
    if _installed is None:
        raise ServiceUnreachable("workshop", "no store is connected in this process")
    return _installed
