"""The centre's tables. Amounts are integer fen; times are China time as text.

``movement`` and ``entry`` are the double-entry ledger: rows are added and never changed, the entries of a
movement add up to zero, and ``account.balance_fen`` is the sum of its entries. The database itself refuses
an overdrawn person, a second live reversal, a second visit under one number and a second live line under one.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()

person = Table(
    "person",
    metadata,
    Column("psn_no", String(30), primary_key=True),
    Column("certno", String(50), nullable=False, unique=True),
    Column("psn_name", String(50), nullable=False),
    Column("admdvs", String(6), nullable=False),
    Column("psn_type", String(6), nullable=False),
)

card = Table(
    "card",
    metadata,
    Column("card_no", String(9), primary_key=True),
    Column("card_sn", String(32), nullable=False),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False, index=True),
    Column("reported", String(19), nullable=False, server_default=""),
)
"""``reported``: when the card was reported lost, empty = it was not."""

ecert_code = Table(
    "ecert_code",
    metadata,
    Column("code", String(28), primary_key=True),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False, index=True),
    Column("until", String(19), nullable=False),
)
"""What a phone shows now: the e-certificate's code, until when it counts."""

ecert_token = Table(
    "ecert_token",
    metadata,
    Column("token", String(50), primary_key=True),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False),
    Column("fixmedins_code", String(12), nullable=False),
    Column("until", String(19), nullable=False),
)
"""What a code was exchanged for, at which institution."""

opening = Table(
    "opening",
    metadata,
    Column("psn_no", ForeignKey("person.psn_no"), primary_key=True),
    Column("year", String(4), nullable=False),
    Column("deductible_fen", BigInteger, nullable=False),
    Column("fund_fen", BigInteger, nullable=False),
)
"""What the year had used before this centre began to count."""

account = Table(
    "account",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("balance_fen", BigInteger, nullable=False),
    CheckConstraint("balance_fen >= 0 OR kind NOT IN ('available', 'earmark')", name="nobody_overdrawn"),
)

movement = Table(
    "movement",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(12), nullable=False),
    Column("subject", String(40), nullable=False),
    Column("at", String(19), nullable=False),
)

entry = Table(
    "entry",
    metadata,
    Column("movement", ForeignKey("movement.number"), primary_key=True),
    Column("account", ForeignKey("account.name"), primary_key=True),
    Column("amount_fen", BigInteger, nullable=False),
)

earmark = Table(
    "earmark",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False, index=True),
    Column("card_no", ForeignKey("card.card_no"), nullable=False),
    Column("generation", Integer, nullable=False),
    Column("grant_fen", BigInteger, nullable=False),
    Column("not_after", String(1), nullable=False),
    Column("granted", String(19), nullable=False),
    Column("release_on", String(10), nullable=False),
    Column("parent", ForeignKey("earmark.number")),
    Column("read_fen", BigInteger),
    Column("seen", String(19), nullable=False, server_default=""),
    Column("state", String(6), nullable=False),
    Index("due_for_release", "state", "release_on"),
)
"""One generation of one card's allowance. ``parent``, ``read_fen``: the generation that the card carried when this
one was asked for, and the amount read on it then; ``seen``: when this one was first seen on the card;
``release_on``: the first day on which nothing of it can be in any queue."""

card_account = Table(
    "card_account",
    metadata,
    Column("card_no", ForeignKey("card.card_no"), primary_key=True),
    Column("proof_key", String(32), nullable=False),
)
"""Cards that keep an amount and debit by themselves. ``proof_key``: what their TACs are made with; empty when it is not held here."""

card_debit = Table(
    "card_debit",
    metadata,
    Column("card_no", ForeignKey("card.card_no"), primary_key=True),
    Column("sequence", Integer, primary_key=True),
    Column("moment", String(14), primary_key=True),
    Column("msgid", String(30), nullable=False),
    Column("unchecked", String(10), nullable=False),
)
"""Each debit of such a card that was settled, once. ``unchecked``: why its TAC was not; empty when it was."""

settlement = Table(
    "settlement",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("setl_id", String(30), nullable=False, unique=True),
    Column("mdtrt_id", String(30), nullable=False, index=True),
    Column("infno", String(5), nullable=False),
    Column("msgid", String(30), nullable=False, index=True),
    Column("original", ForeignKey("settlement.setl_id")),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False, index=True),
    Column("card_no", String(9), nullable=False),
    Column("mdtrt_cert_type", String(3), nullable=False),
    Column("insutype", String(6), nullable=False),
    Column("med_type", String(6), nullable=False),
    Column("admdvs", String(6), nullable=False),
    Column("fixmedins_code", String(12), nullable=False),
    Column("begntime", String(19), nullable=False),
    Column("setl_time", String(19), nullable=False),
    Column("pack", String(20), nullable=False),
    Column("figures", Text, nullable=False),
    Column("debit", Text, nullable=False, server_default=""),
    Column("covered_fen", BigInteger, nullable=False, server_default="0"),
    Column("corrected", Integer, nullable=False, server_default="0"),
    Index("one_live_reversal", "original", unique=True, sqlite_where=text("corrected = 0"), postgresql_where=text("corrected = 0")),
)
"""``debit``: the card's evidence of an off-line sale, ``covered_fen`` what its earmark gave; ``corrected``: 2601 undid it."""

institution = Table(
    "institution",
    metadata,
    Column("fixmedins_code", String(12), primary_key=True),
    Column("venue", String(10), nullable=False),
    Column("hosp_lv", String(1), nullable=False),
)
"""Clinics and hospitals that may open visits. A pharmacy needs no row."""

visit = Table(
    "visit",
    metadata,
    Column("mdtrt_id", String(30), primary_key=True),
    Column("ipt_otp_no", String(30), nullable=False),
    Column("fixmedins_code", ForeignKey("institution.fixmedins_code"), nullable=False),
    Column("psn_no", ForeignKey("person.psn_no"), nullable=False, index=True),
    Column("insutype", String(6), nullable=False),
    Column("admdvs", String(6), nullable=False),
    Column("begntime", String(19), nullable=False),
    Column("registered", String(19), nullable=False),
    Column("registration", Text, nullable=False),
    Column("med_type", String(6), nullable=False, server_default=""),
    Column("told", Text, nullable=False, server_default=""),
    Column("cancelled", String(19), nullable=False, server_default=""),
    UniqueConstraint("fixmedins_code", "ipt_otp_no", name="one_visit_per_number"),
)
"""``registration``: the input of 2201; ``told``: the last input of 2203, empty = none yet; ``cancelled``: when 2202 took it back."""

fee_line = Table(
    "fee_line",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("mdtrt_id", ForeignKey("visit.mdtrt_id"), nullable=False),
    Column("chrg_bchno", String(30), nullable=False),
    Column("feedetl_sn", String(30), nullable=False),
    Column("med_type", String(6), nullable=False),
    Column("dise_codg", String(30), nullable=False),
    Column("detail", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("cancelled", String(19), nullable=False, server_default=""),
    Index(
        "one_live_line",
        "mdtrt_id",
        "feedetl_sn",
        unique=True,
        sqlite_where=text("cancelled = ''"),
        postgresql_where=text("cancelled = ''"),
    ),
)
"""One line as it was uploaded and as it was cut; ``med_type``: what the visit was told to be then."""

settled_line = Table(
    "settled_line",
    metadata,
    Column("setl_id", ForeignKey("settlement.setl_id"), primary_key=True),
    Column("line", ForeignKey("fee_line.number"), primary_key=True, index=True),
)
"""Which lines a settlement paid. They are open again when it is reversed or corrected."""

sold_box = Table(
    "sold_box",
    metadata,
    Column("code", String(30), primary_key=True),
    Column("setl_id", ForeignKey("settlement.setl_id"), primary_key=True, index=True),
)
"""Which boxes a settlement was for, by their traceability codes. They may be sold again when it is reversed or corrected."""

tombstone = Table(
    "tombstone",
    metadata,
    Column("msgid", String(30), primary_key=True),
    Column("infno", String(5), nullable=False),
    Column("at", String(19), nullable=False),
)
"""Message ids that 2601 undid, executed or not: refused for ever."""

exchange = Table(
    "exchange",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("msgid", String(30), nullable=False, index=True),
    Column("infno", String(5), nullable=False),
    Column("fixmedins_code", String(12), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("infcode", Integer, nullable=False),
    Column("err_msg", Text, nullable=False),
    Column("output", Text, nullable=False),
    Column("at", String(19), nullable=False),
)
"""What was answered to every message that moves money."""

evidence = Table(
    "evidence",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("msgid", String(30), nullable=False),
    Column("psn_no", String(30), nullable=False, index=True),
    Column("card_no", String(9), nullable=False),
    Column("record", Text, nullable=False),
    Column("at", String(19), nullable=False),
)
"""Off-line records as tills read them."""

sign_in = Table(
    "sign_in",
    metadata,
    Column("sign_no", String(30), primary_key=True),
    Column("opter_no", String(20), nullable=False),
    Column("fixmedins_code", String(12), nullable=False),
    Column("at", String(19), nullable=False),
    Column("requests", Integer, nullable=False),
    Column("ended", Integer, nullable=False),
)

counter = Table(
    "counter",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("value", BigInteger, nullable=False),
)
"""Running numbers of ids, and the version of the hotlist."""

statement_file = Table(
    "statement_file",
    metadata,
    Column("file_qury_no", String(30), primary_key=True),
    Column("fixmedins_code", String(12), nullable=False, index=True),
    Column("filename", String(200), nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("at", String(19), nullable=False),
)
"""Files that counters sent up (9101), and the results that lie ready for them (9102)."""

till_chain = Table(
    "till_chain",
    metadata,
    Column("fixmedins_code", String(12), primary_key=True),
    Column("till", String(2), primary_key=True),
    Column("epoch", BigInteger, nullable=False),
    Column("count", BigInteger, nullable=False),
    Column("head", String(64), nullable=False),
    Column("at", String(19), nullable=False),
    Column("forked", String(19), nullable=False, server_default=""),
)
"""How far each till's journal has come, as its sender told it. ``forked``: when two journals of one till were seen; both stop."""

stated = Table(
    "stated",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("infno", String(5), nullable=False),
    Column("fixmedins_code", String(12), nullable=False, index=True),
    Column("day", String(10), nullable=False),
    Column("insutype", String(6), nullable=False),
    Column("clr_type", String(6), nullable=False),
    Column("setl_optins", String(6), nullable=False),
    Column("fixmedins_setl_cnt", Integer, nullable=False),
    Column("medfee_fen", BigInteger, nullable=False),
    Column("fund_fen", BigInteger, nullable=False),
    Column("account_fen", BigInteger, nullable=False),
    Column("stmt_rslt", String(6), nullable=False),
    Column("file_qury_no", String(30), nullable=False, server_default=""),
    Column("at", String(19), nullable=False),
)
"""What institutions stated of a day (3201; 3202 with the file that it came by), and what was found."""

clearing_application = Table(
    "clearing_application",
    metadata,
    Column("clr_appy_evt_id", String(30), primary_key=True),
    Column("fixmedins_code", String(12), nullable=False, index=True),
    Column("insutype", String(6), nullable=False),
    Column("clr_type", String(6), nullable=False),
    Column("setl_optins", String(6), nullable=False),
    Column("begndate", String(10), nullable=False),
    Column("enddate", String(10), nullable=False),
    Column("at", String(19), nullable=False),
    Column("cancelled", String(19), nullable=False, server_default=""),
)
"""Periods that institutions applied to have cleared (3203). What one covers is reversed by nobody until it is cancelled (3204)."""
