"""Accounts, drafts, index, ledger and people, as revision 0001 makes them. This stays as it is, whatever the
tables become later: it tells what databases look like that were made before there were revisions.
"""

from __future__ import annotations

import sqlalchemy as sa

tables = sa.MetaData()
sa.Table(
    "accounts",
    tables,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("display_name", sa.String(255), nullable=False),
    sa.Column("role", sa.String(20), nullable=False),
    sa.Column("counter", sa.String(120), nullable=False),
    sa.Column("language", sa.String(2), nullable=False),
    sa.Column("created_at", sa.String(40), nullable=False),
    sa.Column("password", sa.String(255), nullable=False),
    sa.Column("password_ends_at", sa.String(40), nullable=False),
    sa.Column("failures", sa.Integer(), nullable=False),
    sa.Column("locked_until", sa.String(40), nullable=False),
    sa.Column("used_at", sa.String(40), nullable=False),
    sa.Column("disabled_why", sa.String(40), nullable=False),
    sa.Column("subject", sa.String(400), nullable=False),
    sa.Index("ix_accounts_subject", "subject"),
)
sa.Table(
    "account_recovery_codes",
    tables,
    sa.Column("account", sa.String(64), sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("code_sha256", sa.String(64), primary_key=True),
)
sa.Table(
    "account_totp",
    tables,
    sa.Column("account", sa.String(64), sa.ForeignKey("accounts.name"), primary_key=True),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Column("last_step", sa.Integer(), nullable=False),
)
sa.Table(
    "web_sessions",
    tables,
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("account", sa.String(64), sa.ForeignKey("accounts.name"), nullable=False),
    sa.Column("began_at", sa.String(40), nullable=False),
    sa.Column("seen_at", sa.String(40), nullable=False),
    sa.Column("is_locked", sa.Boolean(), nullable=False),
    sa.Column("has_second_factor", sa.Boolean(), nullable=False),
    sa.Column("address", sa.String(64), nullable=False),
    sa.Index("ix_web_sessions_account", "account"),
)
sa.Table(
    "review_drafts",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("round", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("state", sa.String(20), nullable=False),
    sa.Column("opened_at", sa.String(40), nullable=False),
    sa.Column("changed_at", sa.String(40), nullable=False),
    sa.Column("prefix", sa.String(900), nullable=False),
    sa.Column("saved", sa.Integer(), nullable=False),
    sa.Column("content", sa.Text(), nullable=False),
    sa.Index("ix_review_drafts_opened_at", "opened_at"),
    sa.Index("ix_review_drafts_state", "state"),
)
sa.Table(
    "review_events",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("round", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("content", sa.Text(), nullable=False),
)
sa.Table(
    "review_notices",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("content", sa.Text(), nullable=False),
)
sa.Table(
    "typed_texts",
    tables,
    sa.Column("account", sa.String(255), primary_key=True),
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("place", sa.String(200), primary_key=True),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("content", sa.Text(), nullable=False),
    sa.Index("ix_typed_texts_at", "at"),
    sa.Index("ix_typed_texts_dossier", "dossier"),
)
sa.Table(
    "packages",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("dossier", sa.String(255), nullable=False),
    sa.Column("prefix", sa.String(900), nullable=False, unique=True),
    sa.Column("manifest_sha256", sa.String(64), nullable=False),
    sa.Column("recorded_at", sa.String(40), nullable=False),
    sa.Column("summary", sa.Text(), nullable=False),
    sa.Index("ix_packages_dossier", "dossier"),
)
sa.Table(
    "package_files",
    tables,
    sa.Column("package", sa.Integer(), sa.ForeignKey("packages.id"), primary_key=True),
    sa.Column("path", sa.String(700), primary_key=True),
    sa.Column("role", sa.String(40), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False),
    sa.Column("media_type", sa.String(255), nullable=False),
    sa.Index("ix_package_files_sha256", "sha256"),
)
sa.Table(
    "package_objects",
    tables,
    sa.Column("package", sa.Integer(), sa.ForeignKey("packages.id"), primary_key=True),
    sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("object_key", sa.String(1024), nullable=False),
    sa.Column("version_id", sa.String(255), nullable=False),
    sa.Column("sha256", sa.String(64), nullable=False),
    sa.Column("size_bytes", sa.BigInteger(), nullable=False),
    sa.Column("retain_until", sa.String(40), nullable=False),
    sa.Index("ix_package_objects_sha256", "sha256"),
)
sa.Table(
    "package_follow_ups",
    tables,
    sa.Column("id", sa.Integer(), primary_key=True, autoincrement=True),
    sa.Column("dossier", sa.String(255), nullable=False),
    sa.Column("prefix", sa.String(900), nullable=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("kind", sa.String(80), nullable=False),
    sa.Column("detail", sa.Text(), nullable=False),
    sa.Index("ix_package_follow_ups_dossier", "dossier"),
)
sa.Table(
    "ledger",
    tables,
    sa.Column("number", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("at", sa.String(40), nullable=False),
    sa.Column("actor", sa.String(255), nullable=False),
    sa.Column("action", sa.String(80), nullable=False),
    sa.Column("subject", sa.Text(), nullable=False),
    sa.Column("detail", sa.Text(), nullable=False),
    sa.Column("previous_sha256", sa.String(64), nullable=False, unique=True),
    sa.Column("sha256", sa.String(64), nullable=False, unique=True),
    sa.Index("ix_ledger_subject_action", "subject", "action"),
)
sa.Table(
    "dossier_people",
    tables,
    sa.Column("person", sa.String(64), primary_key=True),
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("sealed", sa.Text(), nullable=False),
    sa.Index("ix_dossier_people_dossier", "dossier"),
)
sa.Table(
    "dossier_traces",
    tables,
    sa.Column("dossier", sa.String(255), primary_key=True),
    sa.Column("noted_at", sa.String(40), nullable=False),
    sa.Column("sealed", sa.Text(), nullable=False),
)
