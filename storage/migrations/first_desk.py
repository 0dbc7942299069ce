"""Desk, outbox, deposits, clients, judgements, holds, waits and keys, as revision 0001 makes them. This stays
as it is, whatever the tables become later.
"""

from __future__ import annotations

from typing import Final

import sqlalchemy as sa

_NUMBER: Final = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_CODE: Final = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")

tables = sa.MetaData()
sa.Table(
    "desk_entries",
    tables,
    sa.Column("id", _NUMBER, primary_key=True, autoincrement=True),
    sa.Column("code", _CODE, nullable=False, unique=True),
    sa.Column("procedure", sa.String(40), nullable=False),
    sa.Column("counter", sa.String(80), nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("is_open", sa.SmallInteger(), nullable=False),
    sa.Column("received_day", sa.Integer(), nullable=False),
    sa.Column("due_day", sa.Integer(), nullable=False),
    sa.Column("changed_at", sa.String(40), nullable=False),
    sa.Column("assignee", sa.String(80), nullable=False),
    sa.Column("papers", sa.Integer(), nullable=False),
    sa.Column("digitised", sa.Integer(), nullable=False),
    sa.Column("pages", sa.Integer(), nullable=False),
    sa.Column("blocking", sa.Integer(), nullable=False),
    sa.Column("warning", sa.Integer(), nullable=False),
    sa.Column("info", sa.Integer(), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Index("ix_desk_counter_open", "counter", "is_open", "due_day", "id"),
    sa.Index("ix_desk_counter_received", "counter", "received_day", "id"),
    sa.Index("ix_desk_counter_state", "counter", "state", "received_day", "id"),
    sa.Index("ix_desk_open", "is_open", "due_day", "id"),
    sa.Index("ix_desk_procedure", "procedure", "received_day", "id"),
    sa.Index("ix_desk_received", "received_day", "id"),
    sa.Index("ix_desk_state", "state", "received_day", "id"),
)
sa.Table(
    "desk_kinds",
    tables,
    sa.Column("kind", sa.String(80), primary_key=True),
    sa.Column("received_day", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    sa.Index("ix_desk_kinds_entry", "entry"),
    sqlite_with_rowid=False,
)
sa.Table(
    "desk_notes",
    tables,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("noted_at", sa.String(40), nullable=False),
)
sa.Table(
    "desk_tallies",
    tables,
    sa.Column("counter", sa.String(80), primary_key=True),
    sa.Column("state", sa.String(16), primary_key=True),
    sa.Column("dossiers", sa.Integer(), nullable=False),
    sa.Column("mark", _NUMBER, nullable=False),
)
sa.Table(
    "desk_texts",
    tables,
    sa.Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    sa.Column("sealed", sa.LargeBinary(), nullable=False),
)
sa.Table(
    "desk_words",
    tables,
    sa.Column("word", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("received_day", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("entry", _NUMBER, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)
sa.Table(
    "outbox_deliveries",
    tables,
    sa.Column("webhook", sa.String(40), primary_key=True),
    sa.Column("event", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("dossier", sa.String(255), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("attempts", sa.Integer(), nullable=False),
    sa.Column("next_at", sa.Float(), nullable=False),
    sa.Column("trouble", sa.String(300), nullable=False),
    sa.Column("delivered_at", sa.String(40)),
    sa.Index("ix_outbox_deliveries_open", "state", "webhook", "dossier", "event"),
)
sa.Table(
    "outbox_events",
    tables,
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("id", sa.String(40), nullable=False, unique=True),
    sa.Column("dossier", sa.String(255), nullable=False),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("body", sa.Text(), nullable=False),
    sa.Index("ix_outbox_events_dossier", "dossier"),
    sqlite_autoincrement=True,
)
sa.Table(
    "webhooks",
    tables,
    sa.Column("id", sa.String(40), primary_key=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("url", sa.String(2000), nullable=False),
    sa.Column("kinds", sa.Text(), nullable=False),
    sa.Column("secrets", sa.Text(), nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("rests_until", sa.Float(), nullable=False),
    sa.Column("failures", sa.Integer(), nullable=False),
    sa.Index("ix_webhooks_client", "client"),
)
sa.Table(
    "deposit_files",
    tables,
    sa.Column("dossier", sa.String(64), primary_key=True),
    sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False),
    sa.Column("media_type", sa.String(120), nullable=False),
    sa.Column("suffix", sa.String(8), nullable=False),
    sa.UniqueConstraint("dossier", "sha256"),
    sa.Index("ix_deposit_files_sha256", "sha256"),
)
sa.Table(
    "deposit_keys",
    tables,
    sa.Column("client", sa.String(64), primary_key=True),
    sa.Column("key", sa.String(255), primary_key=True),
    sa.Column("fingerprint", sa.String(64), nullable=False),
    sa.Column("dossier", sa.String(64), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
)
sa.Table(
    "deposits",
    tables,
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("dossier", sa.String(64), nullable=False, unique=True),
    sa.Column("client", sa.String(64), nullable=False),
    sa.Column("counter", sa.String(120), nullable=False),
    sa.Column("procedure", sa.String(40), nullable=False),
    sa.Column("received_on", sa.String(10), nullable=False),
    sa.Column("cases", sa.Text(), nullable=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("is_held", sa.Boolean(), nullable=False),
    sa.Column("trouble", sa.String(80), nullable=False),
    sa.Column("opened_at", sa.String(40), nullable=False),
    sa.Column("changed_at", sa.String(40), nullable=False),
    sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("said", sa.Text(), nullable=False),
    sa.Column("report", sa.Text()),
    sa.Index("ix_deposits_client", "client"),
    sa.Index("ix_deposits_state", "state"),
    sqlite_autoincrement=True,
)
sa.Table(
    "api_clients",
    tables,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("token_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("scopes", sa.Text(), nullable=False),
    sa.Column("counters", sa.Text(), nullable=False),
    sa.Column("purpose", sa.Text(), nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("expires_at", sa.String(40)),
    sa.Column("revoked_at", sa.String(40)),
    sa.Column("last_used_at", sa.String(40)),
)
sa.Table(
    "judged_dossiers",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("judged_at", sa.String(40), nullable=False),
    sa.Column("summary", sa.Text(), nullable=False),
)
sa.Table(
    "kept_papers",
    tables,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("kind", sa.String(80), primary_key=True),
    sa.Column("dossier", sa.String(255), primary_key=True),
)
sa.Table(
    "legal_holds",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("dossier", sa.String(255), nullable=False),
    sa.Column("placed_at", sa.String(40), nullable=False),
    sa.Column("placed_by", sa.String(255), nullable=False),
    sa.Column("reason", sa.Text(), nullable=False),
    sa.Column("released_at", sa.String(40), nullable=False),
    sa.Index("ix_legal_holds_dossier", "dossier"),
    sa.Index("ix_legal_holds_released_at", "released_at"),
)
sa.Table(
    "register_waits",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("since", sa.String(40), nullable=False),
    sa.Column("settled_at", sa.String(40), nullable=False),
    sa.Column("content", sa.Text(), nullable=False),
    sa.Index("ix_register_waits_settled_at", "settled_at"),
    sa.Index("ix_register_waits_since", "since"),
)
sa.Table(
    "data_keys",
    tables,
    sa.Column("name", sa.String(16), primary_key=True),
    sa.Column("first_used_at", sa.String(40), nullable=False),
)
