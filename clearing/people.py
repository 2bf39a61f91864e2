"""Who is insured here, by which card; what this year has used; and which cards are reported lost."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, insert, or_, select, update

from clearing import card_accounts
from clearing.allowances import Holder
from clearing.errors import CardUnknown, Refused
from clearing.ledger import OPENING, available, next_number, number_of, post
from clearing.schema import card, opening, person, settlement
from nhsa import codes

_NOBODY = "未查询到参保人信息"
_REPORTED = "该社会保障卡已挂失，不能使用"


_RESIDENTS = {"14", "15", "16"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Insured:
    """One insured person."""

    psn_no: str
    certno: str
    psn_name: str
    admdvs: str
    psn_type: str


def scheme_of(insured: Insured) -> str:
    """Return the basic insurance that a person is in: minors and other residents by their type, else the employees'."""
    return codes.RESIDENT if insured.psn_type[:2] in _RESIDENTS else codes.EMPLOYEE


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One social-security card. ``reported``: when it was reported lost, empty = it was not."""

    card_no: str
    card_sn: str
    psn_no: str
    reported: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """A person, a card, and what stood before this centre began to count."""

    insured: Insured
    card_no: str
    card_sn: str
    account_fen: int
    deductible_fen: int
    fund_fen: int
    loaded_fen: int = 0
    """Of the account, what stands on the card itself."""
    proof_key: str = ""


def enrol(db: Connection, wanted: Enrolment, at: str) -> None:
    """Take a person and a card into the books, once: what is already there stays as it is.

    Raises :class:`Refused` when a number belongs to somebody else.
    """
    insured = wanted.insured
    same = select(person.c.psn_no, person.c.certno).where(or_(person.c.psn_no == insured.psn_no, person.c.certno == insured.certno))
    known = db.execute(same).all()
    if any((row.psn_no, row.certno) != (insured.psn_no, insured.certno) for row in known):
        raise Refused("psn_no/certno")
    if not known:
        members = {name: getattr(insured, name) for name in Insured.__slots__}
        db.execute(insert(person).values(members))
        used = {"deductible_fen": wanted.deductible_fen, "fund_fen": wanted.fund_fen}
        db.execute(insert(opening).values(psn_no=insured.psn_no, year=at[:4], **used))
        post(db, "opening", insured.psn_no, at, {OPENING: -wanted.account_fen, available(insured.psn_no): wanted.account_fen})
    held = db.execute(select(card.c.psn_no).where(card.c.card_no == wanted.card_no)).scalar()
    if held is not None and held != insured.psn_no:
        raise Refused("card_no")
    if wanted.card_no and held is None:
        db.execute(insert(card).values(card_no=wanted.card_no, card_sn=wanted.card_sn, psn_no=insured.psn_no))
        if wanted.loaded_fen:
            card_accounts.load(db, Holder(insured.psn_no, wanted.card_no), fen=wanted.loaded_fen, proof_key=wanted.proof_key, at=at)


def insured_of(db: Connection, psn_no: str) -> Insured:
    """Return the person with the number ``psn_no``. Raises :class:`Refused`."""
    found = db.execute(select(person).where(person.c.psn_no == psn_no)).mappings().first()
    if found is None:
        raise Refused(_NOBODY)
    return Insured(**found)


def insured_by_certno(db: Connection, certno: str) -> Insured:
    """Return the person with the identity number ``certno``. Raises :class:`Refused`."""
    found = db.execute(select(person).where(person.c.certno == certno)).mappings().first()
    if found is None:
        raise Refused(_NOBODY)
    return Insured(**found)


def card_of(db: Connection, card_no: str, *, card_sn: str = "", psn_no: str = "") -> Card:
    """Return the card ``card_no``. Raises :class:`Refused` when it is unknown, not what it says, or somebody else's."""
    found = db.execute(select(card).where(card.c.card_no == card_no)).mappings().first()
    if found is None:
        raise Refused(_NOBODY)
    held = Card(**found)
    if card_sn and held.card_sn and card_sn != held.card_sn:
        raise Refused("卡识别码与中心登记不符")
    if psn_no and psn_no != held.psn_no:
        raise Refused("卡与人员编号不符")
    return held


def refuse_if_reported(held: Card, at: str) -> None:
    """Raise :class:`Refused` when the card was reported lost at ``at`` or before."""
    if held.reported and held.reported <= at:
        raise Refused(_REPORTED)


def cards_of(db: Connection, psn_no: str) -> list[Card]:
    """Return the cards of a person."""
    return [Card(**row) for row in db.execute(select(card).where(card.c.psn_no == psn_no).order_by(card.c.card_no)).mappings()]


def accumulated(db: Connection, psn_no: str, year: str) -> tuple[int, int]:
    """Return (deductible used, fund paid) in fen of the sales of ``year``, reversals taken off."""
    row = db.execute(select(opening).where(opening.c.psn_no == psn_no, opening.c.year == year)).mappings().first()
    deductible_fen, fund_fen = (row["deductible_fen"], row["fund_fen"]) if row else (0, 0)
    of_year = (settlement.c.psn_no == psn_no, settlement.c.begntime.startswith(year), settlement.c.corrected == 0)
    for text in db.execute(select(settlement.c.figures).where(*of_year)).scalars():
        figures = json.loads(text)
        deductible_fen += figures["act_pay_dedc"]
        fund_fen += figures["fund_pay_sumamt"]
    return deductible_fen, fund_fen


# --- cards reported lost -------------------------------------------------------------------------------


def report_loss(db: Connection, *, card_no: str = "", certno: str = "", at: str) -> int:
    """Put a card, or every card of a person, on the hotlist and return its version. Raises :class:`CardUnknown`.

    A card that is on it already keeps the time of its first report.
    """
    holders = select(person.c.psn_no).where(person.c.certno == certno)
    wanted = or_(card.c.card_no == card_no, card.c.psn_no.in_(holders))
    known = db.execute(select(card.c.reported).where(wanted)).scalars().all()
    if not known:
        raise CardUnknown
    if "" not in known:
        return number_of(db, "hotlist")
    db.execute(update(card).where(wanted, card.c.reported == "").values(reported=at))
    return next_number(db, "hotlist")


def hotlist(db: Connection) -> tuple[int, tuple[str, ...]]:
    """Return version and card numbers of the hotlist."""
    numbers = db.execute(select(card.c.card_no).where(card.c.reported != "").order_by(card.c.card_no)).scalars()
    return number_of(db, "hotlist"), tuple(numbers)
