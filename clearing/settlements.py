"""2101, 2102, 2103, 2208 and 2601: what each does to the ledger. What 2207 does stands in :mod:`clearing.outpatient`.

An on-line sale spends ``available``. An off-line one brings the card's evidence: its earmark is lowered by the
card's debit whatever the claim comes to here; what the account share does not need returns to ``available``,
and what it would need beyond is the person's cash. A reversal releases to ``available``, never to the earmark.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from sqlalchemy import Connection, RowMapping, insert, select, update

from clearing import allowances, boxes, card_accounts, certificates, fee_lines, people, readings
from clearing.errors import Refused
from clearing.ledger import available, balance_fen, next_number, post, shares
from clearing.pricing import Claim, PolicyOf, bill_of, policy_in_force, price_claim
from clearing.schema import settlement, tombstone
from nhsa import codes, extension
from nhsa.correction import CorrectionQuery
from nhsa.envelope import Request
from nhsa.outpatient import BatchReversal
from nhsa.pharmacy import DrugInfo, ReversalQuery, SettlementRequest
from settlement.bill import Benefit
from settlement.figures import Figures

PHARMACY_SALE, BATCH_SALE = "2102", "2207"
RELEASES = {"2103": PHARMACY_SALE, "2208": BATCH_SALE}
"""What each reversal releases."""
SALES = frozenset(RELEASES.values())
NO_COVER = allowances.Cover("", 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booked:
    """One row of the ledger: a settlement or the reversal of one, not undone by 2601."""

    setl_id: str
    mdtrt_id: str
    infno: str
    msgid: str
    original: str
    psn_no: str
    card_no: str
    mdtrt_cert_type: str
    insutype: str
    med_type: str
    admdvs: str
    fixmedins_code: str
    begntime: str
    setl_time: str
    pack: str
    figures: Figures
    debit: str = ""
    covered_fen: int = 0

    def released(self, *, setl_id: str, infno: str, msgid: str, at: str, figures: Figures) -> Booked:
        """Return the reversal of this settlement."""
        place = {"setl_id": setl_id, "infno": infno, "msgid": msgid, "setl_time": at}
        return replace(self, original=self.setl_id, figures=figures, debit="", covered_fen=0, **place)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a settlement stands in the ledger: its ids, whose message it answers, and when."""

    setl_id: str
    mdtrt_id: str
    msgid: str
    at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Funds:
    """What pays the account share of one sale: what is available, or the earmark behind the card's debit."""

    account_fen: int
    debit: extension.Debit | extension.CardDebit | None = None
    cover: allowances.Cover = NO_COVER

    @property
    def told(self) -> str:
        """Return the card's evidence as it is kept; empty on-line."""
        return "" if self.debit is None else self.debit.model_dump_json()

    def returned_fen(self, figures: Figures) -> int:
        """Return what becomes available when ``figures`` are booked: below zero what is spent of it."""
        return self.cover.fen - figures.acct_pay


def preview(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> tuple[Claim, people.Insured]:
    """Price a claim and book nothing (2101). Raises :class:`Refused`."""
    wanted = _wanted(request)
    insured, card_no = _presented(db, request, policy_of, at, wanted.druginfo)
    if card_no:
        people.refuse_if_reported(people.card_of(db, card_no), at)
    free_fen = balance_fen(db, available(insured.psn_no))
    return _priced(db, wanted, insured, request.mdtrtarea_admvs, policy_of, account_fen=free_fen), insured


def settle(db: Connection, request: Request, policy_of: PolicyOf, at: str) -> tuple[Booked, Claim]:
    """Settle a sale (2102). Raises :class:`Refused`."""
    wanted = _wanted(request)
    head = wanted.druginfo
    insured, card_no = _presented(db, request, policy_of, at, head)
    funds = funds_of(db, insured, card_no, msgid=request.msgid, exp_content=head.expContent, begntime=head.begntime, at=at)
    claim = _priced(db, wanted, insured, request.mdtrtarea_admvs, policy_of, account_fen=funds.account_fen)
    returned_fen = funds.returned_fen(claim.figures)
    place = Place(identity(db, "setl", request, at), identity(db, "mdtrt", request, at), request.msgid, at)
    figures = replace(claim.figures, balc=balance_fen(db, available(insured.psn_no)) + returned_fen)
    booked = sold(request, head, place, card_no=card_no, funds=funds, pack=claim.split.pack, figures=figures)
    book_sale(db, booked, funds)
    boxes.sell(db, booked.setl_id, codes_of(wanted), msgid=request.msgid, offline=funds.debit is not None)
    return booked, claim


def sold(request: Request, head: DrugInfo, place: Place, *, card_no: str, funds: Funds, pack: str, figures: Figures) -> Booked:
    """Return the row of a sale at a pharmacy."""
    return Booked(
        setl_id=place.setl_id,
        mdtrt_id=place.mdtrt_id,
        infno=PHARMACY_SALE,
        msgid=place.msgid,
        original="",
        psn_no=head.psn_no,
        card_no=card_no,
        mdtrt_cert_type=head.mdtrt_cert_type,
        insutype=head.insutype,
        med_type=head.med_type,
        admdvs=request.mdtrtarea_admvs,
        fixmedins_code=request.fixmedins_code,
        begntime=head.begntime,
        setl_time=place.at,
        pack=pack,
        figures=figures,
        debit=funds.told,
        covered_fen=funds.cover.fen,
    )


def codes_of(wanted: SettlementRequest) -> Iterator[str]:
    """Return the traceability codes of the boxes that a sale is for."""
    return (box.drug_trac_codg for detail in wanted.drugdetail for box in detail.drug_trac_info or ())


def reverse(db: Connection, request: Request, at: str) -> Booked:
    """Release a whole settlement (2103, 2208): a new record with a new id. Raises :class:`Refused`."""
    reads = ReversalQuery if RELEASES[request.infno] == PHARMACY_SALE else BatchReversal
    query: ReversalQuery | BatchReversal = reads.model_validate(request.input.get("data"))
    of_visit = (settlement.c.setl_id == query.setl_id, settlement.c.mdtrt_id == query.mdtrt_id, settlement.c.psn_no == query.psn_no)
    live = (settlement.c.infno == RELEASES[request.infno], settlement.c.corrected == 0)
    found = db.execute(select(settlement).where(*of_visit, *live)).mappings().first()
    if found is None or found["fixmedins_code"] != request.fixmedins_code:
        raise Refused("未找到原结算记录，不能退费")
    if reversal_of(db, query.setl_id) is not None:
        raise Refused("原结算已经退费，不能再次退费")
    original = booked_of(found)
    figures = original.figures.negated()
    balance = balance_fen(db, available(original.psn_no)) - figures.acct_pay
    setl_id = identity(db, "setl", request, at)
    booked = original.released(setl_id=setl_id, infno=request.infno, msgid=request.msgid, at=at, figures=replace(figures, balc=balance))
    book_reversal(db, booked)
    return booked


def book_reversal(db: Connection, booked: Booked) -> None:
    """Book what releases a settlement: to what is available, also where an earmark had paid."""
    book(db, booked, {available(booked.psn_no): -booked.figures.acct_pay, **shares_of(booked)})


def correct(db: Connection, request: Request, at: str) -> bool:
    """Undo what came under a message id, and refuse that id from now on (2601); False = nothing had come yet.

    Raises :class:`Refused` when the settlement was refunded, or when what a reversal released is used again: the
    money, or the lines of a batch.
    """
    query = CorrectionQuery.model_validate(request.input.get("data"))
    if query.oinfno not in codes.REVERSIBLE:
        raise Refused("交易{oinfno}不支持冲正", oinfno=query.oinfno)
    if db.execute(select(tombstone.c.msgid).where(tombstone.c.msgid == query.omsgid)).first() is None:
        db.execute(insert(tombstone).values(msgid=query.omsgid, infno=query.oinfno, at=at))
    of_message = (settlement.c.msgid == query.omsgid, settlement.c.infno == query.oinfno)
    found = db.execute(select(settlement).where(*of_message, settlement.c.corrected == 0)).mappings().all()
    for row in found:
        booked = booked_of(row)
        if (booked.psn_no, booked.fixmedins_code) != (query.psn_no, request.fixmedins_code):
            raise Refused("冲正信息与原交易不符")
        if reversal_of(db, booked.setl_id) is not None:
            raise Refused("冲正的结算信息退费结算标志不为未退费，不能办理冲正交易")
        account_fen = booked.figures.acct_pay
        if account_fen < 0 and balance_fen(db, available(booked.psn_no)) + account_fen < 0:
            raise Refused("退回账户的金额已被使用，不能办理冲正交易")
        if booked.original and not fee_lines.open_again(db, booked.original):
            raise Refused("原结算的费用明细已撤销或已另行结算，不能办理冲正交易")
        entries = {name: -fen for name, fen in shares_of(booked).items()}
        post(db, "correction", booked.setl_id, at, {available(booked.psn_no): account_fen, **entries})
        db.execute(update(settlement).where(settlement.c.setl_id == booked.setl_id).values(corrected=1))
    return bool(found)


def reversal_of(db: Connection, setl_id: str) -> str | None:
    """Return the id of the live reversal of a settlement."""
    live = select(settlement.c.setl_id).where(settlement.c.original == setl_id, settlement.c.corrected == 0)
    found: str | None = db.execute(live).scalar()
    return found


def booked_of(row: RowMapping) -> Booked:
    """Return a row of the ledger as a value."""
    members: Mapping[str, Any] = {name: row[name] for name in Booked.__slots__}
    return Booked(**{**members, "original": row["original"] or "", "figures": Figures(**json.loads(row["figures"]))})


def _wanted(request: Request) -> SettlementRequest:
    return SettlementRequest.model_validate({name: request.input.get(name) for name in ("druginfo", "drugdetail")})


def _presented(db: Connection, request: Request, policy_of: PolicyOf, at: str, head: DrugInfo) -> tuple[people.Insured, str]:
    shown = {"psn_no": head.psn_no, "cert_type": head.mdtrt_cert_type, "cert_no": head.mdtrt_cert_no}
    return certificates.presented(db, request, policy_of, at, **shown)


def funds_of(db: Connection, insured: people.Insured, card_no: str, *, msgid: str, exp_content: str, begntime: str, at: str) -> Funds:
    """Return what pays the account share of a sale of ``begntime``: the card's evidence says off-line. Raises :class:`Refused`."""
    try:
        debit = extension.carried(exp_content)
    except ValueError as error:
        raise Refused("脱机凭证内容不正确") from error
    if debit is None:
        if card_no:
            people.refuse_if_reported(people.card_of(db, card_no), at)
        return Funds(account_fen=balance_fen(db, available(insured.psn_no)))
    holder = allowances.Holder(insured.psn_no, card_no)
    if debit.card_no != card_no:
        raise Refused("脱机凭证与就诊凭证不符")
    # A card reported lost still answers for what was sold before the report.
    people.refuse_if_reported(people.card_of(db, debit.card_no, card_sn=debit.card_sn), begntime)
    if isinstance(debit, extension.CardDebit):
        cover = card_accounts.accept(db, holder, debit, msgid)
    else:
        _accept_evidence(db, holder, debit, at)
        if debit.read is not None:
            readings.keep(db, (insured.psn_no, debit.card_no), debit.read, msgid=msgid, at=at)
        cover = allowances.cover(db, holder, generation=debit.generation, debit_fen=debit.debit_fen)
    if _lowered_its_earmark(db, msgid):
        # The message is executed again, and the card was debited once: a copy is paid as an on-line sale is, until it is released.
        return Funds(account_fen=balance_fen(db, available(insured.psn_no)), debit=debit)
    return Funds(account_fen=cover.fen, debit=debit, cover=cover)


def _lowered_its_earmark(db: Connection, msgid: str) -> bool:
    covered = select(settlement.c.setl_id).where(settlement.c.msgid == msgid, settlement.c.debit != "")
    return db.execute(covered.limit(1)).first() is not None


def _accept_evidence(db: Connection, holder: allowances.Holder, debit: extension.Debit, at: str) -> None:
    """Check an off-line debit of an allowance."""
    if debit.counter_after != debit.counter_before + 1:
        raise Refused("脱机凭证的计数不连续")
    # The debit itself shows that this generation was on the card.
    allowances.saw(db, holder, generation=debit.generation, counter=debit.counter_after, at=at)


def _priced(
    db: Connection, wanted: SettlementRequest, insured: people.Insured, admdvs: str, policy_of: PolicyOf, *, account_fen: int
) -> Claim:
    head = wanted.druginfo
    deductible_fen, fund_fen = people.accumulated(db, insured.psn_no, head.begntime[:4])
    benefit = Benefit(psn_type=insured.psn_type, deductible_used_fen=deductible_fen, fund_paid_fen=fund_fen, account_fen=account_fen)
    bill = bill_of(wanted, admdvs)
    policy = policy_in_force(policy_of, admdvs, head.begntime)
    return price_claim(bill, policy, benefit, use_account=head.acct_used_flag == codes.USE_ACCOUNT)


def shares_of(booked: Booked) -> dict[str, int]:
    """Return the entries of a settlement except the person's."""
    return shares(booked.figures, admdvs=booked.admdvs, fixmedins_code=booked.fixmedins_code)


def identity(db: Connection, name: str, request: Request, at: str) -> str:
    """Return a new id: area, day, running number."""
    return f"{request.mdtrtarea_admvs}{at[:10].replace('-', '')}{next_number(db, name):010d}"


def book_sale(db: Connection, booked: Booked, funds: Funds) -> None:
    """Book a sale with what pays it: an off-line one lowers its earmark, and what it does not need of it becomes available."""
    entries = {available(booked.psn_no): funds.returned_fen(booked.figures), **shares_of(booked)}
    book(db, booked, entries | ({funds.cover.account: -funds.cover.fen} if funds.cover.account else {}))
    if isinstance(funds.debit, extension.Debit):
        allowances.debited(db, allowances.Holder(booked.psn_no, booked.card_no), funds.debit.generation)


def book(db: Connection, booked: Booked, entries: Mapping[str, int]) -> None:
    """Add a settlement or a reversal to the ledger, and its movement."""
    post(db, "settlement" if booked.infno in SALES else "reversal", booked.setl_id, booked.setl_time, entries)
    row = {name: getattr(booked, name) for name in Booked.__slots__}
    row |= {"figures": json.dumps(asdict(booked.figures)), "original": booked.original or None}
    db.execute(insert(settlement).values(row))
