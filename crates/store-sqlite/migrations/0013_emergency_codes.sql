-- Sheets of emergency codes, one for each employee at most. The sealed body holds digests of the codes, when each was used, and the wrong
-- tries; it is bound to sheet and employee, so that nobody who can write the file alone lets themselves in by a code of their own.
CREATE TABLE emergency_sheet (
    sheet_id TEXT NOT NULL PRIMARY KEY,
    employee_id TEXT NOT NULL UNIQUE REFERENCES account (employee_id),
    made BIGINT NOT NULL,
    version BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
