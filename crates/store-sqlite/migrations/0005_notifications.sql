-- Notifications to employees and to webhooks. `state`: waiting, delivered, aside, given-up. `due`: when one that waits is tried; of the
-- others, since when they stand so.
CREATE TABLE notification (
    notification_id TEXT NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    due BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX notification_in_order ON notification (state, due);
