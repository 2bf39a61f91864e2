"""A partial return (部分退货): the centre knows whole refunds only, so the sale is released and what is kept is settled anew.

A saga, durable at each step: the remainder is priced by the centre and books nothing (2101) → the intent (``return_intended``) → the whole
settlement is voided (2103) → the remainder is a sale of its own (2102). Where the centre refuses that, the refund is a full one and the
rest is offered for cash. Whatever a kill leaves is told from the records alone: :func:`stands_at`, and is gone on with by :func:`resume`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from nhsa import pharmacy
from nhsa.settlement import SetlInfo
from offline_queue.fold import Standing
from offline_queue.journal import Journal
from settlement import reversal
from settlement.bill import Bill
from settlement.checkout.states import LeftInDoubt, LeftUnanswered, PaidInCash, Sale, Settled
from settlement.day_facts import ReturnEnded, ReturnIntended
from settlement.errors import Phrase, Refusal, Words
from settlement.facts import CashSold, SaleIntended, bill_of
from settlement.figures import Figures
from terminal import journal_view
from terminal.bookkeeping import entries
from terminal.certificates import Shown
from terminal.counter import Counter
from terminal.driver import Driver

WHY = "partial-return"
"""Why the whole settlement is voided."""
Stage = Literal["begun", "voiding", "voided", "reselling", "resold", "cash", "not-begun"]
Ending = Literal["resold", "cash", "full", "not-begun", "open"]
_DEAD = (Standing.REJECTED, Standing.ABANDONED)
_SAFE_ZH, _SAFE_EN = "原结算没有变动，没有退钱。", "The settlement stands as it was and nothing was refunded."

NOT_RETURNABLE = Phrase(
    "RETURN-NOT-POSSIBLE",
    zh=Words("{subject} 不能部分退货：{why}。", _SAFE_ZH, "可以整笔撤销后重新收款。", "不要只退现金不动医保结算。"),
    en=Words(
        "{subject} cannot be returned in part: {why}.",
        _SAFE_EN,
        "Void the whole of it and sell what is kept anew.",
        "Do not hand back cash and leave the settlement as it is.",
    ),
)
REST_REFUSED = Phrase(
    "RETURN-REST-REFUSED",
    zh=Words("中心不受理留下部分的结算：{words}", _SAFE_ZH, "可以整笔撤销，留下的部分收现金。", "不要先退货再想办法。"),
    en=Words(
        "The centre would not settle what is kept: {words}",
        _SAFE_EN,
        "Void the whole of it and take cash for what is kept.",
        "Do not take the goods back first.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Returned:
    """Where a return stands after it was worked on."""

    subject: str
    stage: Stage
    void: str = ""
    sale: str = ""
    """The sale, or the cash slip, of what is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What a return would do, before anything has moved: what is released, and what is kept as the centre prices it now."""

    bill: Bill
    """What is kept."""
    released: Figures
    released_cash_fen: int
    kept: Figures
    kept_cash_fen: int

    @property
    def cash_back_fen(self) -> int:
        """What goes back to the customer; below zero: what is still to be paid."""
        return self.released_cash_fen - self.kept_cash_fen


def returnable(journal: Journal, subject: str) -> SaleIntended | Refusal:
    """Return the sale of which a part may come back, or why none may."""
    folded = journal.standing(subject)
    intent = folded.intent
    if not isinstance(intent, SaleIntended) or not folded.done or folded.standing is not Standing.ACCEPTED:
        return _refused(subject, "不是已结算的联机单 / no settlement that the centre has")
    if intent.charge is not None:
        return _refused(subject, "就诊收费按批撤销 / a charge of a visit is voided as a batch")
    if folded.reversed_by or open_return_of(journal, subject):
        return _refused(subject, "已撤销或正在退货 / voided, or being returned")
    return intent


def remainder_of(intent: SaleIntended, returned: Mapping[str, int]) -> Bill | Refusal:
    """Return the bill without what is returned: quantity (10⁻⁴) by ``feedetl_sn``. A box with a traceability code goes back whole."""
    if not all(isinstance(back_e4, int) for back_e4 in returned.values()):
        return _refused(intent.subject, "退货数量不是整数（万分之一） / a quantity is no whole number")
    kept, left = [], dict(returned)
    for line in intent.bill.lines:
        back_e4 = left.pop(line.feedetl_sn, 0)
        if not 0 <= back_e4 <= line.cnt_e4 or (0 < back_e4 < line.cnt_e4 and line.drug_trac_codg):
            return _refused(intent.subject, f"{line.name}")
        if back_e4 < line.cnt_e4:
            kept.append(replace(line, cnt_e4=line.cnt_e4 - back_e4))
    if left or not kept or (len(kept) == len(intent.bill.lines) and not any(returned.values())):
        return _refused(intent.subject, "退货明细不对 / not what was sold, or all or nothing of it")
    return replace(intent.bill, lines=tuple(kept))


def preview(counter: Counter, subject: str, returned: Mapping[str, int]) -> Preview | Refusal:
    """Have the centre price what is kept (2101), the original still standing. A refusal: it cannot be returned so. Nothing is recorded."""
    intent = returnable(counter.journal, subject)
    bill = intent if isinstance(intent, Refusal) else remainder_of(intent, returned)
    if isinstance(intent, Refusal) or isinstance(bill, Refusal):
        assert isinstance(bill, Refusal)
        return bill
    bill = _dated(counter, bill)
    kept = _dry_run(counter, intent, bill)
    if isinstance(kept, Refusal):
        return kept
    figures = counter.journal.standing(subject).figures or intent.figures
    cash_fen = bill.total_fen - kept.medfee_sumamt + kept.psn_cash_pay
    return Preview(
        bill=bill,
        released=figures,
        released_cash_fen=figures.psn_cash_pay + intent.outside_fen,
        kept=kept,
        kept_cash_fen=cash_fen - cash_fen % bill.cash_step_fen,
    )


def begin(counter: Counter, driver: Driver, subject: str, returned: Mapping[str, int], *, shown: Shown | None = None) -> Returned | Refusal:
    """Price what is kept, make the return durable, and go on with it. A refusal: nothing has moved and nothing was recorded."""
    priced = preview(counter, subject, returned)
    if isinstance(priced, Refusal):
        return priced
    intended = ReturnIntended(subject=counter.next_msgid(), at=counter.at, original=subject, bill=priced.bill)
    counter.journal.commit(entries((intended,), None))
    return resume(counter, driver, intended.subject, shown=shown)


def resume(counter: Counter, driver: Driver, subject: str, *, shown: Shown | None = None) -> Returned:
    """Go on with a return from where it stands: with its person, who gives card and PIN, or ``shown``, for each of the two steps."""
    state = stands_at(counter.journal, subject)
    original = counter.journal.records(subject)[0].body["original"]
    if state.stage == "begun":
        voided = driver.void(original, why=WHY, shown=shown)
        if not isinstance(voided, reversal.Voided | reversal.InDoubt | reversal.Waiting | reversal.NotBooked):
            # Refused, surely not sent or not wanted: the settlement stands.
            return settle(counter, subject, wanted=False)
        state = stands_at(counter.journal, subject)
    if state.stage == "voided":
        ended = driver.sell(_sale(counter, subject), shown=shown)
        if not isinstance(ended, Settled | PaidInCash | LeftInDoubt | LeftUnanswered):
            # Everything came back: a full refund.
            return settle(counter, subject, wanted=False)
    return settle(counter, subject)


def settle(counter: Counter, subject: str, *, wanted: bool = True) -> Returned:
    """End a return whose end is proved by the records; ``wanted`` False: nobody goes on with what is left of it."""
    state = stands_at(counter.journal, subject)
    how = {"resold": "resold", "cash": "cash"}.get(state.stage, "")
    if not how and not wanted and state.stage in {"begun", "voided"}:
        how = "not-begun" if state.stage == "begun" else "full"
    if how:
        ended = ReturnEnded(subject=subject, how=how, void=state.void, by=state.sale)
        counter.journal.commit(entries((ended,), None))
    return state


def settle_all(counter: Counter) -> list[str]:
    """End what is proved of every open return; return those that a person goes on with."""
    return [subject for subject in counter.journal.open_returns() if settle(counter, subject).stage not in {"resold", "cash"}]


def open_return_of(journal: Journal, original: str) -> str:
    """Return the open return of a settlement, empty when there is none."""
    return next((one for one in journal.open_returns() if journal.records(one)[0].body["original"] == original), "")


def ending_of(journal: Journal, subject: str) -> Ending:
    """Return how a return ended; ``open``: somebody still goes on with it."""
    last = journal.records(subject)[-1]
    how: Ending = last.body["how"] if last.kind == ReturnEnded.kind else "open"
    return how


def stands_at(journal: Journal, subject: str) -> Returned:
    """Return where a return stands, from the records of its void and of what was sold in its name."""
    record = journal.records(subject)[0]
    original = record.body["original"]
    owner = journal_view.owner_of(journal, original)
    void = journal_view.void_of(journal, original, certno=owner.certno) if owner is not None else ""
    if not void:
        return Returned(subject=subject, stage="begun")
    if not journal.standing(void).done:
        return Returned(subject=subject, stage="voiding", void=void)
    for later in _later(journal, record.seq):
        if later.body.get("draft") != subject:
            continue
        sold = journal.standing(later.subject)
        if later.kind == CashSold.kind:
            return Returned(subject=subject, stage="cash", void=void, sale=later.subject)
        if sold.done and sold.standing is not Standing.REJECTED:
            return Returned(subject=subject, stage="resold", void=void, sale=later.subject)
        if sold.standing not in _DEAD:
            return Returned(subject=subject, stage="reselling", void=void, sale=later.subject)
    return Returned(subject=subject, stage="voided", void=void)


def _later(journal: Journal, seq: int) -> list[Any]:
    count, _ = journal.tip()
    return [record for record in journal.period(seq, count) if record.kind in {SaleIntended.kind, CashSold.kind}]


def _sale(counter: Counter, subject: str) -> Sale:
    bill = bill_of(counter.journal.records(subject)[0].body["bill"])
    policy = counter.policy(bill.begntime[:10])
    assert not isinstance(policy, Refusal), "the original was priced by a pack of this area"
    return Sale(bill=bill, policy=policy, draft=subject)


def _dated(counter: Counter, bill: Bill) -> Bill:
    """Return the bill as of its own time, or as of now where it was another day and the gateway takes no sale of an earlier one."""
    if bill.begntime[:10] == counter.today or counter.settings.centre.capabilities.accepts_backdated:
        return bill
    return replace(bill, begntime=counter.at)


def _dry_run(counter: Counter, intent: SaleIntended, bill: Bill) -> Figures | Refusal:
    """Return what the centre would settle of what is kept, the original still standing; or why it would not."""
    owner = journal_view.owner_of(counter.journal, intent.subject)
    if owner is None or not owner.psn_no:
        return _refused(intent.subject, "参保人的信息已清除 / the person was erased")
    left_out = tuple(one for one in intent.left_out if one.feedetl_sn)
    unclaimed = {one.feedetl_sn for one in left_out}
    claimed = Figures(medfee_sumamt=sum(line.det_item_fee_sumamt for line in bill.lines if line.feedetl_sn not in unclaimed))
    if not claimed.medfee_sumamt:
        # Nothing of it was claimed: what is kept is paid in cash whatever the centre says.
        return claimed
    rest = replace(intent, bill=bill, left_out=left_out, figures=claimed)
    content = pharmacy.settlement_input(rest, owner.presented)
    answer = counter.line.ask("2101", content, insuplc_admdvs=owner.insuplc_admdvs)
    if answer.outcome == "refused":
        return Refusal(REST_REFUSED, {"words": answer.words})
    try:
        if answer.outcome == "answered":
            return SetlInfo.model_validate(answer.output.get("setlinfo")).figures()
    except ValueError:
        pass
    return _refused(intent.subject, f"2101 {answer.words}".strip())


def _refused(subject: str, why: str) -> Refusal:
    return Refusal(NOT_RETURNABLE, {"subject": subject, "why": why})
