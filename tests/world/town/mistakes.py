"""Mistakes that a protocol of this kind may make, each of them a few words of one function: what finds none of them proves nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Mistake:
    """Wrong words in one place."""

    name: str
    module: str
    function: str
    right: str
    wrong: str
    near: str = ""
    """A point at which somebody has to die for it to show: few towns have that by themselves."""


_OUTCOME, _DELIVERY, _ALLOWANCE, _STEPS = "nhsa.outcome", "offline_queue.sync.delivery", "settlement.allowance", "settlement.checkout.steps"
_CARD, _DOUBT, _DERIVED, _LINE = "terminal.cards.services", "settlement.doubt", "offline_queue.journal.derived", "terminal.centre_line"
_BOOKS, _EARMARKS, _DRIVER = "clearing.settlements", "clearing.allowances", "terminal.driver"

_THEN_REJECTED = """found = self._find(row, ready, courier)
        if isinstance(found, Rejected):
            self._answer(row, "rejected", words="")
        return found"""
_SENT_AGAIN = """found = courier.deliver(row.infno, row.msgid, ready.content, insuplc_admdvs=ready.insuplc_admdvs)
        if isinstance(found, (Rejected, Unknown)) and found.words:
            self._answer(row, "rejected", words=found.words)
        return found"""
_VALUE_WRITTEN = """ended = self._run(reversal.receive, state, None)
            record = self._who.card.read_allowance() if isinstance(ended, reversal.Voided) else None
            if record is not None and record.readable and record.counter:
                plan = __import__("settlement.allowance", fromlist=["SaleWrite"]).SaleWrite(before=record, tag=1, debit_fen=-100)
                self._who.card.write_sale(plan)
            return ended  # """
_COUNTERS = "self._put(ldt.TAG_COUNTERS, bytes((plan.before.generation, plan.counter_after)))"

MISTAKES = (
    Mistake(
        "no answer is a refusal",
        _OUTCOME,
        "classify",
        "Unknown(why=exchange.why)\n    if exchange.status == _TOO",
        "Rejected(words=exchange.why)\n    if exchange.status == _TOO",
    ),
    Mistake(
        "no answer means not sent",
        _OUTCOME,
        "classify",
        "Unknown(why=exchange.why)\n    if exchange.status == _TOO",
        "Unreachable(why=exchange.why)\n    if exchange.status == _TOO",
    ),
    Mistake("a server error means not sent", _OUTCOME, "classify", 'Unknown(why=f"HTTP {exchange.status}")', 'Unreachable(why="HTTP")'),
    Mistake("a page of a proxy means not sent", _OUTCOME, "classify", 'Unknown(why="NotAnEnvelope")', 'Unreachable(why="NotAnEnvelope")'),
    Mistake(
        "an answer without figures means not sent", _OUTCOME, "_accepted", 'Unknown(why="NoSetlinfo")', 'Unreachable(why="NoSetlinfo")'
    ),
    Mistake("whose answer it is nobody looks", _OUTCOME, "_accepted", " or not _echoes(setlinfo, msgid, content)", ""),
    Mistake(
        "too many requests is a refusal",
        _OUTCOME,
        "classify",
        'Retry(why="load", words="HTTP 429", retry_after=exchange.retry_after)',
        'Rejected(words="HTTP 429")',
    ),
    Mistake(
        "a sign-in that expired is a refusal",
        _OUTCOME,
        "_refused",
        'Retry(why="sign_in", words=err_msg, retry_after=retry_after)',
        "Rejected(words=err_msg)",
    ),
    Mistake("what is unknown is sent again", _DELIVERY, "Delivery.resolve", "if self._capabilities.dedups_msgid:", "if True:"),
    Mistake(
        "not found means not done",
        _DELIVERY,
        "Delivery.resolve",
        "return self._find(row, ready, courier)",
        _THEN_REJECTED,
    ),
    Mistake("what was turned away is sent again unasked", _DELIVERY, "Delivery._there_already", "not self._was_turned_away(row)", "True"),
    Mistake("a query finds whatever is there", _DELIVERY, "Delivery._asked", " if info.medins_setl_id == row.msgid", ""),
    Mistake("a refused resend is believed", _DELIVERY, "Delivery.resolve", "return self._find(row, ready, courier)", _SENT_AGAIN),
    Mistake(
        "a retry takes a new number",
        _DELIVERY,
        "Delivery._attempt",
        "courier.deliver(row.infno, row.msgid,",
        "courier.deliver(row.infno, row.msgid[:-2] + '77' if row.attempts else row.msgid,",
    ),
    Mistake(
        "what a crash interrupted was not sent",
        _DELIVERY,
        "Delivery.take_up",
        '"unknown", words="restart"',
        '"retry", words="restart"',
        near="sender after 2102 is at the centre",
    ),
    Mistake(
        "an attempt is not recorded before it",
        _DELIVERY,
        "Delivery._attempt",
        'self._record(row, "sending", {"attempt": row.attempts + 1, "infno": row.infno})',
        "pass",
    ),
    Mistake(
        "unknown is told as refused",
        _LINE,
        "CentreLine._answered",
        "on.OutcomeUnknown(why=folded.words)",
        "on.Rejected(words=folded.words)",
    ),
    Mistake(
        "unknown is told as a line that is down",
        _LINE,
        "CentreLine._answered",
        "on.OutcomeUnknown(why=folded.words)",
        "on.LineDown(now=self.circumstances(Owner(certno='')))",
    ),
    Mistake(
        "out of patience without taking it back",
        _DRIVER,
        "Driver._await_answer",
        'self._counter.journal.commit([Entry(kind="cancelled", subject=msgid, body={})], claim=msgid)',
        "pass",
    ),
    Mistake(
        "taken back whatever the sender has begun",
        "offline_queue.journal.outbox",
        "claim",
        'row is None or tuple(row[:2]) != ("waiting", 0) or row[2] == TAKEDOWN',
        "row is None",
    ),
    Mistake(
        "the counter is proof enough",
        _ALLOWANCE,
        "judge",
        "return _by_amount(plan, now) if newest == plan.tag else Verdict.ABORTED",
        "return Verdict.DONE",
    ),
    Mistake("the tag is proof enough", _ALLOWANCE, "_by_amount", "if now.amount_fen == plan.amount_after_fen:", "if True:"),
    Mistake(
        "a counter further on is proof",
        _ALLOWANCE,
        "judge",
        "newest == plan.tag else Verdict.ABORTED\n    return Verdict.EVIDENCE",
        "newest == plan.tag else Verdict.ABORTED\n    return Verdict.DONE",
    ),
    Mistake(
        "our own counter means aborted",
        _ALLOWANCE,
        "judge",
        "return _by_amount(plan, now) if newest == plan.tag else Verdict.ABORTED",
        "return Verdict.ABORTED",
    ),
    Mistake("the counter stands still", _ALLOWANCE, "SaleWrite.counter_after", "self.before.counter + 1", "self.before.counter"),
    Mistake(
        "the debit is not taken off",
        _ALLOWANCE,
        "SaleWrite.amount_after_fen",
        "self.before.amount_fen - self.debit_fen",
        "self.before.amount_fen",
    ),
    Mistake(
        "counter 0 may be spent",
        _ALLOWANCE,
        "spendable_fen",
        "COUNTER_SPENDABLE_MIN <= record.counter",
        "0 <= record.counter",
        near="till after 90 is written on the card",
    ),
    Mistake(
        "the amount is written first",
        _CARD,
        "CounterCard.write_sale",
        _COUNTERS,
        f"self._put(ldt.TAG_AMOUNT, plan.amount_after_fen.to_bytes(4))\n            {_COUNTERS}",
    ),
    Mistake("a debit leaves no tag", _CARD, "CounterCard.write_sale", "self._mark(plan.tag, ldt.INTENT_SALE)", "pass"),
    Mistake(
        "a refresh may be spent before it is written",
        _CARD,
        "CounterCard.write_refresh",
        "bytes((plan.generation, 0))",
        "bytes((plan.generation, 1))",
    ),
    Mistake(
        "the card is debited before its intent",
        "settlement.checkout.protocol",
        "_until_intended",
        "=state, intent=intent), (do.WriteIntent(intent=intent),)",
        "=state, intent=intent), ((do.WriteCard(plan=intent.card),) if intent.card else ()) + (do.WriteIntent(intent=intent),)",
    ),
    Mistake("an open doubt blocks nothing", _STEPS, "doubts_tried", "if event.left:", "if False:"),
    Mistake(
        "our figures win",
        _STEPS,
        "accepted",
        "booked(state.intent, happened),)",
        "booked(state.intent, replace(happened, figures=state.intent.figures)),)",
    ),
    Mistake(
        "the slip is printed before the booking",
        _STEPS,
        "book",
        "effects=then[1], moved_fen=moved_fen), (commit,)",
        "effects=(), moved_fen=moved_fen), (*then[1], commit)",
    ),
    Mistake("cash against the doubt stays, and it is settled", _DOUBT, "needs_void", "doubt.cash_taken_fen > 0 or ", ""),
    Mistake(
        "nobody asks about the goods of what was not done",
        _DOUBT,
        "needs_goods_answer",
        "return doubt",
        "return isinstance(finding, Happened) and doubt",
    ),
    Mistake("kept goods are paid for", _DOUBT, "needs_void", " or doubt.goods_released is False", ""),
    Mistake("goods that are gone are forgotten", _DOUBT, "conclude", "if doubt.goods_released and", "if False and"),
    Mistake("a receipt number is passed over", "offline_queue.journal.journal", "Journal._next_receipt", "found[0] + 1", "found[0] + 2"),
    Mistake("an off-line sale is not owed", _DERIVED, "_end", 'body["infno"] in SALES and body["offline"]', "False"),
    Mistake(
        "a booking in transactions of its own",
        "offline_queue.journal.in_memory",
        "MemoryJournal.commit",
        "return self._append(entries, claim)[0]",
        "return [self.commit([one]) if len(entries) > 1 else self._append([one], claim)[0] for one in entries][-1]",
    ),
    Mistake(
        "a number is used again when the clock steps",
        "nhsa.msgid",
        "next_msgid",
        "last[12:26] < now.strftime(_TIME)",
        "last[12:26] != now.strftime(_TIME)",
    ),
    Mistake("a refused void stands", "terminal.catch_up", "_close_voids", 'case "accepted":', 'case "accepted" | "unknown":'),
    Mistake(
        "a grant that is not taken from the account",
        _EARMARKS,
        "_earmark",
        "{available(holder.psn_no): -grant_fen, earmarked(number): grant_fen}",
        "{earmarked(number): grant_fen, 'bank': -grant_fen}",
    ),
    Mistake("a void writes value to the card", _DRIVER, "Driver.void", "return self._run(reversal.receive, state, None)", _VALUE_WRITTEN),
    Mistake(
        "a doubt is the card's and not the person's",
        "terminal.journal_view",
        "unfinished_sales",
        "and state.standing in _OPEN]",
        "and state.standing in _OPEN and (not certno or state.intent.card is not None)]",
    ),
    Mistake("a copy lowers the earmark again", _BOOKS, "funds_of", "if _lowered_its_earmark(db, msgid):", "if False:"),
    Mistake(
        "a void goes to nobody",
        _BOOKS,
        "book_reversal",
        "{available(booked.psn_no): -booked.figures.acct_pay,",
        "{'bank': -booked.figures.acct_pay,",
    ),
    Mistake("a reversal may be had twice", _BOOKS, "reverse", "if reversal_of(db, query.setl_id) is not None:", "if False:"),
)
