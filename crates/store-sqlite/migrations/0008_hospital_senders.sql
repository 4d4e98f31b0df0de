-- When each hospital's system was last heard: a node that starts again knows who has been silent. The name is the configuration's.
CREATE TABLE hospital_sender (
    sender TEXT NOT NULL PRIMARY KEY,
    heard BIGINT NOT NULL
);

-- Settled messages leave nothing but their key, by which one that comes again is known. Old keys are found by this and forgotten.
CREATE INDEX message_by_age ON message (state, received);
