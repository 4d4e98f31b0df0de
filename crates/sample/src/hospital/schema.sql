-- A hospital's records as its FHIR server keeps them: every version of every resource, so that a search which is read page
-- by page sees one state throughout, whatever changes meanwhile.

CREATE TABLE resource_version (
  seq      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind     TEXT NOT NULL,
  id       TEXT NOT NULL,
  version  INTEGER NOT NULL DEFAULT 1,
  patient  TEXT,
  updated  INTEGER NOT NULL,             -- milliseconds of universal time
  replaced INTEGER,                      -- the sequence number of the next version
  family   TEXT,                         -- patients: what they are searched by
  born     TEXT,
  body     TEXT NOT NULL,                -- the resource as JSON
  UNIQUE (kind, id, version)
);
CREATE INDEX version_by_update ON resource_version (kind, updated, id, replaced);
CREATE INDEX version_by_patient ON resource_version (patient, kind, updated, id);
CREATE INDEX version_by_birth ON resource_version (born, family) WHERE kind = 'Patient';

CREATE TABLE identifier (
  kind   TEXT NOT NULL,
  id     TEXT NOT NULL,
  system TEXT NOT NULL,
  value  TEXT NOT NULL,
  PRIMARY KEY (kind, value, system, id)
) WITHOUT ROWID;
