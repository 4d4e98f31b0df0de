#!/bin/sh
# Writes crates/store-sqlite/.sqlx anew: what the compiler checks each query against, without a database.
# Run it after a query or a migration has changed, and commit what it writes. Needs python3 for its SQLite.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work/store.db" "$here"/migrations/*.sql <<'PY'
import sqlite3, sys
database = sqlite3.connect(sys.argv[1])
for path in sys.argv[2:]:
    database.executescript(open(path, encoding="utf-8").read())
PY

mkdir "$work/queries"
touch "$here/src/lib.rs"
cd "$here"
SQLX_OFFLINE=false SQLX_OFFLINE_DIR="$work/queries" DATABASE_URL="sqlite://$work/store.db" \
    cargo check
rm -rf "$here/.sqlx"
mv "$work/queries" "$here/.sqlx"
echo "$(ls "$here/.sqlx" | wc -l) queries written to crates/store-sqlite/.sqlx"
