-- Where a session was opened, or unlocked last, and when: sealed, and bound to session and employee. None of sessions from before, and of those
-- at the node's own console.
ALTER TABLE session ADD COLUMN place BLOB;
