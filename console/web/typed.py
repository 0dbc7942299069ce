"""What is typed and not yet sent: kept as it is typed, so that nothing is lost."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field

from console.web.counter_room import Clerk, CounterRoom

INTAKE: Final = "intake"
"""What stands for the dossier where none is open yet."""


class TypedIn(BaseModel):
    """A place of a screen and the text in it."""

    model_config = ConfigDict(extra="forbid")

    dossier: Annotated[str, Field(max_length=64)]
    place: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(max_length=10_000)]


def add_typed(app: FastAPI, counter: CounterRoom) -> None:
    """Routes of what is typed."""

    @app.post("/typed", status_code=204)
    def keep(account: Clerk, typed: TypedIn) -> Response:
        if typed.dossier != INTAKE and not counter.room.desk.may_see(account, typed.dossier):
            raise HTTPException(404)
        counter.room.reviews.typed(account.name, typed.dossier, typed.place, typed.text)
        return Response(status_code=204)
