"""What an archive store must hold, and what was found about one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StoreCheck(StrEnum):
    """A promise of a store; the console tells what follows where it does not hold."""

    TLS = "tls"
    VERSIONING = "versioning"
    OBJECT_LOCK = "object_lock"
    CONDITIONAL_PUT = "conditional_put"
    CHECKSUM = "checksum"
    ENCRYPTION = "encryption"
    OLDER_VERSION = "older_version"
    COMPLIANCE_MODE = "compliance_mode"
    DELETE_LOCKED = "delete_locked"
    SHORTEN = "shorten"
    DOWNGRADE = "downgrade"
    BYPASS_GOVERNANCE = "bypass_governance"
    LEGAL_HOLD = "legal_hold"
    DELETE_HELD = "delete_held"
    HIDE = "hide"
    VERSIONING_SETTING = "versioning_setting"
    LOCK_SETTING = "lock_setting"
    EXPIRY_SETTING = "expiry_setting"
    POLICY_SETTING = "policy_setting"


class Promise(StrEnum):
    """Whether a promise was kept when it was tried."""

    KEPT = "kept"
    BROKEN = "broken"
    NOT_CHECKED = "not_checked"


@dataclass(frozen=True, slots=True)
class StoreFinding:
    """Whether one promise holds."""

    check: StoreCheck
    outcome: Promise
    """NOT_CHECKED where the store answered neither way."""
    evidence: str
    """What the store answered."""
