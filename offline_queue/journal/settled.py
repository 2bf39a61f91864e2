"""What the centre accepted, by the day of its own time: the counter's side of a statement; and what stands there alone.

A settlement that was accepted is a row of ``settled``; so is the reversal of one. A settlement that a statement found at the centre, and
that nobody wants here, is a row of ``stray`` until the void that releases it is done. What only a person closes is a row of
``open_difference``: until it is closed, or a later statement of that day does not name it any more.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from offline_queue.journal.store import Driver
from offline_queue.journal.values import Json
from settlement import by_hand
from settlement.errors import ProtocolMisuse
from settlement.statement import Amounts, Group, Stated

_REVERSALS = frozenset({"2103", "2208"})


@dataclass(frozen=True, slots=True, kw_only=True)
class SettledRow:
    """One accepted settlement or reversal."""

    msgid: str
    group: Group
    stated: Stated
    """With the account apart from the fund."""
    cash_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """A settlement that stands at the centre alone."""

    setl_id: str
    msgid: str
    """What made it: of this till, or what its number says."""
    seq: int
    """The record that tells of it."""


def subject_of(day: str) -> str:
    """Return under which subject the statements of a day stand in the journal."""
    return f"statement {day}"


def keep(db: Driver, subject: str, body: Json) -> None:
    """Keep what stands at the centre, once; journals of before did not note by what it is cleared."""
    cleared = body.get("cleared")
    if not cleared or not body["figures"]:
        return
    figures = body["figures"]
    row = (
        body["setl_id"],
        subject,
        cleared["setl_time"][:10],
        cleared["insutype"],
        cleared["clr_type"],
        cleared["setl_optins"],
        body["mdtrt_id"],
        int(body["infno"] in _REVERSALS),
        figures["medfee_sumamt"],
        figures["fund_pay_sumamt"],
        figures["acct_pay"],
        figures["psn_cash_pay"],
    )
    db.execute("INSERT OR IGNORE INTO settled VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)


def stray_found(db: Driver, subject: str, body: Json, seq: int) -> None:
    """Note a settlement that somebody must release. Raises :class:`ProtocolMisuse` for one that is noted already."""
    if db.execute("INSERT OR IGNORE INTO stray VALUES (?, ?, ?, '')", (body["setl_id"], subject, seq)).rowcount == 0:
        message = f"{body['setl_id']} is noted as standing alone already"
        raise ProtocolMisuse(message)
    # From now on it is stated, and its release as well: a pair of rows.
    keep(db, subject, body)


def adopted(db: Driver, setl_id: str) -> None:
    """Forget a stray that is ours after all. Raises :class:`ProtocolMisuse` for what was never found so."""
    if db.execute("DELETE FROM stray WHERE setl_id = ? AND void = ''", (setl_id,)).rowcount == 0:
        message = f"{setl_id} does not stand alone at the centre"
        raise ProtocolMisuse(message)


def release_intended(db: Driver, setl_id: str, void: str) -> None:
    """Tie the void that releases a stray to it, one at a time. Raises :class:`ProtocolMisuse`."""
    if db.execute("UPDATE stray SET void = ? WHERE setl_id = ? AND void = ''", (void, setl_id)).rowcount == 0:
        message = f"{setl_id} does not stand alone at the centre, or has an open void already"
        raise ProtocolMisuse(message)


def release_ended(db: Driver, void: str, *, done: bool) -> None:
    """Forget a stray that is released; one whose release came to nothing stays, and its void with it: a person looks."""
    if done:
        db.execute("DELETE FROM stray WHERE void = ?", (void,))


def stated(db: Driver, day: str, named: Iterable[Json]) -> None:
    """Forget the open differences of a day that its newest statement does not name."""
    still = {one["setl_id"] for one in named}
    gone = [setl_id for (setl_id,) in db.execute("SELECT setl_id FROM open_difference WHERE day = ?", (day,)).fetchall()]
    for setl_id in gone:
        if setl_id not in still:
            db.execute("DELETE FROM open_difference WHERE setl_id = ?", (setl_id,))


def difference_found(db: Driver, setl_id: str, day: str, seq: int) -> None:
    """Note what a person has to close. Raises :class:`ProtocolMisuse` for what is noted already."""
    if db.execute("INSERT OR IGNORE INTO open_difference VALUES (?, ?, ?)", (setl_id, day, seq)).rowcount == 0:
        message = f"the difference of {setl_id} is noted already"
        raise ProtocolMisuse(message)


def difference_closed(db: Driver, how: str, row: Json) -> None:
    """Have both sides state the same from now on. Raises :class:`ProtocolMisuse` for what is not open."""
    if db.execute("DELETE FROM open_difference WHERE setl_id = ?", (row["setl_id"],)).rowcount == 0:
        message = f"the difference of {row['setl_id']} is not open"
        raise ProtocolMisuse(message)
    if how in {by_hand.How.CLAIMED, by_hand.How.TAKEN}:
        db.execute("DELETE FROM settled WHERE setl_id = ?", (row["setl_id"],))
    if how in by_hand.STATED:
        keep(db, row["msgid"], row)


def open_differences(db: Driver) -> list[int]:
    """Return the records of what a person has to close, oldest first."""
    return [seq for (seq,) in db.execute("SELECT seq FROM open_difference ORDER BY seq").fetchall()]


def is_open(db: Driver, setl_id: str) -> bool:
    """Whether a person has to close the difference of a settlement of the centre's."""
    return db.execute("SELECT 1 FROM open_difference WHERE setl_id = ?", (setl_id,)).fetchone() is not None


def on_day(db: Driver, day: str) -> list[SettledRow]:
    """Return what was accepted on a day of the centre's time, oldest first."""
    sql = """SELECT setl_id, msgid, insutype, clr_type, setl_optins, mdtrt_id, refund, total_fen, fund_fen, account_fen, cash_fen
             FROM settled WHERE day = ? ORDER BY msgid, setl_id"""
    return [
        SettledRow(
            msgid=msgid,
            group=Group(insutype=insutype, clr_type=clr_type, setl_optins=setl_optins),
            stated=Stated(
                setl_id=setl_id,
                mdtrt_id=mdtrt_id,
                msgid=msgid,
                refund=bool(refund),
                amounts=Amounts(total_fen=total_fen, fund_fen=fund_fen, account_fen=account_fen),
            ),
            cash_fen=cash_fen,
        )
        for setl_id, msgid, insutype, clr_type, setl_optins, mdtrt_id, refund, total_fen, fund_fen, account_fen, cash_fen in db.execute(
            sql, (day,)
        ).fetchall()
    ]


def days(db: Driver, since: str) -> list[str]:
    """Return the days since ``since`` on which anything was accepted, in order."""
    return [day for (day,) in db.execute("SELECT DISTINCT day FROM settled WHERE day >= ? ORDER BY day", (since,)).fetchall()]


def strays(db: Driver, *, waiting: bool) -> list[Stray]:
    """Return what stands at the centre alone, oldest first; ``waiting``: only what has no void yet."""
    sql = "SELECT setl_id, msgid, seq FROM stray WHERE void = '' OR NOT ? ORDER BY seq"
    return [Stray(setl_id=setl_id, msgid=msgid, seq=seq) for setl_id, msgid, seq in db.execute(sql, (waiting,)).fetchall()]


def is_kept(db: Driver, setl_id: str) -> bool:
    """Whether a settlement or reversal of the centre is stated here."""
    return db.execute("SELECT 1 FROM settled WHERE setl_id = ?", (setl_id,)).fetchone() is not None
