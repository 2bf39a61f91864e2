"""A centre that was restored from a backup is refilled from the tills: what it had answered is booked again as it was answered (YX06).

A till may tell it only where this centre has signed more of its journal than it knows now: the checkpoint proves the loss (commit-protocol
section 8). Numbers, figures and times are those of the answer, so slips, reversals and statements of the counter hold as they are.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from clearing import allowances, boxes, card_accounts, chains, people
from clearing.errors import Refused
from clearing.ledger import available, balance_fen, raise_number
from clearing.pricing import PolicyOf, policy_in_force
from clearing.schema import settlement
from clearing.settlements import NO_COVER, PHARMACY_SALE, Funds, Place, book_reversal, book_sale, booked_of, codes_of, reversal_of, sold
from nhsa import codes, extension
from nhsa.envelope import Request
from nhsa.pharmacy import ReversalQuery, SettlementRequest
from nhsa.reading import decode
from settlement.figures import Figures

BOOKED, THERE, NOTHING = "booked", "there", "nothing"
_DIGITS = 10
"""Of the running number at the end of a settlement's id."""


def refuse_unless_lost(db: Connection, request: Request, signed: extension.Checkpoint, public_key: str) -> None:
    """Raise :class:`Refused` unless this centre signed more of the till's journal than it knows."""
    place = (signed.till, signed.epoch, signed.count, signed.head)
    try:
        extension.verify(public_key, signed.signature, "checkpoint", request.fixmedins_code, *place, signed.signed_time)
    except extension.NotSigned as error:
        raise Refused("检查点不是本中心签名的，不能补记") from error
    known = chains.known_count(db, request.fixmedins_code, signed.till, epoch=signed.epoch)
    if known is None or known >= signed.count:
        raise Refused("本中心没有丢失该收银台的记录，不能补记")


def settle(db: Connection, request: Request, lost: extension.LostSettlement, policy_of: PolicyOf) -> str:
    """Book a sale or a reversal again; return what became of it. Raises :class:`Refused` where its place or its money is taken."""
    same = select(settlement.c.msgid).where(settlement.c.setl_id == lost.setl_id)
    if (holder := db.execute(same).scalar()) is not None:
        if holder != lost.msgid:
            raise Refused("结算流水号已是另一笔结算的，不能补记")
        return THERE
    if db.execute(select(settlement.c.setl_id).where(settlement.c.msgid == lost.msgid, settlement.c.corrected == 0)).first() is not None:
        return THERE
    try:
        content = decode(lost.input.encode())
    except ValueError as error:
        raise Refused("补记的原报文不正确") from error
    told = _sell(db, request, lost, content, policy_of) if lost.infno == PHARMACY_SALE else _reverse(db, request, lost, content)
    for name, number in (("setl", lost.setl_id), ("mdtrt", lost.mdtrt_id)):
        if number[-_DIGITS:].isdigit():
            raise_number(db, name, int(number[-_DIGITS:]))
    return told


def grant(db: Connection, lost: extension.LostGrant, policy_of: PolicyOf) -> str:
    """Earmark again what a till wrote onto a card, or was about to. Raises :class:`Refused` where the money is not there any more."""
    people.card_of(db, lost.card_no, card_sn=lost.card_sn, psn_no=lost.psn_no)
    holder = allowances.Holder(lost.psn_no, lost.card_no)
    policy = policy_in_force(policy_of, people.insured_of(db, lost.psn_no).admdvs, lost.at)
    told = BOOKED
    if allowances.holds(db, holder, generation=lost.generation, grant_fen=lost.grant_fen):
        told = THERE
    elif balance_fen(db, available(lost.psn_no)) < lost.grant_fen:
        raise Refused("账户余额不足，不能补记")
    else:
        allowances.grant_again(db, holder, lost.record.record(), policy, generation=lost.generation, grant_fen=lost.grant_fen, at=lost.at)
    if lost.seen:
        allowances.saw(db, holder, generation=lost.generation, counter=1, at=lost.at)
    return told


def _sell(db: Connection, request: Request, lost: extension.LostSettlement, content: dict[str, Any], policy_of: PolicyOf) -> str:
    wanted = SettlementRequest.model_validate({name: content.get(name) for name in ("druginfo", "drugdetail")})
    head, figures = wanted.druginfo, _figures(lost)
    insured = people.insured_of(db, head.psn_no)
    by_card = head.mdtrt_cert_type == codes.CARD
    card_no = people.card_of(db, head.mdtrt_cert_no, psn_no=insured.psn_no).card_no if by_card else ""
    debit = extension.carried(head.expContent)
    cover = NO_COVER
    if isinstance(debit, extension.CardDebit):
        cover = card_accounts.accept(db, allowances.Holder(insured.psn_no, card_no), debit, lost.msgid)
    elif debit is not None:
        holder = allowances.Holder(insured.psn_no, card_no)
        # The debit itself shows that this generation was on the card.
        allowances.saw(db, holder, generation=debit.generation, counter=debit.counter_after, at=lost.setl_time)
        cover = allowances.cover(db, holder, generation=debit.generation, debit_fen=debit.debit_fen)
    if debit is not None and cover.fen < figures.acct_pay:
        # Its grant may be told by another till, and then this is booked.
        raise Refused("该卡的脱机额度尚未补记")
    funds = Funds(account_fen=cover.fen, debit=debit, cover=cover)
    if balance_fen(db, available(insured.psn_no)) + funds.returned_fen(figures) < 0:
        raise Refused("账户余额不足，不能补记")
    policy = policy_in_force(policy_of, request.mdtrtarea_admvs, head.begntime)
    place = Place(lost.setl_id, lost.mdtrt_id, lost.msgid, lost.setl_time)
    booked = sold(request, head, place, card_no=card_no, funds=funds, pack=policy.pack, figures=figures)
    book_sale(db, booked, funds)
    # They left the shop long ago: a box that was sold again meanwhile is named by the audit.
    boxes.sell(db, booked.setl_id, codes_of(wanted), msgid=lost.msgid, offline=True)
    return BOOKED


def _reverse(db: Connection, request: Request, lost: extension.LostSettlement, content: dict[str, Any]) -> str:
    query = ReversalQuery.model_validate(content.get("data"))
    found = db.execute(select(settlement).where(settlement.c.setl_id == query.setl_id, settlement.c.corrected == 0)).mappings().first()
    if found is None:
        # What it released was lost with it.
        return NOTHING
    if found["fixmedins_code"] != request.fixmedins_code or reversal_of(db, query.setl_id) is not None:
        raise Refused("原结算已经退费，不能再次退费")
    original = booked_of(found)
    figures = _figures(lost)
    book_reversal(db, original.released(setl_id=lost.setl_id, infno=lost.infno, msgid=lost.msgid, at=lost.setl_time, figures=figures))
    return BOOKED


def _figures(lost: extension.LostSettlement) -> Figures:
    try:
        return Figures(**lost.figures)
    except TypeError as error:
        raise Refused("补记的金额项目不正确") from error
