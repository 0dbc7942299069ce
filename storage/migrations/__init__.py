"""What the tables of this product became from release to release, as Alembic revisions.

A revision is one file in `versions`, named after its number, with `revision`, `down_revision` and `upgrade`.
It speaks of tables in its own words and never imports `storage`'s tables of today: those change. Whoever adds
or changes a table writes the next revision and raises `storage.schema.NEWEST`; a test compares what revisions
make with what the modules declare, on SQLite and on PostgreSQL. There is no way back but a backup.
"""
