-- One row a settlement, void, cash slip or refresh, derived from the journal's records (following.py). Amounts in fen.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- seq: the first record about the subject, which is the order of the log. day: yyyymmdd. number: that of the receipt, 0 for none.
CREATE TABLE entry (
    seq INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    tail TEXT NOT NULL,
    at TEXT NOT NULL,
    day INTEGER NOT NULL,
    kind TEXT NOT NULL,
    infno TEXT NOT NULL,
    standing TEXT NOT NULL,
    offline INTEGER NOT NULL,
    owed INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    fund_fen INTEGER NOT NULL,
    account_fen INTEGER NOT NULL,
    cash_fen INTEGER NOT NULL,
    outside_fen INTEGER NOT NULL,
    receipt TEXT NOT NULL,
    number INTEGER NOT NULL,
    person TEXT NOT NULL,
    card TEXT NOT NULL,
    reason TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    words TEXT NOT NULL,
    original TEXT NOT NULL,
    setl_id TEXT NOT NULL
) STRICT;

-- What is looked for by number.
CREATE UNIQUE INDEX entry_subject ON entry (subject);
CREATE INDEX entry_tail ON entry (tail, seq);
CREATE INDEX entry_number ON entry (number, seq) WHERE number > 0;
CREATE INDEX entry_setl_id ON entry (setl_id) WHERE setl_id <> '';

-- One for each filter. Each holds the columns of the others, so that two filters together look at no row that they drop.
CREATE INDEX entry_kind ON entry (kind, seq, offline, total_fen);
CREATE INDEX entry_offline ON entry (seq, kind, total_fen) WHERE offline = 1;
CREATE INDEX entry_owed ON entry (seq, kind, offline, total_fen) WHERE owed = 1;
CREATE INDEX entry_doubt ON entry (seq, kind, offline, total_fen) WHERE standing IN ('in doubt', 'pending');
CREATE INDEX entry_rejected ON entry (seq, kind, offline, total_fen) WHERE standing = 'rejected';
CREATE INDEX entry_voided ON entry (seq, kind, offline, total_fen) WHERE standing = 'reversed';

-- Rows of one amount lie all over the table, and each would cost a page to decrypt: this one holds them whole.
CREATE INDEX entry_amount ON entry (
    total_fen, seq, kind, offline, day, standing, owed, subject, tail, at, infno, fund_fen, account_fen, cash_fen, outside_fen,
    receipt, number, person, card, reason, attempts, words, original, setl_id
);

-- Between which rows those of a day lie: a day is a stretch of the table, however the clock was set meanwhile.
CREATE TABLE day (
    day INTEGER PRIMARY KEY,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    rows INTEGER NOT NULL
) STRICT;
