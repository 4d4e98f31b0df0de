-- The node's store in PostgreSQL, as the SQLite store stood at its schema 0013: the same tables and the same statements over them. Forward
-- only: what changes later comes in a file of its own, here and there.
--
-- Moments are microseconds since 1970. Identities and places in an order are made by the program. A column called `sealed`
-- or `seed` is encrypted under a key that the database never holds, and bound to its row. Texts are ordered by their bytes, whatever
-- the server's language is, since the program reads on from the last one that it saw.

-- Which keys fit: a known text sealed under each, so that a wrong key file is told at once.
CREATE TABLE store_key (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- Employees: name, job, role, PIN hash are in the sealed body.
CREATE TABLE account (
    employee_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    user_name TEXT COLLATE "C" NOT NULL UNIQUE,
    sealed BYTEA NOT NULL
);

-- Tokens from the vendor's file to the bin. A token that nobody holds has no employee; `standing` says where it is in its life, `since` when
-- it came there, `until` when a code for one shift ends. `arriving`: in a file whose import is not finished, so nobody sees it yet.
-- `added` orders an employee's tokens. `version` grows with every write: what a writer compares.
CREATE TABLE token (
    token_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    serial TEXT COLLATE "C" NOT NULL UNIQUE,
    kind TEXT COLLATE "C" NOT NULL,
    maker TEXT COLLATE "C" NOT NULL,
    standing TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    arriving BOOLEAN NOT NULL,
    employee_id TEXT COLLATE "C" REFERENCES account (employee_id),
    added BIGINT,
    parameters TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    seed BYTEA NOT NULL
);
CREATE UNIQUE INDEX token_of_employee ON token (employee_id, added);
CREATE INDEX token_standing ON token (standing, serial);
CREATE INDEX token_arriving ON token (arriving) WHERE arriving = TRUE;

-- Tokens that a vendor is to send: how many, by when, how many of them have come. Days are ISO 8601. `closed`: nothing more comes.
CREATE TABLE token_order (
    reference TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    vendor TEXT COLLATE "C" NOT NULL,
    tokens BIGINT NOT NULL,
    arrived BIGINT NOT NULL,
    ordered TEXT COLLATE "C" NOT NULL,
    expected TEXT COLLATE "C",
    closed BIGINT
);

-- Passkeys. `credential` is SHA-256 of the key's identifier, by which a browser's answer is matched. `misses` are wrong answers in its name.
CREATE TABLE passkey (
    passkey_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    employee_id TEXT COLLATE "C" NOT NULL REFERENCES account (employee_id),
    credential BYTEA NOT NULL UNIQUE,
    added BIGINT NOT NULL,
    used BIGINT,
    misses TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX passkey_of_employee ON passkey (employee_id, added);

-- Sheets of emergency codes, one for each employee at most.
CREATE TABLE emergency_sheet (
    sheet_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    employee_id TEXT COLLATE "C" NOT NULL UNIQUE REFERENCES account (employee_id),
    made BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);

-- Who employees are at an identity provider. `subject_key` is a keyed digest of provider and subject.
CREATE TABLE identity_link (
    link_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    employee_id TEXT COLLATE "C" NOT NULL REFERENCES account (employee_id),
    issuer TEXT COLLATE "C" NOT NULL,
    subject_key BYTEA NOT NULL UNIQUE,
    linked BIGINT NOT NULL,
    used BIGINT,
    sealed BYTEA NOT NULL,
    UNIQUE (employee_id, issuer)
);

-- `session_id` is SHA-256 of the secret in the cookie; `place` is sealed.
CREATE TABLE session (
    session_id BYTEA NOT NULL PRIMARY KEY,
    employee_id TEXT COLLATE "C" NOT NULL REFERENCES account (employee_id),
    began BIGINT NOT NULL,
    seen BIGINT NOT NULL,
    proved BIGINT NOT NULL,
    locked BOOLEAN NOT NULL,
    place BYTEA
);
CREATE INDEX session_of_employee ON session (employee_id);

-- The node's own people. `record_key` is a keyed digest of the source's identifier, which may be a hospital number.
CREATE TABLE person (
    source TEXT COLLATE "C" NOT NULL,
    record_key BYTEA NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (source, record_key)
);

-- Rows that a source can't hand on: work for somebody. `category` is that of the data, or `people`; `person_key` is as `record_key` in
-- `person`, and empty for a register's rows.
CREATE TABLE rejected (
    source TEXT COLLATE "C" NOT NULL,
    person_key BYTEA NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    record_key BYTEA NOT NULL,
    place BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (source, person_key, category, record_key)
);
CREATE INDEX rejected_in_order ON rejected (source, place);

-- How reading each source stands; the cursor may hold an identifier of the source.
CREATE TABLE source_progress (
    source TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed_cursor BYTEA,
    swept BIGINT,
    answered BIGINT
);

-- Registers: the node's own list of changes, and replicas of its partners'.
CREATE TABLE register_change (
    owner TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (owner, sequence)
);
CREATE TABLE register_head (
    owner TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed BYTEA NOT NULL
);

-- What named employees changed by hand in the node's own register; `detail` says which detail of an entry.
CREATE TABLE amendment (
    record_key BYTEA NOT NULL,
    detail TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    PRIMARY KEY (record_key, detail)
);

-- Messages of hospital systems, in the order in which they came. `state`: waiting, settled, broken. What a settled one held is forgotten.
CREATE TABLE message (
    place BIGINT NOT NULL PRIMARY KEY,
    message_key BYTEA NOT NULL UNIQUE,
    state TEXT COLLATE "C" NOT NULL,
    received BIGINT NOT NULL,
    sealed BYTEA
);
CREATE INDEX message_in_order ON message (state, place);
CREATE INDEX message_by_age ON message (state, received);
CREATE TABLE hospital_sender (
    sender TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    heard BIGINT NOT NULL
);

-- What somebody has still to deal with, or has dealt with; `kind` says which. `is_keyed`: its keys stand in the table after it.
CREATE TABLE work_item (
    kind TEXT COLLATE "C" NOT NULL,
    item_id TEXT COLLATE "C" NOT NULL,
    is_open BOOLEAN NOT NULL,
    began BIGINT NOT NULL,
    sealed BYTEA NOT NULL,
    is_keyed BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (kind, item_id)
);
CREATE INDEX work_item_open ON work_item (kind, is_open, began);
CREATE INDEX work_item_unkeyed ON work_item (is_keyed, kind, item_id) WHERE is_keyed = FALSE;
CREATE TABLE work_item_key (
    kind TEXT COLLATE "C" NOT NULL,
    item_key BYTEA NOT NULL,
    item_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (kind, item_key, item_id)
);

-- Notifications to employees and to webhooks. `state`: waiting, delivered, aside, given-up. `due`: when one that waits is tried; of the
-- others, since when they stand so.
CREATE TABLE notification (
    notification_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    state TEXT COLLATE "C" NOT NULL,
    due BIGINT NOT NULL,
    sealed BYTEA NOT NULL
);
CREATE INDEX notification_in_order ON notification (state, due);

-- The search tables over the ledger: made from it, and holding keyed digests where it has names.
CREATE TABLE look (
    place BIGINT NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    ask_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    agency TEXT COLLATE "C" NOT NULL,
    employee_id TEXT COLLATE "C",
    look_keys BYTEA NOT NULL
);
CREATE INDEX look_of_ask ON look (ask_id);
CREATE INDEX look_of_employee ON look (employee_id, place);
CREATE TABLE look_key (
    look_key BYTEA NOT NULL,
    place BIGINT NOT NULL,
    PRIMARY KEY (look_key, place)
);
-- How far the follower is: the number of ledger entries; one row, called `trail`.
CREATE TABLE followed (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL
);
-- How many ledger entries each partner has acknowledged notices of.
CREATE TABLE delivered (
    partner TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL
);

-- Agreements and revocations as their signed notes, under the digest of the agreement's text.
CREATE TABLE agreement (
    digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    place BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL
);
-- One row at most, called `agreement`: so at most one agreement is active.
CREATE TABLE active (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (name = 'agreement'),
    digest TEXT COLLATE "C" NOT NULL REFERENCES agreement (digest)
);
-- Each party may revoke, so one agreement may have several. No key over the note: it may be longer than an index takes.
CREATE TABLE revocation (
    digest TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    note TEXT COLLATE "C" NOT NULL
);
CREATE INDEX revocation_of_agreement ON revocation (digest);
