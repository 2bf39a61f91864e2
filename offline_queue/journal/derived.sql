-- What follows from the records: kept in their transaction, made anew from them alone (derived.py). Each table but the
-- last five holds only what is still needed, so it stays small however long the journal gets.

DROP TABLE IF EXISTS open_subject;
DROP TABLE IF EXISTS due;
DROP TABLE IF EXISTS reversal;
DROP TABLE IF EXISTS not_agreed;
DROP TABLE IF EXISTS receipt;
DROP TABLE IF EXISTS slip_owed;
DROP TABLE IF EXISTS held_bill;
DROP TABLE IF EXISTS day_close;
DROP TABLE IF EXISTS sold_code;
DROP TABLE IF EXISTS registration;
DROP TABLE IF EXISTS charge;
DROP TABLE IF EXISTS open_pin;
DROP TABLE IF EXISTS settled;
DROP TABLE IF EXISTS stray;
DROP TABLE IF EXISTS open_difference;
DROP TABLE IF EXISTS open_return;

-- Intents that have no end yet.
CREATE TABLE open_subject (
    subject TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    owner BLOB NOT NULL,
    original TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Changes of a card's PIN that have no end: begun, and the card was not heard.
CREATE TABLE open_pin (
    subject TEXT PRIMARY KEY,
    owner BLOB NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What the sender owes the centre. `in_flight`: an earlier delivery may still arrive there.
CREATE TABLE due (
    msgid TEXT PRIMARY KEY,
    infno TEXT NOT NULL,
    lane TEXT NOT NULL,
    owner BLOB NOT NULL,
    after TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    in_flight INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The open or done void of a settlement: at most one.
CREATE TABLE reversal (
    original TEXT PRIMARY KEY,
    void TEXT NOT NULL,
    done INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Booked with other figures than were shown, and not agreed to. `declined`: its void is on the way; one that comes to
-- nothing leaves the question open again.
CREATE TABLE not_agreed (
    subject TEXT PRIMARY KEY,
    owner BLOB NOT NULL,
    declined INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last receipt number of an epoch.
CREATE TABLE receipt (
    epoch INTEGER PRIMARY KEY,
    number INTEGER NOT NULL
) STRICT;

-- Bills that were put aside and not recalled.
CREATE TABLE held_bill (
    subject TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Partial returns that are not over: one at a time of a settlement.
CREATE TABLE open_return (
    subject TEXT PRIMARY KEY,
    original TEXT NOT NULL UNIQUE,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The last close of a day: its number, and the last record that it counted.
CREATE TABLE day_close (
    number INTEGER PRIMARY KEY,
    subject TEXT NOT NULL,
    upto INTEGER NOT NULL
) STRICT;

-- Booked, and no slip of it was printed.
CREATE TABLE slip_owed (
    subject TEXT PRIMARY KEY,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Traceability codes of boxes that were sold here: each box is sold once. `slip`: the cash slip that the sale redeems.
-- `went_out`: 1 = a person said so of a doubt, 2 = paid in cash against it; then an end of the sale brings no box back.
CREATE TABLE sold_code (
    code TEXT NOT NULL,
    subject TEXT NOT NULL,
    slip TEXT NOT NULL,
    went_out INTEGER NOT NULL,
    PRIMARY KEY (code, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX sold_code_subject ON sold_code (subject);

-- Registrations of a clinic's desk (registrations.py), also those paid in cash. `slip`: the cash slip that it redeems. `epoch`, `queue`:
-- number in this half-day with this doctor, given by the booking and never again. `cancelled`: came to nothing, or was cancelled.
CREATE TABLE registration (
    subject TEXT PRIMARY KEY,
    ipt_otp_no TEXT NOT NULL,
    half TEXT NOT NULL,
    dept_code TEXT NOT NULL,
    atddr_no TEXT NOT NULL,
    fee_class TEXT NOT NULL,
    owner BLOB NOT NULL,
    slip TEXT NOT NULL,
    epoch INTEGER,
    queue INTEGER,
    receipt TEXT NOT NULL,
    cancelled INTEGER NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX registration_half ON registration (half, dept_code, atddr_no);
CREATE INDEX registration_number ON registration (ipt_otp_no);
CREATE INDEX registration_receipt ON registration (receipt);
CREATE INDEX registration_owner ON registration (owner, seq);

-- Charges of visits (charges.py). `begun`: steps sent of which the centre may keep something. `stands`: until it came to nothing or was voided.
CREATE TABLE charge (
    subject TEXT PRIMARY KEY,
    opened_by TEXT NOT NULL,
    owner BLOB NOT NULL,
    begun INTEGER NOT NULL,
    stands INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX charge_opened_by ON charge (opened_by);

-- What the centre accepted, by the day of its own time (settled.py): what a statement says. `refund`: the reversal of another row.
CREATE TABLE settled (
    setl_id TEXT PRIMARY KEY,
    msgid TEXT NOT NULL,
    day TEXT NOT NULL,
    insutype TEXT NOT NULL,
    clr_type TEXT NOT NULL,
    setl_optins TEXT NOT NULL,
    mdtrt_id TEXT NOT NULL,
    refund INTEGER NOT NULL,
    total_fen INTEGER NOT NULL,
    fund_fen INTEGER NOT NULL,
    account_fen INTEGER NOT NULL,
    cash_fen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX settled_day ON settled (day);

-- What a statement of a day that is over found, and only a person closes. `seq`: the record that tells of it.
CREATE TABLE open_difference (
    setl_id TEXT PRIMARY KEY,
    day TEXT NOT NULL,
    seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What a statement found at the centre alone and nobody here wants, until it is released. `void`: what releases it, empty = none yet.
CREATE TABLE stray (
    setl_id TEXT PRIMARY KEY,
    msgid TEXT NOT NULL,
    seq INTEGER NOT NULL,
    void TEXT NOT NULL
) STRICT, WITHOUT ROWID;
