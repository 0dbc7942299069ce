"""Which scanners there are: those that the administrator named, and those that are found by themselves.

What SANE lists is found, and what airscan-discover (of sane-airscan, through avahi) finds on the network:
eSCL scanners, which our own client then scans from.

An address is "sane:DEVICE", "escl:URL" or "simulated:FOLDER", with options after semicolons:

    sane:pnm:0;filename=/srv/page.ppm    an option of the SANE device
    escl:https://192.168.1.20/eSCL;verify=no    a scanner with a certificate of its own making
    simulated:/srv/stack;fault=jam@3;from=2    trouble before the third side; the first one is out already
"""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dossier.errors import PartMissing, ScannerError, ScannerNotFound
from dossier.ports import Scanner
from dossier.scanning import ScannerDevice
from scanners.escl import EsclScanner
from scanners.programs import ProgramFailed, run
from scanners.sane import SaneScanner, find_sane_scanners
from scanners.simulated import SimulatedScanner, read_faults

log = logging.getLogger(__name__)

_KINDS: Final = ("sane", "escl", "simulated")
_ANNOUNCED: Final = re.compile(
    r'^ *"?(?P<name>[^"=\n]+?)"? = (?P<url>https?://[^ ,\n]+), eSCL *$', re.MULTILINE
)
_DISCOVERY_SECONDS: Final = 60.0


def open_scanner(name: str, configured: Mapping[str, str]) -> Scanner:
    """A scanner by its configured name, by its address, or by what SANE calls it.

    Raises:
        ScannerNotFound: the name is neither.
    """
    if name in configured:
        return _at(name, configured[name])
    if name.partition(":")[0] in _KINDS:
        return _at(name, name)
    found = next((device for device in _discovered() if device.name == name), None)
    if found is not None:
        return _at(name, found.address)
    raise ScannerNotFound(name, "neither configured nor an address, and nothing of this name is found")


def find_scanners(configured: Mapping[str, str]) -> tuple[ScannerDevice, ...]:
    """Every scanner, the configured ones first; one that does not answer is listed with its trouble."""
    named = tuple(_at(name, address).device for name, address in configured.items())
    known = {device.address for device in named}
    return (*named, *(device for device in _discovered() if device.address not in known))


def read_announced(told: str) -> tuple[ScannerDevice, ...]:
    """eSCL scanners of what airscan-discover printed; WSD ones are left to SANE."""
    return tuple(
        ScannerDevice(found["name"].strip(), f"escl:{found['url'].rstrip('/')}", "eSCL")
        for found in _ANNOUNCED.finditer(told)
    )


def _discovered() -> tuple[ScannerDevice, ...]:
    """Scanners that announce themselves, then what SANE lists; a scanner that both know is listed once."""
    announced: tuple[ScannerDevice, ...] = ()
    try:
        with TemporaryDirectory(prefix="sohoa-") as folder:
            told = run(["airscan-discover"], seconds=_DISCOVERY_SECONDS, folder=Path(folder))
        announced = read_announced(told.decode("utf-8", "replace"))
    except (PartMissing, ProgramFailed) as e:
        log.info("nothing announces itself: %s", e)
    try:
        listed = find_sane_scanners()
    except (PartMissing, ScannerError) as e:
        log.info("SANE lists no scanners: %s", e)
        listed = ()
    names = {device.name for device in announced}
    return (*announced, *(d for d in listed if d.name.rpartition(":")[2] not in names))


def _at(name: str, address: str) -> Scanner:
    """The adapter that an address asks for. Raises ScannerNotFound."""
    place, *rest = address.split(";")
    kind, _, where = place.partition(":")
    options = dict(option.split("=", 1) for option in rest if "=" in option)
    if not where or kind not in _KINDS:
        raise ScannerNotFound(name, f"its address begins with none of {', '.join(_KINDS)}")
    if kind == "sane":
        return SaneScanner(name, where, options)
    if kind == "escl":
        if not where.startswith(("http://", "https://")):
            raise ScannerNotFound(name, "its address is no URL")
        return EsclScanner(name, where, verify=options.get("verify", "yes") != "no")
    first = options.get("from", "1")
    if not first.isdecimal() or int(first) < 1:
        raise ScannerNotFound(name, f"from={first} is no side")
    return SimulatedScanner(name, Path(where), read_faults(options.get("fault", "")), int(first))
