"""The door's keeping: legal holds, a person's data, what the store holds."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict

from flows.holding import HeldDossier, hold_dossier, release_dossier
from flows.person_data import ErasureRequest, erase_person, list_person
from flows.service import Service
from flows.store_check import findings_data


class ReasonIn(BaseModel):
    """Why something is ordered."""

    model_config = ConfigDict(extra="forbid")

    reason: str


class PersonIn(BaseModel):
    """Whom it is about; in the body, for addresses end up in logs."""

    model_config = ConfigDict(extra="forbid")

    number: str
    reason: str = ""


def add_keeping(app: FastAPI, service: Service) -> None:
    """Open the door to holds, people and the store's promises."""

    @app.get("/holds")
    def standing() -> dict[str, Any]:
        return {"holds": [asdict(hold) for hold in service.workshop.holds.standing()]}

    @app.post("/dossiers/{dossier}/hold")
    def hold(dossier: str, why: ReasonIn) -> dict[str, Any]:
        return _told(hold_dossier(service.workshop, dossier, why.reason))

    @app.post("/dossiers/{dossier}/release")
    def release(dossier: str, why: ReasonIn) -> dict[str, Any]:
        return _told(release_dossier(service.workshop, dossier, why.reason))

    @app.post("/people")
    def listed(who: PersonIn) -> dict[str, Any]:
        return {"dossiers": [asdict(each) for each in list_person(service.workshop, who.number)]}

    @app.post("/people/erasure")
    def erase(who: PersonIn) -> dict[str, Any]:
        return asdict(
            erase_person(service.workshop, service.eraser(), ErasureRequest(who.number, who.reason))
        )

    @app.get("/store/promises")
    def promises() -> dict[str, Any]:
        return findings_data(service.store_settings())


def _told(held: HeldDossier) -> dict[str, Any]:
    return {**asdict(held.hold), "objects": held.objects}
