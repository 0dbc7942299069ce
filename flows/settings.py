"""The one place where settings come from: environment variables with the prefix SOHOA_."""

from __future__ import annotations

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Final, Literal
from urllib.parse import quote

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from dossier.batch_sheet import RECEIPT_CODE
from dossier.desk_asked import SEARCHED_LETTERS
from flows.settings_check import read_settings

LONGEST_SECONDS: Final = 86_400.0
"""Of a deadline or a pause: what takes longer than a day is not waited for."""
_DAYS_OF_A_CENTURY: Final = 36_500
"""What lies further ahead has no date in some store or database."""


class Settings(BaseSettings):
    """What an administrator may set; every default works on one office machine without a network."""

    model_config = SettingsConfigDict(env_prefix="SOHOA_", extra="forbid", frozen=True, allow_inf_nan=False)

    state: Path = Path.home() / ".local" / "share" / "sohoa"
    """Folder of everything that this machine keeps: spool, checkpoints, embedded store, database, logs."""
    language: Literal["vi", "en"] = "vi"
    """Language of messages."""
    officer: str = "Cán bộ số hóa (MẪU)"
    """Name in the visible mark of scans; the officer who signs (TT 01/2023/TT-VPCP Đ8)."""
    agency: str = "Trung tâm Phục vụ hành chính công (MẪU)"
    """The agency that keeps the dossiers and issues copies of papers."""
    place: str = ""
    """Place in the date line of notices (địa danh), such as "Xã Mẫu"; empty for a blank to fill by hand."""
    contact: str = ""
    """Where citizens ask, as notices print it: telephone, address; empty for a blank."""

    store_endpoint: str = "embedded"
    """host:port of an S3 store, or "embedded" for the one that the product starts itself."""
    store_access_key: str = ""
    store_secret_key_file: Path | None = None
    """File with the secret key; never the key itself."""
    store_bucket: str = "sohoa-archive"
    store_secure: bool = True
    """TLS towards an outside store; the embedded one is on loopback."""
    store_region: str = "us-east-1"
    retention_days: int = Field(default=3650, ge=1, le=_DAYS_OF_A_CENTURY)
    """How long the store refuses deletion. The retention period of each kind of record is the centre's
    own schedule (Luật Lưu trữ 33/2024/QH15); this is a floor."""
    retention_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE"
    retention_schedule: Path | None = None
    """The centre's own periods by kind of paper and field, in the form of validators/data/retention.yaml."""
    store_encryption: Literal["AES256", "none"] = "AES256"
    """Server-side encryption, asked for and proven with every put; "none" where the store's disks do it."""
    store_eraser_access_key: str = ""
    """Credentials that may delete in an outside store, for `sohoa person erase` alone."""
    store_eraser_secret_key_file: Path | None = None

    keys_file: Path | None = None
    """File with the keys of personal data, outside the database; empty for data-keys in the state folder."""
    data_keys: SecretStr = SecretStr("")
    """The keys themselves, base64, the newest last, where they are handed to the process; no file then."""

    counter: str = ""
    """Counter (quầy) of dossiers that come without one: from the hot folder, the command line, covers."""
    counter_holds: bool = True
    """Whether dossiers from the counter's screen wait for a clerk before they are sealed; those from the
    command line and the hot folder go straight through."""

    database_url: str = ""
    """SQLAlchemy address of index and ledger, without password; empty for SQLite in the state folder."""
    database_password_file: Path | None = None
    """File with the database's password, readable for its owner only; never the password itself."""
    work_bucket: str = ""
    """Bucket of the outside store for work in progress that several machines share: scans until they are
    archived, results of finished steps. Without object lock. Empty for the state folder."""
    prefect_url: str = ""
    """Address of the API of a Prefect server that several machines share, such as http://10.20.0.5:4200/api;
    empty for the one that this process starts itself."""
    prefect_password_file: Path | None = None
    """File with the password that the shared Prefect server asks for, on every machine the same."""
    prefect_database_url: str = ""
    """PostgreSQL behind the Prefect server that this machine starts, such as
    postgresql+asyncpg://prefect@10.20.0.5/prefect; empty for SQLite in the state folder."""
    prefect_database_password_file: Path | None = None
    """File with that database's password, readable for its owner only."""
    prefect_redis_url: str = ""
    """Redis behind the Prefect server that this machine starts, such as redis://10.20.0.5:6379/0; empty for
    messages, limits and jobs in the server's own memory."""
    prefect_redis_password_file: Path | None = None
    """File with its password, readable for its owner only."""
    work: Literal["here", "workers"] = "here"
    """Who digitises and looks after the archive: this process, or workers of the shared Prefect server."""
    worker_dossiers: int = Field(default=2, ge=1, le=64)
    """Dossiers that a worker has under way at the same time."""
    worker_poll_seconds: float = Field(default=1.0, gt=0, le=LONGEST_SECONDS)
    """How often a worker asks for work."""
    worker_host: str = "127.0.0.1"
    """Address at which a worker tells its health and its figures, unencrypted: of a closed network."""
    worker_port: int = Field(default=0, ge=0, le=65535)
    """Port of that; 0 for none."""

    register_csv: Path | None = None
    """CSV file of the embedded residence register; loaded at start when it is newer than the database."""

    register_url: str = ""
    """Address of the population database's exchange or of the province's platform; empty for the embedded
    register, or for none."""
    register_protocol: Literal["soap", "rest"] = "soap"
    """"soap" as the national exchange speaks it, "rest" as provincial platforms wrap it."""
    register_token_file: Path | None = None
    """File with the bearer token; never the token itself."""
    register_ca_file: Path | None = None
    """Certificates that the register's own is signed by, where they are not public ones."""
    register_service: str = ""
    """Code of the service (MaDVC), assigned by the register's owner."""
    register_integration: str = ""
    """Code of the integration (MaTichHop), assigned by the register's owner."""
    register_unit: str = ""
    """Code of the unit (MaDonVi), where the exchange asks for one."""
    register_officer: str = ""
    """Code of the officer (MaCanBo); empty for the officer who digitises."""
    register_client: str = ""
    """Name of this system on the exchange (header X-Road-Client), where it asks for one."""
    register_seconds: float = Field(default=5.0, gt=0, le=LONGEST_SECONDS)
    """Deadline of one attempt, to the last byte of the reply."""
    register_attempts: int = Field(default=3, ge=1, le=5)
    """How often one question is put before it counts as not checked."""
    register_rest_seconds: float = Field(default=30.0, ge=0, le=LONGEST_SECONDS)
    """How long a register is left alone after three questions in a row without an answer."""
    register_retry_seconds: float = Field(default=60.0, gt=0, le=LONGEST_SECONDS)
    """How often it is looked whether the register is back for dossiers that wait for it."""
    register_wants_echo: bool = True
    """Whether a yes counts only when the reply names the request or the person. Switch it off only where the
    platform is known never to repeat either."""
    register_plain_http: bool = False
    """Whether people's data may travel unencrypted, inside a closed network."""
    place_mergers: Path | None = None
    """CSV file of the province's old and new communes, in the form of storage/data/place_mergers.csv."""

    signer_file: Path | None = None
    """PKCS#12 identity of the officer; empty for the demo identity made on first run."""
    signer_password_file: Path | None = None
    token_library: Path | None = None
    """PKCS#11 library of the officer's token; the token is used instead of a file."""
    token_label: str = ""
    """Label of the token."""
    token_certificate: str = ""
    """Label of the certificate on the token; empty where it holds one that signs."""
    token_pin_file: Path | None = None
    """File with the token's PIN, readable for its owner only; never the PIN itself."""
    agency_signer_file: Path | None = None
    """PKCS#12 identity of the agency, which signs copies; empty for the demo identity."""
    agency_signer_password_file: Path | None = None
    agency_token_label: str = ""
    """Label of the agency's token; it is used instead of a file."""
    agency_token_certificate: str = ""
    agency_token_pin_file: Path | None = None
    profile: Literal["trial", "production"] = "trial"
    """In production the demo identity is refused."""
    timestamp_url: str = ""
    """Time stamping service (RFC 3161). With one, documents are sealed B-LTA; without, B-B."""
    seal_level: Literal["", "B-B", "B-T", "B-LT", "B-LTA"] = ""
    """How long seals shall be provable; empty for the best that the services allow."""
    trust_roots_file: Path | None = None
    """PEM file of the roots behind officers' certificates and the time stamping service; without it those
    beside the signer's file."""

    catalogue: Path | None = None
    """Folder of the province's own procedures; empty for the built-in ones."""
    days_off: tuple[date, ...] = ()
    """Days on which agencies do not work beyond the public holidays that are known: Tết as announced,
    swapped days. JSON: ["2027-02-11"]."""
    due_working_days: dict[str, Annotated[int, Field(ge=0, le=730)]] = Field(default_factory=dict)
    """Working days from reception to the result by code of procedure, for dossiers without a receipt among
    their papers, as JSON: {"1.001193": 1}. A procedure that is not named is due on no known day."""
    search_letters: int = Field(default=SEARCHED_LETTERS, ge=0, le=SEARCHED_LETTERS)
    """Of what a dossier's kept papers say, from the beginning, how much is searched; 0 searches no text."""
    days_worked: tuple[date, ...] = ()
    """Weekend days or holidays that are worked (hoán đổi, làm bù)."""
    hot_folder: Path | None = None
    """Folder that scanners drop files into; empty for hot/ in the state folder."""
    scanners: dict[str, str] = Field(default_factory=dict)
    """Scanners by the name that clerks use, as JSON: {"Quầy 1": "escl:http://192.168.1.20/eSCL"}; see
    scanners/finding.py for addresses."""
    receipt_code: str = RECEIPT_CODE
    """Regular expression of the dossier code on receipts (TT 01/2018/TT-VPCP and shorter forms)."""

    fixity_days: int = Field(default=30, ge=0, le=_DAYS_OF_A_CENTURY)
    """How often everything in the archive is read anew and compared; 0 for only when somebody asks."""
    fixity_share: float = Field(default=0.2, gt=0, le=1)
    """How much of the store's time a scheduled run may take: 0.2 works two seconds of ten."""
    second_copy: Path | None = None
    """Folder of a second copy of the archive, on a disk of its own; filled up and repaired from by fixity
    runs."""

    reading_processes: int = Field(default=2, ge=1, le=64)
    """Pages read at the same time; each process takes up to about 500 MB."""
    reading_memory_mb: int = Field(default=1500, ge=400, le=1 << 20)
    """What one reading process may have of its own; a page that needs more is stopped alone. An A4 page at
    300 dpi needs 300."""
    page_seconds: float = Field(default=120.0, gt=0, le=LONGEST_SECONDS)
    """A page that takes longer is stopped alone; time in which others have the processor does not count."""
    pages_per_process: int = Field(default=500, ge=1)
    """A reading process is replaced after this many pages."""

    console_host: str = "127.0.0.1"
    """Address of the web console; empty switches it off. Beyond loopback it asks for TLS."""
    console_port: int = Field(default=8642, ge=0, le=65535)
    """Port of the web console; 0 for any that is free."""
    console_names: tuple[str, ...] = ()
    """Names by which browsers reach the console beside its address, without port: ["sohoa.xa.local"]."""
    console_certificate_file: Path | None = None
    """PEM file of the console's certificate and its chain."""
    console_key_file: Path | None = None
    """PEM file of its private key."""
    console_proxy: str = ""
    """Network address of a proxy before the console that ends TLS; it passes on Host, X-Forwarded-For and
    X-Forwarded-Proto."""
    console_upload_mb: int = Field(default=200, ge=1, le=1 << 20)
    """Largest upload, in megabytes."""
    console_second_factor: Literal["administrators", "everyone"] = "administrators"
    """Who may not sign in without a second factor."""
    provider_issuer: str = ""
    """OpenID Connect: address of the identity provider (its `issuer`); empty for local accounts alone."""
    provider_name: str = "VNeID"
    """What the button of the sign-in calls it."""
    provider_client: str = ""
    """Name of this console at the provider (client_id)."""
    provider_secret_file: Path | None = None
    """File with the client's secret; never the secret itself."""
    provider_ca_file: Path | None = None
    """Certificates that the provider's own is signed by, where they are not public ones."""
    provider_role_claim: str = "groups"
    """Claim with the groups of who signs in; a text or a list."""
    provider_roles: dict[str, Literal["clerk", "archivist", "controller", "administrator"]] = Field(
        default_factory=dict
    )
    """Which group works here as what, as JSON: {"mot-cua": "clerk"}; who is in none of them is refused."""
    provider_counter_claim: str = "counter"
    """Claim with a clerk's counter."""

    api_calls_per_minute: int = Field(default=600, ge=1)
    """Calls that each client of the REST door may make in a minute."""
    webhook_networks: tuple[str, ...] = ()
    """Networks beyond the public ones that events may be sent to, as JSON: ["10.20.0.0/16"]."""
    webhook_ca_file: Path | None = None
    """Certificates that subscribers' own are signed by, where they are not public ones."""
    webhook_seconds: float = Field(default=10.0, gt=0, le=LONGEST_SECONDS)
    """Deadline of one attempt to tell an event."""

    metrics_token_file: Path | None = None
    """File with the bearer token of who reads /metrics at the console; without one nobody does."""
    log_format: Literal["text", "json"] = "text"
    """Lines for people, or one JSON object a line for a log collector; neither holds personal data."""
    log_level: Literal["INFO", "WARNING", "ERROR"] = "INFO"

    def of_agency(self) -> Settings:
        """The same settings with the agency's identity in the place of the officer's."""
        has_token = bool(self.agency_token_label)
        return self.model_copy(
            update={
                "signer_file": self.agency_signer_file,
                "signer_password_file": self.agency_signer_password_file,
                "token_library": self.token_library if has_token else None,
                "token_label": self.agency_token_label,
                "token_certificate": self.agency_token_certificate,
                "token_pin_file": self.agency_token_pin_file,
            }
        )

    @property
    def has_register(self) -> bool:
        """Whether there is a register that may come back."""
        return bool(self.register_url) or self.register_csv is not None

    @property
    def console_is_secure(self) -> bool:
        """Whether browsers reach the console over TLS."""
        return self.console_certificate_file is not None or bool(self.console_proxy)

    @property
    def console_hosts(self) -> frozenset[str]:
        """What a browser's Host header may name, in lower case and without port."""
        own = {self.console_host} - {"", "0.0.0.0", "::"}  # noqa: S104 - compared, not bound to
        loopback = {"127.0.0.1", "localhost", "[::1]"}
        return frozenset(name.lower() for name in (*own, *loopback, *self.console_names))

    @property
    def spool_folder(self) -> Path:
        """Untouched originals and pictures, by content."""
        return self.state / "spool"

    @property
    def checkpoint_folder(self) -> Path:
        """Results of finished steps."""
        return self.state / "checkpoints"

    @property
    def run_folder(self) -> Path:
        """Process ids, ports, tokens."""
        return self.state / "run"

    @property
    def key_file(self) -> Path:
        """Keys of personal data."""
        return self.keys_file or self.state / "data-keys"

    @property
    def database(self) -> str:
        """SQLAlchemy address of index and ledger, with the password of its file: never for a log."""
        if not self.database_url:
            return f"sqlite:///{self.state / 'sohoa.sqlite'}"
        if self.database_password_file is None:
            return self.database_url
        password = quote(self.database_password_file.read_text("utf-8").strip(), safe="")
        scheme, _, rest = self.database_url.partition("://")
        who, at, where = rest.partition("@")
        return f"{scheme}://{who}:{password}{at}{where}" if at else self.database_url

    @property
    def drop_folder(self) -> Path:
        """Where scanners drop files."""
        return self.hot_folder or self.state / "hot"

    @property
    def model_cache(self) -> Path:
        """Model folders that PaddleOCR opens."""
        return self.state / "models"


@cache
def settings() -> Settings:
    """The settings of this process, read once. Raises SettingRefused, naming what may not be so."""
    return read_settings(Settings, os.environ)
