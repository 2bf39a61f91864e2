-- What is written: the journal itself, and notes that no money depends on. What follows from the records is
-- in derived.sql.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Append-only and chained: link = SHA-256(previous link ‖ all other columns). The body, which is long, stands last.
CREATE TABLE record (
    seq INTEGER PRIMARY KEY,
    link BLOB NOT NULL,
    commitment BLOB NOT NULL,
    at TEXT NOT NULL,
    writer TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL
) STRICT;
CREATE INDEX record_subject ON record (subject, seq);
CREATE TRIGGER record_is_final BEFORE UPDATE ON record BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER record_stays BEFORE DELETE ON record BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

-- Personal fields. Deleting a row erases the person; the record keeps the commitment and the chain stays whole.
CREATE TABLE private (
    seq INTEGER PRIMARY KEY,
    owner BLOB NOT NULL,
    salt BLOB NOT NULL,
    content TEXT NOT NULL
) STRICT;
CREATE INDEX private_owner ON private (owner, seq);
CREATE TRIGGER private_is_final BEFORE UPDATE ON private BEGIN SELECT RAISE(ABORT, 'personal fields are erased, never changed'); END;

-- Mutable notes.
CREATE TABLE enquiry (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    infno TEXT NOT NULL,
    input TEXT NOT NULL,
    patience_ms INTEGER NOT NULL,
    state TEXT NOT NULL,
    answer TEXT
) STRICT;
CREATE INDEX enquiry_state ON enquiry (state, number);
CREATE TABLE note (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE hotlist (
    entry BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;
