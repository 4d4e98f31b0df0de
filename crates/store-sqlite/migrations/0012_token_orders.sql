-- Tokens that a vendor is to send: how many, by when, how many of them have come. Days are ISO 8601. `closed`: nothing more comes.
CREATE TABLE token_order (
    reference TEXT NOT NULL PRIMARY KEY,
    vendor TEXT NOT NULL,
    tokens BIGINT NOT NULL,
    arrived BIGINT NOT NULL,
    ordered TEXT NOT NULL,
    expected TEXT,
    closed BIGINT
);
