-- The goods catalogue. Written once, aside, and put in place whole; nobody changes it afterwards.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- id is the place by popularity, then code: whatever walks ids upwards finds what is sold most first.
CREATE TABLE item (
    id INTEGER PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,
    med_list_codg TEXT NOT NULL,
    name TEXT NOT NULL,
    spec TEXT NOT NULL,
    prodentp_name TEXT NOT NULL,
    unit TEXT NOT NULL,
    barcodes TEXT NOT NULL,          -- joined by blanks
    trac_prefix TEXT NOT NULL,
    pric_e6 INTEGER NOT NULL,
    chrgitm_lv TEXT NOT NULL,
    selfpay_prop_e4 INTEGER NOT NULL,
    pric_uplmt_e6 INTEGER,
    goods_kind TEXT NOT NULL,
    manu_lotnum TEXT NOT NULL,
    expy_end TEXT NOT NULL,
    trac_required INTEGER NOT NULL,
    controls TEXT NOT NULL,          -- joined by blanks
    popularity INTEGER NOT NULL,
    initials TEXT NOT NULL           -- letters of each place, joined by blanks
);
CREATE UNIQUE INDEX item_trac ON item (trac_prefix) WHERE trac_prefix <> '';

CREATE TABLE barcode (barcode TEXT PRIMARY KEY, item INTEGER NOT NULL) WITHOUT ROWID;

-- The first items of every query of one or two characters, and of every beginning of barcodes that many items share.
CREATE TABLE top (query TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (query, item)) WITHOUT ROWID;
CREATE TABLE top_barcode (query TEXT NOT NULL, item INTEGER NOT NULL, PRIMARY KEY (query, item)) WITHOUT ROWID;

-- Longer queries: which items hold a part of three characters. A part is one token, whatever characters it is made of.
CREATE VIRTUAL TABLE gram USING fts5 (
    parts, content = '', columnsize = 0, detail = none, tokenize = "ascii tokenchars '!""#$%&''()*+,-./:;<=>?@[\]^_`{|}~'"
);
