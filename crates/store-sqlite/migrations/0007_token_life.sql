-- Tokens from the vendor's file to the bin. A token that nobody holds has no employee; `standing` says where it is in its life, `since` when
-- it came there, `until` when a code for one shift ends. `arriving`: in a file whose import is not finished, so nobody sees it yet.
-- A seed is bound to its token and employee, or, while nobody holds it, to its token and serial number. A token disposed of has none.
DROP INDEX token_of_employee;
ALTER TABLE token RENAME TO token_before;
CREATE TABLE token (
    token_id TEXT NOT NULL PRIMARY KEY,
    serial TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    maker TEXT NOT NULL,
    standing TEXT NOT NULL,
    since BIGINT NOT NULL,
    until BIGINT,
    arriving BOOLEAN NOT NULL,
    employee_id TEXT REFERENCES account (employee_id),
    added BIGINT,
    parameters TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    seed BLOB NOT NULL
);
INSERT INTO token (token_id, serial, kind, maker, standing, since, until, arriving, employee_id, added, parameters, state, version, seed)
SELECT token_id, 'SOFT-' || UPPER(SUBSTR(token_id, 25)), 'soft', '',
    CASE status WHEN 'pending' THEN 'assigned' WHEN 'active' THEN 'in-use' ELSE 'disposed' END,
    0, NULL, FALSE, employee_id, added, parameters, state, version, seed
FROM token_before;
DROP TABLE token_before;
CREATE UNIQUE INDEX token_of_employee ON token (employee_id, added);
CREATE INDEX token_standing ON token (standing, serial);
CREATE INDEX token_arriving ON token (arriving) WHERE arriving = TRUE;
