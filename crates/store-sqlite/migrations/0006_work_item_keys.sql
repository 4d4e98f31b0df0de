-- What the attendances of a child are found by: keyed digests of its NHS number, of its name with its date of birth, and of its entries on
-- registers. A key may be out of date: whoever reads compares. `is_keyed`: the item's keys stand here; those of older items are made when
-- the store is opened.
CREATE TABLE work_item_key (
    kind TEXT NOT NULL,
    item_key BLOB NOT NULL,
    item_id TEXT NOT NULL,
    PRIMARY KEY (kind, item_key, item_id)
);
ALTER TABLE work_item ADD COLUMN is_keyed BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX work_item_unkeyed ON work_item (is_keyed, kind, item_id) WHERE is_keyed = FALSE;
