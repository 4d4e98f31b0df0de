-- Passkeys: public keys of things that employees sign in with. `credential` is SHA-256 of the key's identifier, by which a browser's answer
-- is matched. The sealed body holds the name that its employee gave it, the public key and the signature counter; it is bound to passkey and
-- employee, so that nobody who can write the file alone lets a key of their own in. `misses` are wrong answers in its name.
CREATE TABLE passkey (
    passkey_id TEXT NOT NULL PRIMARY KEY,
    employee_id TEXT NOT NULL REFERENCES account (employee_id),
    credential BLOB NOT NULL UNIQUE,
    added BIGINT NOT NULL,
    used BIGINT,
    misses TEXT NOT NULL,
    version BIGINT NOT NULL,
    sealed BLOB NOT NULL
);
CREATE INDEX passkey_of_employee ON passkey (employee_id, added);
