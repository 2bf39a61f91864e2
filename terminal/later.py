"""Later settlement (补结算): a cash slip becomes a settlement with its original lines and date.

By the till that issued it, by a durable claim on the slip, only when an earlier claim is closed; the cash
goes back after the centre has accepted, as a record of its own. A customer who declines the centre's figures, or has
not answered yet, keeps the slip: no cash goes back, and once the void has released the settlement the slip may be redeemed again.
"""

from __future__ import annotations

from dataclasses import replace

from offline_queue.fold import Folded, Standing
from offline_queue.journal import Record
from settlement import refusals
from settlement.checkout.states import Sale
from settlement.errors import Refusal
from settlement.facts import CashSold, bill_of
from settlement.visit import charge_of
from terminal.counter import Counter
from terminal.visits import charged_anew

_FREE = (Standing.REJECTED, Standing.ABANDONED)


def sale_of(counter: Counter, slip: str) -> Sale | Refusal:
    """Return the sale that redeems ``slip``, priced by the rules of its own day, or why it may not be redeemed."""
    records = counter.journal.records(slip)
    if not records or records[0].kind != CashSold.kind:
        return Refusal(refusals.SLIP_UNKNOWN, {"slip": slip})
    restored = counter.journal.restored
    if restored is not None and _before_restore(counter, records[0]):
        return Refusal(refusals.SLIP_RESTORED, {"slip": slip, "count": str(restored.count)})
    body = records[0].body
    if not body["until"] or counter.today > body["until"]:
        return Refusal(refusals.SLIP_LATE, {"slip": slip, "until": body["until"]})
    claimed_by = counter.journal.standing(slip).redeemed_by
    if claimed_by and not _closed(counter.journal.standing(claimed_by)):
        return Refusal(refusals.SLIP_USED, {"slip": slip, "by": claimed_by})
    bill = bill_of(body["bill"])
    policy = counter.policy(bill.begntime[:10])
    if isinstance(policy, Refusal):
        return policy
    charge = charged_anew(counter, charge_of(body.get("charge")))
    sale = Sale(bill=bill, policy=policy, slip=slip, slip_cash_fen=body["amount_fen"])
    return charge if isinstance(charge, Refusal) else replace(sale, charge=charge)


def cash_due_back_fen(counter: Counter, slip: str) -> int:
    """Return the cash that a slip still gives back: settled while nobody waited (a doubt found done), 0 otherwise.

    Nothing on a slip of before a restore: what was returned after the backup is not known.
    """
    if any(_before_restore(counter, record) for record in counter.journal.records(slip)):
        return 0
    state = counter.journal.standing(slip)
    settled = counter.journal.standing(state.redeemed_by) if state.redeemed_by else None
    if settled is None or not settled.done or settled.figures is None or state.cash_returned_fen is not None:
        return 0
    if settled.not_agreed or settled.difference_agreed is False:
        return 0
    return state.outside_fen - settled.figures.psn_cash_pay - settled.outside_fen


def _closed(claim: Folded) -> bool:
    """Whether a claim came to nothing: proved not done, or declined and released again."""
    return claim.standing in _FREE or (claim.difference_agreed is False and claim.standing is Standing.REVERSED)


def _before_restore(counter: Counter, record: Record) -> bool:
    restored = counter.journal.restored
    return restored is not None and record.seq <= restored.count
