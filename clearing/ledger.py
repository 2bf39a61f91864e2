"""The double-entry ledger: a person's money is available or earmarked, and every movement adds up to zero.

Accounts: ``available/<psn_no>`` and ``earmark/<number>`` hold what a person may spend; ``fund/<admdvs>`` what
the pooled fund has paid (negative); ``institution/<code>`` what the centre owes a shop; ``opening`` where the
balances came from. Cash never passes through the centre and is in no account.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, func, insert, select, update

from clearing.errors import Unbalanced
from clearing.schema import account, counter, entry, movement
from settlement.figures import Figures

OPENING = "opening"


def available(psn_no: str) -> str:
    """Name the account that on-line sales spend."""
    return f"available/{psn_no}"


def earmarked(number: int) -> str:
    """Name the account of one generation of a card's allowance."""
    return f"earmark/{number}"


def balance_fen(db: Connection, name: str) -> int:
    """Return what an account holds; one that was never used holds nothing."""
    return db.execute(select(account.c.balance_fen).where(account.c.name == name)).scalar() or 0


def post(db: Connection, kind: str, subject: str, at: str, entries: Mapping[str, int]) -> None:
    """Book one movement. Raises :class:`Unbalanced`; the database refuses to overdraw a person."""
    if sum(entries.values()):
        raise Unbalanced(kind)
    number = db.execute(insert(movement).values(kind=kind, subject=subject, at=at).returning(movement.c.number)).scalar_one()
    for name, amount_fen in entries.items():
        if not amount_fen:
            continue
        changed = db.execute(update(account).where(account.c.name == name).values(balance_fen=account.c.balance_fen + amount_fen))
        if not changed.rowcount:
            db.execute(insert(account).values(name=name, kind=name.partition("/")[0], balance_fen=amount_fen))
        db.execute(insert(entry).values(movement=number, account=name, amount_fen=amount_fen))


def shares(figures: Figures, *, admdvs: str, fixmedins_code: str) -> dict[str, int]:
    """Return the entries of a settlement except the person's: the fund pays, the institution is owed fund and account."""
    owed_fen = figures.fund_pay_sumamt + figures.acct_pay
    return {f"fund/{admdvs}": -figures.fund_pay_sumamt, f"institution/{fixmedins_code}": owed_fen}


def balanced(db: Connection) -> bool:
    """Whether every movement adds up to zero and every balance is the sum of its entries."""
    summed = func.sum(entry.c.amount_fen)
    crooked = db.execute(select(entry.c.movement).group_by(entry.c.movement).having(summed != 0).limit(1)).first()
    booked = db.execute(select(entry.c.account, summed).group_by(entry.c.account)).all()
    held = db.execute(select(account.c.name, account.c.balance_fen)).all()
    return crooked is None and sorted(booked) == sorted(held)


def next_number(db: Connection, name: str) -> int:
    """Return the next running number of ``name``, from 1."""
    changed = db.execute(update(counter).where(counter.c.name == name).values(value=counter.c.value + 1))
    if not changed.rowcount:
        db.execute(insert(counter).values(name=name, value=1))
    return number_of(db, name)


def raise_number(db: Connection, name: str, value: int) -> None:
    """Let no running number of ``name`` up to ``value`` be taken again."""
    while number_of(db, name) < value:
        changed = db.execute(update(counter).where(counter.c.name == name).values(value=value))
        if not changed.rowcount:
            db.execute(insert(counter).values(name=name, value=value))


def number_of(db: Connection, name: str) -> int:
    """Return the running number of ``name`` as it stands, 0 when none was taken."""
    return db.execute(select(counter.c.value).where(counter.c.name == name)).scalar() or 0
