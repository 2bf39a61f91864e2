"""What a person's answer is to the checkout: an event, with the identifiers and times that it needs."""

from __future__ import annotations

from datetime import timedelta

from settlement import reversal
from settlement.checkout import events as on
from settlement.checkout.states import DifferenceShown, DoubtOpen, Quoted, Sale, State
from settlement.errors import ProtocolMisuse
from terminal.counter import Counter
from terminal.person import Answer
from terminal.refresh import new_tag


def event_of(answer: Answer, state: State | reversal.State, counter: Counter) -> on.Event:  # noqa: PLR0911 - one line an answer
    """Return the event that ``answer`` is in ``state``. Raises :class:`ProtocolMisuse` for one that is none there."""
    match answer:
        case Answer.SETTLE:
            msgid = counter.next_msgid()
            record = state.who.record if isinstance(state, Quoted) else None
            return on.Confirmed(msgid=msgid, at=counter.at, tag=new_tag(counter.entropy, msgid, record) if record else 0)
        case Answer.CASH:
            return on.CashChosen(slip=counter.next_msgid(), at=counter.at, until=_until(state, counter))
        case Answer.CANCEL:
            return on.Cancelled()
        case Answer.AGAIN:
            return on.TriedAgain()
        case Answer.AGREE | Answer.DECLINE:
            return on.DifferenceSeen(agreed=answer is Answer.AGREE)
        case Answer.GOODS_OUT | Answer.GOODS_KEPT:
            return on.GoodsAsked(released=answer is Answer.GOODS_OUT)
        case Answer.CASH_AGAINST_DOUBT if isinstance(state, DoubtOpen):
            return on.CashReceived(amount_fen=state.doubt.intent.bill.cash_total_fen)
        case Answer.LEAVE:
            return on.DifferenceLeft() if isinstance(state, DifferenceShown) else on.DoubtLeft()
    message = f"{type(state).__name__} cannot be answered with {answer}"
    raise ProtocolMisuse(message)


def _until(state: State | reversal.State, counter: Counter) -> str:
    """Return the last day on which a cash slip may be settled later; empty where the area offers none."""
    sale = getattr(state, "sale", None)
    days = sale.policy.later_settlement_days if isinstance(sale, Sale) else 0
    return (counter.clock.now() + timedelta(days=days)).strftime("%Y-%m-%d") if days else ""
