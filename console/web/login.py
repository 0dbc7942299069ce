"""Signing in and out."""

from __future__ import annotations

from fastapi import FastAPI

from console.web.room import Room


def add_login(app: FastAPI, room: Room) -> None:
    """Add the pages of signing in and out."""
