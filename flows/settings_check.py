"""Settings that may not be so, each told by its name: unknown, contradictory, a secret in the wrong place.

A value that is refused is never repeated, for it may be the secret itself. Whether addresses answer is asked
in `flows.settings_reach`.
"""

from __future__ import annotations

import difflib
import ipaddress
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar
from urllib.parse import parse_qsl, urlsplit

from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsError

from dossier.errors import SettingRefused

if TYPE_CHECKING:
    from flows.settings import Settings

PREFIX: Final = "SOHOA_"
SHORTEST_TOKEN: Final = 16
"""Characters of a token that opens something by itself."""
_SECRET_FILE: Final = re.compile(r"(?:^|_)(?:password|secret|secret_key|token|pin|keys?)_file$")
"""Names of settings whose file holds a secret."""
_SECRET: Final = re.compile(
    r"password|passwd|pwd|secret|token|pin$|private|api_?key|credential", re.IGNORECASE
)
_MAY_BE_MADE: Final = frozenset({"keys_file"})
"""Files that the product makes where they are not there."""
_FILES: Final = ("retention_schedule", "register_csv", "place_mergers")
"""Files that hold no secret and are not called a file."""
_OTHERS_READ: Final = stat.S_IROTH | stat.S_IWOTH
_TOGETHER: Final = (
    ("store_access_key", "store_secret_key_file"),
    ("store_eraser_access_key", "store_eraser_secret_key_file"),
    ("signer_file", "signer_password_file"),
    ("token_library", "token_pin_file"),
    ("agency_signer_file", "agency_signer_password_file"),
    ("agency_token_label", "agency_token_pin_file"),
    ("console_certificate_file", "console_key_file"),
    ("provider_issuer", "provider_client"),
    ("provider_issuer", "provider_roles"),
)
"""Settings that mean nothing without one another."""
_ONLY_WITH: Final = {
    "prefect_database_password_file": "prefect_database_url",
    "prefect_redis_password_file": "prefect_redis_url",
    "register_token_file": "register_url",
    "register_ca_file": "register_url",
    "register_service": "register_url",
    "register_integration": "register_url",
    "token_label": "token_library",
    "token_certificate": "token_library",
    "agency_token_label": "token_library",
    "provider_secret_file": "provider_issuer",
    "provider_ca_file": "provider_issuer",
}
_NOT_BOTH: Final = (
    ("register_csv", "register_url", "one residence register is asked, not two"),
    ("prefect_database_url", "prefect_url", "the Prefect server is this machine's own or a shared one"),
    ("data_keys", "keys_file", "the keys are handed over or lie in a file, not both"),
    (
        "prefect_database_url",
        "prefect_url",
        "what stands behind a shared Prefect server is set where it runs",
    ),
    ("prefect_redis_url", "prefect_url", "what stands behind a shared Prefect server is set where it runs"),
    ("signer_file", "token_library", "the officer signs with a file or with a token, not with both"),
    (
        "agency_signer_file",
        "agency_token_label",
        "the agency signs with a file or with a token, not with both",
    ),
)
_WEB: Final = {
    "register_url": ("http", "https"),
    "prefect_url": ("http", "https"),
    "timestamp_url": ("http", "https"),
    "provider_issuer": ("https", "http"),
}

S = TypeVar("S", bound=BaseSettings)


@dataclass(frozen=True, slots=True)
class Refusal:
    """One setting that may not be so."""

    setting: str
    """Its name, as an administrator writes it."""
    cause: str
    """What is wrong, in a few words of English, without its value."""


def variable(field: str) -> str:
    """The environment variable of a field."""
    return f"{PREFIX}{field.upper()}"


def read_settings(kind: type[S], names: Iterable[str]) -> S:
    """The settings of the environment. Raises SettingRefused for unknown keys and for values of no such type.

    Args:
        kind: the class of settings.
        names: the names of all variables of the environment.
    """
    refuse(unknown_keys(names, tuple(kind.model_fields)))
    try:
        return kind()
    except ValidationError as e:
        # Without the context: pydantic's own words repeat the value.
        told = tuple(
            Refusal(variable(str(each["loc"][0])) if each["loc"] else PREFIX, each["msg"])
            for each in e.errors(include_input=False, include_url=False)
        )
    except SettingsError as e:
        field = re.search(r'field "(\w+)"', str(e))
        told = (Refusal(variable(field[1]) if field else PREFIX, "is not written as JSON"),)
    refuse(told)
    raise AssertionError


def refuse(refusals: Iterable[Refusal]) -> None:
    """Raise SettingRefused with all that is refused, the first one's name in front; nothing for none."""
    told = tuple(refusals)
    if told:
        more = "".join(f"; {each.setting}: {each.cause}" for each in told[1:])
        raise SettingRefused(told[0].setting, told[0].cause + more)


def unknown_keys(names: Iterable[str], fields: tuple[str, ...]) -> tuple[Refusal, ...]:
    """Variables with our prefix that set nothing: misspelt, of another version, or secrets themselves."""
    known = {variable(field) for field in fields}
    ours = sorted({name.upper() for name in names if name.upper().startswith(PREFIX)} - known)
    return tuple(Refusal(name, _advice(name, known)) for name in ours)


def refusals(settings: Settings) -> tuple[Refusal, ...]:
    """Everything about the settings that can be judged without asking anybody."""
    checks: tuple[Callable[[Settings], Iterator[Refusal]], ...] = (
        _contradictions,
        _written_wrongly,
        _secrets,
        _places,
    )
    return tuple(each for check in checks for each in check(settings))


def _advice(name: str, known: set[str]) -> str:
    if f"{name}_FILE" in known:
        return (
            f"a secret is not written into the environment; put it into a file and name that in {name}_FILE"
        )
    near = difflib.get_close_matches(name, known, 1, 0.8)
    return f"there is no such setting; {near[0]} is meant?" if near else "there is no such setting"


def _contradictions(settings: Settings) -> Iterator[Refusal]:
    def has(field: str) -> bool:
        value = getattr(settings, field)
        return bool(value.get_secret_value() if field == "data_keys" else value)

    for one, other in _TOGETHER:
        if has(one) != has(other):
            given, lacking = (one, other) if has(one) else (other, one)
            yield Refusal(variable(lacking), f"is not set and goes together with {variable(given)}")
    for field, wanted in (*_ONLY_WITH.items(), *_passwords_of_addresses(settings)):
        if has(field) and not has(wanted):
            yield Refusal(variable(field), f"says nothing without {variable(wanted)}")
    for one, other, cause in _NOT_BOTH:
        if has(one) and has(other):
            yield Refusal(variable(one), f"stands beside {variable(other)}: {cause}")
    if settings.store_endpoint == "embedded" and settings.store_access_key:
        yield Refusal("SOHOA_STORE_ACCESS_KEY", "the embedded store makes its own; name SOHOA_STORE_ENDPOINT")
    yield from _machines(settings)
    if settings.work_bucket and settings.store_endpoint == "embedded":
        yield Refusal("SOHOA_WORK_BUCKET", "other machines do not reach the embedded store")
    if settings.work == "workers" and not settings.prefect_url:
        yield Refusal("SOHOA_PREFECT_URL", "is not set and goes together with SOHOA_WORK=workers")
    if settings.seal_level not in ("", "B-B") and not settings.timestamp_url:
        yield Refusal("SOHOA_SEAL_LEVEL", "asks for time stamps, and SOHOA_TIMESTAMP_URL is not set")
    if set(settings.days_off) & set(settings.days_worked):
        yield Refusal("SOHOA_DAYS_WORKED", "names a day that SOHOA_DAYS_OFF names too")
    if settings.state.absolute().is_relative_to(settings.drop_folder.absolute()):
        yield Refusal("SOHOA_HOT_FOLDER", "holds SOHOA_STATE: the product would take in its own files")
    if settings.second_copy is not None and _same_disk_within(settings.second_copy, settings.state):
        yield Refusal("SOHOA_SECOND_COPY", "lies in SOHOA_STATE: a copy on the same disk goes with it")


def _passwords_of_addresses(settings: Settings) -> Iterator[tuple[str, str]]:
    for field in (fields := type(settings).model_fields):
        address = f"{field.removesuffix('_password_file')}_url"
        # The Prefect server that this machine starts itself asks others for the same password.
        if field not in (address, "prefect_password_file") and address in fields and "password" in field:
            yield field, address


def _machines(settings: Settings) -> Iterator[Refusal]:
    """What machines that share their work may not be set to."""
    if settings.work == "workers" and not settings.prefect_url:
        yield Refusal("SOHOA_PREFECT_URL", "is not set: nobody would do what SOHOA_WORK leaves to workers")
    if settings.work_bucket and settings.store_endpoint == "embedded":
        yield Refusal("SOHOA_WORK_BUCKET", "is a bucket of an outside store; name SOHOA_STORE_ENDPOINT")
    if settings.work_bucket and settings.work_bucket == settings.store_bucket:
        yield Refusal("SOHOA_WORK_BUCKET", "is the archive's bucket, where nothing can be erased")


def _written_wrongly(settings: Settings) -> Iterator[Refusal]:
    for field, schemes in _WEB.items():
        address = urlsplit(getattr(settings, field))
        if address.geturl() and not (address.scheme in schemes and address.hostname):
            yield Refusal(variable(field), "is not an address that begins with https://")
    if re.search(r"[/@?\s]", settings.store_endpoint):
        yield Refusal("SOHOA_STORE_ENDPOINT", "is written as host:port, without scheme, path or credentials")
    if settings.database_url and "://" not in settings.database_url:
        yield Refusal("SOHOA_DATABASE_URL", "is not an SQLAlchemy address")
    try:
        re.compile(settings.receipt_code)
    except re.error:
        yield Refusal("SOHOA_RECEIPT_CODE", "is not a regular expression")
    token = settings.metrics_token_file
    if token is not None and token.is_file() and token.stat().st_size < SHORTEST_TOKEN:
        yield Refusal("SOHOA_METRICS_TOKEN_FILE", f"holds less than {SHORTEST_TOKEN} characters")
    for network in settings.webhook_networks:
        try:
            ipaddress.ip_network(network)
        except ValueError:
            yield Refusal("SOHOA_WEBHOOK_NETWORKS", "names what is not a network")


def _secrets(settings: Settings) -> Iterator[Refusal]:
    for field in type(settings).model_fields:
        value = getattr(settings, field)
        if isinstance(value, str) and "://" in value and _tells_a_secret(value):
            yield Refusal(
                variable(field), "holds a secret inside an address; it belongs into a file of its own"
            )
        elif isinstance(value, Path) and field.endswith("_file"):
            yield from _of_file(field, value, settings)


def _of_file(field: str, file: Path, settings: Settings) -> Iterator[Refusal]:
    name, is_secret = variable(field), _SECRET_FILE.search(field) is not None
    try:
        mode = file.stat().st_mode
    except OSError:
        # The name is not repeated: somebody may have written the secret where its file was asked for.
        if field not in _MAY_BE_MADE or not file.parent.is_dir():
            yield Refusal(name, "names a file that is not there or cannot be read")
        return
    if not stat.S_ISREG(mode):
        yield Refusal(name, "names what is not a file")
    elif is_secret and mode & _OTHERS_READ:
        yield Refusal(name, "its file can be read by everybody on this machine; chmod 600")
    elif is_secret and _within(file, settings.drop_folder):
        yield Refusal(name, "its file lies in the hot folder, where it would be taken for a scan")


def _places(settings: Settings) -> Iterator[Refusal]:
    """Files and folders of the centre's own that have to be there, and the one that is written to."""
    for field in _FILES:
        file: Path | None = getattr(settings, field)
        if file is not None and not (file.is_file() and os.access(file, os.R_OK)):
            yield Refusal(variable(field), "names a file that is not there or cannot be read")
    folder = settings.catalogue
    if folder is not None and not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        yield Refusal("SOHOA_CATALOGUE", "names a folder that is not there or cannot be read")
    state = settings.state
    there = next((each for each in (state, *state.parents) if each.exists()), None)
    if there is None or not there.is_dir():
        yield Refusal("SOHOA_STATE", "is not a folder, or lies in what is none")
    elif not os.access(there, os.W_OK | os.X_OK):
        cause = "cannot be written to" if there == state else "is not there and cannot be made"
        yield Refusal("SOHOA_STATE", cause)


def make_state(settings: Settings) -> None:
    """Make the state folder where it is not there. Raises SettingRefused where it cannot be worked in."""
    refuse(each for each in _places(settings) if each.setting == "SOHOA_STATE")
    try:
        settings.state.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise SettingRefused("SOHOA_STATE", "is not there and cannot be made") from e


def _tells_a_secret(address: str) -> bool:
    """Whether an address has a password before its host, or a parameter that is called like a secret."""
    try:
        parts = urlsplit(address)
        password = parts.password
    except ValueError:
        return False
    asked = (name for name, value in parse_qsl(parts.query) if value)
    return bool(password) or any(_SECRET.search(name) for name in asked)


def _same_disk_within(path: Path, folder: Path) -> bool:
    if not _within(path, folder):
        return False
    return not path.exists() or not folder.exists() or path.stat().st_dev == folder.stat().st_dev


def _within(path: Path, folder: Path) -> bool:
    return path.resolve().is_relative_to(folder.resolve())
