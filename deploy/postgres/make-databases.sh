#!/bin/sh
# Run once by the image of PostgreSQL: a database and a name for the product, another for Prefect.
set -eu
make() {
  # A password that cannot be read, or is empty, ends the set-up: nobody is let in without one.
  password="$(cat "${SECRETS:-/run/secrets}/$2")" && [ -n "$password" ] || { echo "$2 cannot be read, or is empty" >&2; exit 1; }
  psql --set ON_ERROR_STOP=1 --username postgres --set name="$1" --set password="$password" <<'SQL'
CREATE ROLE :"name" LOGIN PASSWORD :'password';
CREATE DATABASE :"name" OWNER :"name" ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0;
SQL
}
make sohoa database-password
make prefect prefect-database-password
