#!/bin/sh
# Writes crates/store-postgres/.sqlx anew: what the compiler checks each query against, without a database.
# Run it after a query or a migration has changed, and commit what it writes. Needs PostgreSQL's own programs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
programs=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)
# The server refuses root.
as=""
if [ "$(id -u)" = 0 ]; then
    as="runuser -u postgres --"
    chown postgres "$work"
fi
server() { (cd / && $as "${programs:+$programs/}$@"); }
trap 'server pg_ctl stop -s -m immediate -D "$work/data" || true; rm -rf "$work"' EXIT

server initdb --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 --no-sync --no-instructions -D "$work/data" >/dev/null
server pg_ctl start -w -s -o "-k $work -h '' -F" -l "$work/log" -D "$work/data"
for file in "$here"/migrations/*.sql; do
    (cd / && psql -h "$work" -U postgres -v ON_ERROR_STOP=1 -q postgres <"$file")
done

mkdir "$work/queries"
touch "$here/src/lib.rs"
cd "$here"
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$work/queries" DATABASE_URL="postgres://postgres@localhost/postgres?host=$work" \
    cargo check
rm -rf "$here/.sqlx"
mv "$work/queries" "$here/.sqlx"
echo "$(ls "$here/.sqlx" | wc -l) queries written to crates/store-postgres/.sqlx"
