"""The one place where settings come from: environment variables with the prefix SOHOA_."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What an administrator may set; every default works on one office machine without a network."""

    model_config = SettingsConfigDict(env_prefix="SOHOA_", extra="forbid", frozen=True)

    state: Path = Path.home() / ".local" / "share" / "sohoa"
    """Folder of everything that this machine keeps: spool, checkpoints, embedded store, database, logs."""
    language: Literal["vi", "en"] = "vi"
    """Language of messages."""
    officer: str = "Cán bộ số hóa (MẪU)"
    """Name in the visible mark of scans; the officer who signs (TT 01/2023/TT-VPCP Đ8)."""

    store_endpoint: str = "embedded"
    """host:port of an S3 store, or "embedded" for the one that the product starts itself."""
    store_access_key: str = ""
    store_secret_key_file: Path | None = None
    """File with the secret key; never the key itself."""
    store_bucket: str = "sohoa-archive"
    store_secure: bool = True
    """TLS towards an outside store; the embedded one is on loopback."""
    store_region: str = "us-east-1"
    retention_days: int = Field(default=3650, ge=1)
    """How long the store refuses deletion. The retention period of each kind of record is the centre's
    own schedule (Luật Lưu trữ 33/2024/QH15); this is a floor."""
    retention_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "COMPLIANCE"

    database_url: str = ""
    """SQLAlchemy address of index and ledger; empty for SQLite in the state folder."""
    register_csv: Path | None = None
    """CSV file of the embedded residence register; loaded at start when it is newer than the database."""

    signer_file: Path | None = None
    """PKCS#12 identity of the officer; empty for the demo identity made on first run."""
    signer_password_file: Path | None = None

    catalogue: Path | None = None
    """Folder of the province's own procedures; empty for the built-in ones."""
    hot_folder: Path | None = None
    """Folder that scanners drop files into; empty for hot/ in the state folder."""

    reading_processes: int = Field(default=2, ge=1, le=64)
    """Pages read at the same time; each process takes up to about 500 MB."""
    page_seconds: float = Field(default=120.0, gt=0)
    """A page that takes longer is stopped alone."""
    pages_per_process: int = Field(default=500, ge=1)
    """A reading process is replaced after this many pages."""

    @property
    def spool_folder(self) -> Path:
        """Untouched originals and pictures, by content."""
        return self.state / "spool"

    @property
    def run_folder(self) -> Path:
        """Process ids, ports, tokens."""
        return self.state / "run"

    @property
    def database(self) -> str:
        """SQLAlchemy address of index and ledger."""
        return self.database_url or f"sqlite:///{self.state / 'sohoa.sqlite'}"

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
    """The settings of this process, read once."""
    return Settings()
