-- Rows that a source can't hand on, now also those of its facts and of its register, with when they were met. `category` is that
-- of the data, or `people` for a row that says who somebody is. `person_key` is as in `person`; empty for a register's rows.
DROP TABLE rejected;
CREATE TABLE rejected (
    source TEXT NOT NULL,
    person_key BLOB NOT NULL,
    category TEXT NOT NULL,
    record_key BLOB NOT NULL,
    place BIGINT NOT NULL,
    first_seen BIGINT NOT NULL,
    last_seen BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (source, person_key, category, record_key)
);
CREATE INDEX rejected_in_order ON rejected (source, place);

-- The rows that were kept did not say what they were about. A whole reading, which the next one now is, meets them all again.
UPDATE source_progress SET swept = NULL;
