"""`sohoa metrics` and `sohoa health`: what the console tells other programs, for those of this machine."""

from __future__ import annotations

from console.client import Resident, find_resident
from console.options import JsonOption, LangOption, output_of
from dossier.errors import ServiceUnreachable
from flows.settings import settings


def metrics(lang: LangOption = "") -> None:
    """Số liệu vận hành theo định dạng Prometheus (figures in Prometheus's text format)."""
    output_of(lang, as_json=False).text(_resident().call("GET", "/metrics")["text"].rstrip("\n"))


def health(as_json: JsonOption = False, lang: LangOption = "") -> None:
    """Dịch vụ có nhận được hồ sơ không; mã 0 nếu được, 81 nếu không (whether dossiers can be taken)."""
    output = output_of(lang, as_json=as_json)
    told = _resident().call("GET", "/readiness")
    if told["state"] != "ready":
        bad = ", ".join(name for name, how in told["parts"].items() if how == "bad")
        raise ServiceUnreachable("sohoa serve", f"not ready: {bad}")
    if as_json:
        output.data(told)
    else:
        output.text(output.term("can_take"))


def _resident() -> Resident:
    """The resident process that runs; none is started for a look. Raises ServiceUnreachable."""
    resident = find_resident(settings().state)
    if resident is None:
        raise ServiceUnreachable("sohoa serve", "does not run")
    return resident
