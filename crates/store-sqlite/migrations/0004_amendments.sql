-- What named employees changed by hand in the node's own register. `record_key` is a keyed digest of the entry's reference, which is the
-- case system's and may be anything; `detail` says which detail of it.
CREATE TABLE amendment (
    record_key BLOB NOT NULL,
    detail TEXT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (record_key, detail)
);
