-- Who employees are at an identity provider. `subject_key` is a keyed digest of provider and subject, by which a sign-in there is matched; the
-- sealed body holds the subject, bound to link, employee and provider, so that nobody who can write the file alone lets themselves in as
-- somebody else. An employee is one person at a provider, and that person one employee.
CREATE TABLE identity_link (
    link_id TEXT NOT NULL PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES account (employee_id),
    issuer TEXT NOT NULL,
    subject_key BLOB NOT NULL UNIQUE,
    linked BIGINT NOT NULL,
    used BIGINT,
    sealed BLOB NOT NULL,
    UNIQUE (employee_id, issuer)
);
