"""Files inside a digital signature: .p7m and .p7s (CMS, RFC 5652; CAdES, ETSI EN 319 122-1).

An attached signature carries the document inside; what lies inside is read, the file itself is kept as it
came. A detached one carries none: it belongs to a document beside it. Nothing is judged here.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any, Final

from asn1crypto import cms

from dossier.errors import SourceUnreadable

CMS: Final = "application/pkcs7-mime"
"""A signature with its document inside."""
DETACHED: Final = "application/pkcs7-signature"
"""A signature whose document lies elsewhere."""
SIGNED_DATA: Final = bytes.fromhex("06092a864886f70d010702")
_NEAR: Final = 64
"""How near to its beginning a container says what it is."""
_ARMOUR: Final = re.compile(
    rb"-----BEGIN (?:PKCS7|CMS)-----\s+([A-Za-z0-9+/=\s]+?)-----END (?:PKCS7|CMS)-----"
)
_BASE64: Final = re.compile(rb"\AMI[A-Za-z0-9+/\r\n]+={0,2}\s*\Z")
_XML: Final = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml\b|\A(?:\xef\xbb\xbf)?\s*<[A-Za-z]")
_XML_SIGNATURE: Final = b"http://www.w3.org/2000/09/xmldsig#"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A signature container."""

    der: bytes
    """The container itself, without armour."""
    content: bytes | None
    """The document inside; None where the signature is detached."""
    signers: int
    """How many signed it."""


def is_signed_xml(data: bytes) -> bool:
    """Whether this is an XML document that speaks of a signature (XMLDSig, XAdES)."""
    return bool(_XML.search(data[:200])) and _XML_SIGNATURE in data


def container_of(data: bytes) -> bytes | None:
    """The bytes of a CMS signature as DER or BER, whatever it is wrapped in; None where it is none."""
    armoured = _ARMOUR.search(data) if data.lstrip().startswith(b"-----BEGIN") else None
    if armoured is not None or _BASE64.match(data):
        try:
            data = base64.b64decode(armoured.group(1) if armoured else data)
        except binascii.Error:
            return None
    return data if data.startswith(b"\x30") and SIGNED_DATA in data[:_NEAR] else None


def open_envelope(der: bytes, name: str) -> Envelope:
    """What a container holds. Raises SourceUnreadable."""
    try:
        signed: Any = cms.ContentInfo.load(der)["content"]
        inside = signed["encap_content_info"]["content"]
        content = inside.native if inside.contents is not None else None
        signers = len(signed["signer_infos"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, MemoryError) as e:
        raise SourceUnreadable(name, "the signature container is damaged") from e
    if content is not None and not isinstance(content, bytes):
        raise SourceUnreadable(name, "the signature container holds no file")
    return Envelope(der, content or None, signers)
