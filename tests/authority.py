"""A certification authority on loopback: OCSP, revocation lists and RFC 3161 time stamps over real HTTP.

Keys are made at run time. Every name says MẪU.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from certomancer.integrations.animator import Animator, AnimatorArchStore
from certomancer.registry import ArchLabel, CertLabel, CertomancerConfig
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from werkzeug.serving import WSGIRequestHandler, make_server

from pipeline.signing_identity import FileSigner, SigningIdentity

_KEYS = ("root", "issuer", "officer", "stamps", "answers", "stranger")
_LONG = {"valid-from": "2020-01-01T00:00:00+0000", "valid-to": "2050-01-01T00:00:00+0000"}
_NOW = {"valid-from": "2025-01-01T00:00:00+0000", "valid-to": "2035-01-01T00:00:00+0000"}


def _usage(*names: str) -> dict[str, Any]:
    return {
        "id": "key_usage",
        "critical": True,
        "smart-value": {"schema": "key-usage", "params": list(names)},
    }


def _lists(name: str) -> dict[str, Any]:
    params = {"crl-repo-names": [name]}
    return {"id": "crl_distribution_points", "smart-value": {"schema": "crl-dist-url", "params": params}}


_AUTHORITY = {"id": "basic_constraints", "critical": True, "value": {"ca": True}}
_SIGNS = _usage("digital_signature", "key_cert_sign", "crl_sign")
_PERSON = [
    _usage("digital_signature", "non_repudiation"),
    {
        "id": "authority_information_access",
        "smart-value": {"schema": "aia-urls", "params": {"ocsp-responder-names": ["issuer"]}},
    },
    _lists("issuer"),
]


def _tonight() -> str:
    return (datetime.now(UTC) + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _person(name: str, validity: dict[str, str], **more: Any) -> dict[str, Any]:
    parts = {"subject": name, "subject-key": "officer", "issuer": "issuer", "validity": validity}
    return {**parts, "extensions": _PERSON, **more}


def _configuration(port: int) -> dict[str, Any]:
    people = ("root", "issuer", "officer", "revoked", "expired", "tonight", "stamps", "answers", "stranger")
    certificates = {
        "root": {"subject": "root", "issuer": "root", "validity": _LONG, "extensions": [_AUTHORITY, _SIGNS]},
        "stranger": {
            "subject": "stranger",
            "issuer": "stranger",
            "validity": _LONG,
            "extensions": [_AUTHORITY, _SIGNS],
        },
        "issuer": {
            "subject": "issuer",
            "issuer": "root",
            "validity": _LONG,
            "extensions": [_AUTHORITY, _SIGNS, _lists("root")],
        },
        "officer": _person("officer", _NOW),
        "revoked": _person(
            "revoked",
            _NOW,
            revocation={"revoked-since": "2026-01-01T00:00:00+0000", "reason": "key_compromise"},
        ),
        "tonight": _person("tonight", {"valid-from": "2025-01-01T00:00:00+0000", "valid-to": _tonight()}),
        "expired": _person(
            "expired", {"valid-from": "2022-01-01T00:00:00+0000", "valid-to": "2024-01-01T00:00:00+0000"}
        ),
        "stamps": {
            "subject": "stamps",
            "issuer": "root",
            "validity": _NOW,
            "extensions": [
                _usage("digital_signature"),
                {"id": "extended_key_usage", "critical": True, "value": ["time_stamping"]},
                _lists("root"),
            ],
        },
        "answers": {
            "subject": "answers",
            "issuer": "issuer",
            "validity": _NOW,
            "extensions": [
                _usage("digital_signature"),
                {"id": "extended_key_usage", "critical": True, "value": ["ocsp_signing"]},
                {"id": "ocsp_no_check"},
            ],
        },
    }
    services = {
        "ocsp": {"issuer": {"for-issuer": "issuer", "responder-cert": "answers", "signing-key": "answers"}},
        "time-stamping": {"stamps": {"signing-key": "stamps", "signing-cert": "stamps"}},
        "crl-repo": {
            name: {"for-issuer": name, "signing-key": name, "simulated-update-schedule": "P30D"}
            for name in ("root", "issuer")
        },
    }
    return {
        "external-url-prefix": f"http://127.0.0.1:{port}",
        "keysets": {"all": {"keys": {key: {"path": f"{key}.pem"} for key in _KEYS}}},
        "pki-architectures": {
            "mau": {
                "keyset": "all",
                "entity-defaults": {"country-name": "VN", "organization-name": "MẪU Số Hóa"},
                "entities": {name: {"common-name": f"MẪU {name}"} for name in people},
                "certs": certificates,
                "services": services,
            }
        },
    }


@dataclass(frozen=True)
class Authority:
    """What the authority gives out."""

    folder: Path
    url: str
    architecture: Any
    closed: set[str] = field(default_factory=set)
    """Parts of addresses that answer 503: "/ocsp", "/crls", "/tsa"."""
    slow: set[str] = field(default_factory=set)
    """Parts of addresses that answer a byte at a time, for as long as they stand here."""

    @property
    def timestamp_url(self) -> str:
        """Where time stamps are given."""
        return f"{self.url}/mau/tsa/stamps"

    def certificate(self, name: str) -> x509.Certificate:
        """A certificate by its name."""
        return x509.load_der_x509_certificate(self.architecture.get_cert(CertLabel(name)).dump())

    def key(self, name: str) -> rsa.RSAPrivateKey:
        """A key by its name."""
        key = serialization.load_pem_private_key((self.folder / f"{name}.pem").read_bytes(), None)
        assert isinstance(key, rsa.RSAPrivateKey)
        return key

    def identity(self, name: str = "officer") -> SigningIdentity:
        """Somebody who signs with a key in memory: officer, revoked or expired."""
        certificate = self.certificate(name)
        signer = FileSigner(self.key("officer"), certificate, [self.certificate("issuer")])
        return SigningIdentity(f"MẪU {name}", certificate, signer)


def _doors(app: Any, closed: set[str], slow: set[str]) -> Any:
    def trickled(part: str) -> Iterator[bytes]:
        while part in slow:
            yield b"0"
            time.sleep(0.05)

    def answer(environment: Any, start: Any) -> Any:
        for part in slow:
            if part in environment["PATH_INFO"]:
                kind = "application/ocsp-response" if part == "/ocsp" else "application/pkix-crl"
                start("200 OK", [("Content-Type", kind)])
                return trickled(part)
        if any(part in environment["PATH_INFO"] for part in closed):
            start("503 Service Unavailable", [("Content-Length", "0")])
            return []
        return app(environment, start)

    return answer


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def authority(folder: Path) -> Iterator[Authority]:
    """An authority that answers until the block ends."""
    for name in _KEYS:
        key = rsa.generate_private_key(65537, 2048)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        (folder / f"{name}.pem").write_bytes(text)
    server = make_server("127.0.0.1", 0, lambda *_: [], threaded=True, request_handler=_Quiet)
    (folder / "pki.yml").write_text(yaml.safe_dump(_configuration(server.port)), "utf-8")
    configuration = CertomancerConfig.from_file(
        str(folder / "pki.yml"), key_search_dir=str(folder), config_search_dir=str(folder)
    )
    architecture = configuration.get_pki_arch(ArchLabel("mau"))
    closed: set[str] = set()
    slow: set[str] = set()
    open_doors = Animator(
        AnimatorArchStore({"mau": architecture}), with_web_ui=False, allow_time_override=False
    )
    server.app = _doors(open_doors, closed, slow)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Authority(folder, f"http://127.0.0.1:{server.port}", architecture, closed, slow)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
