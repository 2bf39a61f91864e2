-- The registry. Written once, aside, and put in place whole; nobody changes it afterwards.

CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- id is the place in the file, of departments that of their first line.
CREATE TABLE department (
    id INTEGER PRIMARY KEY,
    dept_code TEXT NOT NULL UNIQUE,
    dept_name TEXT NOT NULL,
    caty TEXT NOT NULL,
    initials TEXT NOT NULL           -- letters of each place, joined by blanks
);

CREATE TABLE offer (
    id INTEGER PRIMARY KEY,
    department INTEGER NOT NULL,
    atddr_no TEXT NOT NULL,
    dr_name TEXT NOT NULL,
    fee_class TEXT NOT NULL,
    begntime TEXT NOT NULL,          -- yyyy-MM-dd HH:mm:ss, so that the order of texts is that of times; '' before all
    endtime TEXT NOT NULL,           -- exclusive; '' after all
    quota INTEGER,
    morning INTEGER NOT NULL,
    afternoon INTEGER NOT NULL,
    UNIQUE (department, atddr_no, fee_class, begntime)
);

CREATE TABLE fee (
    offer INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('registration', 'consultation')),
    fee_fen INTEGER NOT NULL CHECK (fee_fen > 0),
    medins_list_codg TEXT NOT NULL,
    med_list_codg TEXT NOT NULL,
    chrgitm_lv TEXT NOT NULL,
    selfpay_prop_e4 INTEGER NOT NULL,
    goods_kind TEXT NOT NULL,
    PRIMARY KEY (offer, kind)
) WITHOUT ROWID;
