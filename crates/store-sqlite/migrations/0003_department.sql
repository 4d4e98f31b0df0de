-- The department and what follows from it.
--
-- Messages of hospital systems, in the order in which they came. `message_key` is a keyed digest of sender, identifier and bytes, so that
-- one that comes again is known. `state`: waiting, settled, broken. What a settled one held is forgotten.
CREATE TABLE message (
    place BIGINT NOT NULL PRIMARY KEY,
    message_key BLOB NOT NULL UNIQUE,
    state TEXT NOT NULL,
    received BIGINT NOT NULL,
    sealed BLOB
);
CREATE INDEX message_in_order ON message (state, place);

-- What somebody has still to deal with, or has dealt with: attendances here, attendances at partners, corrections. `kind` says which.
CREATE TABLE work_item (
    kind TEXT NOT NULL,
    item_id TEXT NOT NULL,
    is_open BOOLEAN NOT NULL,
    began BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (kind, item_id)
);
CREATE INDEX work_item_open ON work_item (kind, is_open, began);
