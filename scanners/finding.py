"""Which scanners there are: those that the administrator named, and those that answer by themselves.

An address is "sane:DEVICE", "escl:URL" or "simulated:FOLDER", with options after semicolons:

    sane:pnm:0;filename=/srv/page.ppm    an option of the SANE device
    escl:https://192.168.1.20/eSCL;verify=no    a scanner with a certificate of its own making
    simulated:/srv/stack;fault=jam@3;from=2    trouble before the third side; the first one is out already
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from dossier.errors import PartMissing, ScannerError, ScannerNotFound
from dossier.ports import Scanner
from dossier.scanning import ScannerDevice
from scanners.escl import EsclScanner
from scanners.sane import SaneScanner, find_sane_scanners
from scanners.simulated import SimulatedScanner, read_faults

log = logging.getLogger(__name__)

_KINDS: Final = ("sane", "escl", "simulated")


def open_scanner(name: str, configured: Mapping[str, str]) -> Scanner:
    """A scanner by its configured name, by its address, or by what SANE calls it.

    Raises:
        ScannerNotFound: the name is neither.
    """
    if name in configured:
        return _at(name, configured[name])
    if name.partition(":")[0] in _KINDS:
        return _at(name, name)
    if any(device.name == name for device in _discovered()):
        return SaneScanner(name, name)
    raise ScannerNotFound(name, "neither configured nor an address, and SANE does not list it")


def find_scanners(configured: Mapping[str, str]) -> tuple[ScannerDevice, ...]:
    """Every scanner, the configured ones first; one that does not answer is listed with its trouble."""
    named = tuple(_at(name, address).device for name, address in configured.items())
    known = {device.address for device in named}
    return (*named, *(device for device in _discovered() if device.address not in known))


def _discovered() -> tuple[ScannerDevice, ...]:
    """What SANE lists; with sane-airscan installed that includes the eSCL scanners of the network."""
    try:
        return find_sane_scanners()
    except (PartMissing, ScannerError) as e:
        log.info("SANE lists no scanners: %s", e)
        return ()


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
