-- The node's store as the first release wrote it. Forward only: what changes later comes in a file of its own.
--
-- Types are those that SQLite and PostgreSQL share: TEXT, BIGINT, BOOLEAN, and BLOB, which PostgreSQL calls BYTEA. WITHOUT ROWID
-- keeps a table in its key's order and changes no statement.
-- Moments are microseconds since 1970. Identities and places in an order are made by the program. A column called `sealed`
-- or `seed` is encrypted under a key that the database never holds, and bound to its row.

-- Which keys fit: a known text sealed under each, so that a wrong key file is told at once.
CREATE TABLE store_key (
    name TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- Employees: name, job, role, PIN hash are in the sealed body.
CREATE TABLE account (
    employee_id TEXT NOT NULL PRIMARY KEY,
    user_name TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL
);

-- `added` orders an employee's tokens. `version` grows with every write: what a writer compares.
CREATE TABLE token (
    token_id TEXT NOT NULL PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES account (employee_id),
    added BIGINT NOT NULL,
    status TEXT NOT NULL,
    parameters TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    seed BLOB NOT NULL
);
CREATE UNIQUE INDEX token_of_employee ON token (employee_id, added);

-- `session_id` is SHA-256 of the secret in the cookie.
CREATE TABLE session (
    session_id BLOB NOT NULL PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES account (employee_id),
    began BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    proved BIGINT NOT NULL,
    locked BOOLEAN NOT NULL
);
CREATE INDEX session_of_employee ON session (employee_id);

-- The node's own people. `record_key` is a keyed digest of the source's identifier, which may be a hospital number.
CREATE TABLE person (
    source TEXT NOT NULL,
    record_key BLOB NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (source, record_key)
);

-- Rows of a source that can't be loaded: work for somebody.
CREATE TABLE rejected (
    source TEXT NOT NULL,
    record_key BLOB NOT NULL,
    place BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (source, record_key)
);
CREATE INDEX rejected_in_order ON rejected (source, place);

-- How reading each source stands; the cursor may hold an identifier of the source.
CREATE TABLE source_progress (
    source TEXT NOT NULL PRIMARY KEY,
    sealed_cursor BLOB,
    swept BIGINT,
    answered BIGINT
);

-- Registers: the node's own list of changes, and replicas of its partners'.
CREATE TABLE register_change (
    owner TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (owner, sequence)
);
CREATE TABLE register_head (
    owner TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
);

-- The search tables over the ledger: made from it, and holding keyed digests where it has names.
CREATE TABLE look (
    place BIGINT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    ask_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    agency TEXT NOT NULL,
    employee_id TEXT,
    look_keys BLOB NOT NULL
) WITHOUT ROWID;
CREATE INDEX look_of_ask ON look (ask_id);
CREATE INDEX look_of_employee ON look (employee_id, place);
CREATE TABLE look_key (
    look_key BLOB NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (look_key, place)
) WITHOUT ROWID;
-- How far the follower is: the number of ledger entries; one row, called `trail`.
CREATE TABLE followed (
    name TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL
);
-- How many ledger entries each partner has acknowledged notices of.
CREATE TABLE delivered (
    partner TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL
);

-- Agreements and revocations as their signed notes, under the digest of the agreement's text.
CREATE TABLE agreement (
    digest TEXT NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    note TEXT NOT NULL
);
-- One row at most, called `agreement`: so at most one agreement is active.
CREATE TABLE active (
    name TEXT NOT NULL PRIMARY KEY CHECK (name = 'agreement'),
    digest TEXT NOT NULL REFERENCES agreement (digest)
);
-- Each party may revoke, so one agreement may have several.
CREATE TABLE revocation (
    digest TEXT NOT NULL,
    place BIGINT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (digest, note)
);
