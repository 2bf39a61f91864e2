"""The driver of a sale or a void: performs effects and feeds back every result, or failure, as the next event.

It holds no rule of the trade. What is decided stands in :mod:`settlement.checkout.protocol` and
:mod:`settlement.reversal`; what is asked of a person in :class:`terminal.person.Person`.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from nhsa import pharmacy
from nhsa.frozen import freeze
from offline_queue.chain import EXCHANGES_BEFORE
from offline_queue.journal import Entry
from offline_queue.journal.errors import ClaimTooLate
from settlement import reversal
from settlement.allowance import SaleWrite, Verdict, is_mixed
from settlement.card_debit import DebitPlan
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout import protocol
from settlement.checkout.states import PERSON, AskingCentre, AwaitingPin, Billed, LookingAgain, Quoted, Sale, State
from settlement.doubt import Doubt, NeverHappened, shown_by_card
from settlement.drugs import NO_PAPERS, Papers
from settlement.errors import CardError, JournalError, ProtocolMisuse, Refusal
from settlement.facts import Fact, SaleIntended, SlipClaimed, VoidIntended
from terminal import evidence, journal_view, refresh
from terminal.answers import event_of
from terminal.bookkeeping import entries, seen, tenders, with_steps
from terminal.cards.errors import CardTorn
from terminal.cards.trace import Trace
from terminal.centre_line import SENDER_SILENT, Known
from terminal.certificates import Shown
from terminal.counter import Counter
from terminal.person import Answer, Person
from terminal.presenting import Presented

_WRONG_ANSWERS_MAX = 100
AnyState = State | reversal.State
Receive = Callable[[AnyState, on.Event], tuple[AnyState, tuple[do.Effect, ...]]]


class Driver:
    """One checkout at a time, with whoever stands at the counter."""

    def __init__(self, counter: Counter, person: Person) -> None:
        self._counter = counter
        self._person = person
        self._who = Presented(counter, person)
        self._state: AnyState | None = None
        self._trace = Trace(counter.clock)
        self._papers = NO_PAPERS

    # --- what a counter does ----------------------------------------------------------------------------

    def sell(self, sale: Sale, *, by_card: bool = True, shown: Shown | None = None, papers: Papers = NO_PAPERS) -> State:
        """Run one checkout to its end and return the final state; ``shown`` is a certificate in place of the card.

        ``papers`` were seen for its drugs: they are booked with its intent or its cash slip.
        """
        self._trace, self._papers = Trace(self._counter.clock), papers
        try:
            return self._run(protocol.receive, protocol.begin(sale), self._first(by_card=by_card, shown=shown))  # type: ignore[return-value, arg-type]
        finally:
            self._who.let_go()

    def _first(self, *, by_card: bool, shown: Shown | None) -> on.Event | None:
        if shown is not None:
            return self._who.by_certificate(shown)
        return self._who.by_card(self._trace) if by_card else None

    def void(self, subject: str, *, why: str = "customer", shown: Shown | None = None) -> reversal.State:
        """Void a settlement, of whatever day, against its person's card and PIN, or ``shown``; ``why`` is the code of the reason.

        Without either it is dropped, and the person was told why; for a number that nobody knows no card is asked.
        """
        self._trace = Trace(self._counter.clock)
        try:
            original = journal_view.original_of(self._counter.journal, subject, certno="")
            if original is not None:
                certno = self._who.for_void(self._trace, shown)
                if not certno:
                    return reversal.Dropped()
                original = journal_view.original_of(self._counter.journal, subject, certno=certno)
            state = reversal.begin(original, subject, why=why)
            return self._run(reversal.receive, state, None)  # type: ignore[return-value, arg-type]
        finally:
            self._who.let_go()

    def resume(self, subject: str, step: protocol.Step) -> State:
        """Go on from what the journal and the sender's answer say of an unfinished sale, or of a difference nobody has answered."""
        self._who.owner = journal_view.owner_of(self._counter.journal, subject)
        self._trace = Trace(self._counter.clock)
        try:
            return self._run(protocol.receive, step[0], None, step[1])  # type: ignore[return-value, arg-type]
        finally:
            self._who.let_go()

    def print_late(self, subject: str) -> None:
        """Print the slip of something that was booked when nobody waited for it (补打)."""
        self._counter.printer.print(subject, self._person, late=True)

    # --- the loop ---------------------------------------------------------------------------------------

    def _run(self, receive: Receive, state: AnyState, event: on.Event | None, effects: tuple[do.Effect, ...] = ()) -> AnyState:
        while True:
            self._state = state
            for effect in effects:
                event = self._perform(effect) or event
            if event is None:
                if not isinstance(state, (*PERSON, *reversal.PERSON)):
                    return state
                state, effects = self._answered(receive, state)
            else:
                state, effects = receive(state, event)
            event = None

    def _answered(self, receive: Receive, state: AnyState) -> tuple[AnyState, tuple[do.Effect, ...]]:
        """Ask the person until the state accepts the answer: a wrong one changes nothing."""
        for _ in range(_WRONG_ANSWERS_MAX):
            with suppress(ProtocolMisuse):
                return receive(state, self._ask(state))
        return receive(state, self._ask(state))

    def _perform(self, effect: do.Effect) -> on.Event | None:  # noqa: C901, PLR0911, PLR0912 - one line an effect
        self._person.see(effect)
        match effect:
            case do.AskPin():
                return self._ask_pin()
            case do.AskWho():
                return self._who.ask_who()
            case do.TryDoubts():
                return self._try_doubts(effect)
            case do.AskCentre():
                return self._ask_centre()
            case do.ReturnAllowance():
                return self._return_allowance()
            case do.WriteIntent():
                return self._write_intent(effect.intent)
            case do.AwaitAnswer():
                return self._await_answer(effect.msgid)
            case do.BeginDebit():
                return self._begin_debit(effect.own_fen)
            case do.WriteCard():
                return self._write_card(effect.plan)
            case do.Commit():
                return self._commit(effect.facts)
            case do.NameVoid():
                return on.VoidNamed(void_id=self._counter.next_msgid(), at=self._counter.at)
            case do.PrintSlip():
                self._counter.printer.print(effect.subject, self._person)
            case do.ReleaseGoods():
                self._person.take_goods(effect.subject)
            case do.RefreshIfDue():
                self._refresh_if_due()
        return None

    # --- the person -------------------------------------------------------------------------------------

    def _ask(self, state: AnyState) -> on.Event:
        answer = self._person.decide(state)
        if answer is Answer.AGAIN and isinstance(state, Billed):
            return self._who.by_card(self._trace) or self._ask(state)
        return event_of(answer, state, self._counter)

    # --- the card ---------------------------------------------------------------------------------------

    def _ask_pin(self) -> on.Event:
        if isinstance(self._state, LookingAgain) and not self._who.same_card_back(self._trace):
            return on.CardLeft()
        before_centre = isinstance(self._state, AwaitingPin) and self._state.down is None
        return self._who.ask_pin(getattr(self._state, "tries_left", None), ahead=before_centre)

    def _begin_debit(self, own_fen: int) -> on.Event:
        try:
            return self._who.begin_debit(own_fen)
        except CardError as error:
            # Nothing was begun that moves: the card still has all that it had.
            self._person.tell(error)
            return on.CardLeft()

    def _write_card(self, plan: SaleWrite | DebitPlan) -> on.Event:
        assert self._who.card is not None
        try:
            if isinstance(plan, DebitPlan):
                return self._who.debit(plan)
            return on.CardRead(record=self._who.card.write_sale(plan))
        except CardTorn as torn:
            self._person.tell(torn)
            return on.OutcomeUnknown(why="card-torn")
        except CardError as error:
            # Refused before or between the writes: only a new reading tells which.
            self._person.tell(error)
            return on.OutcomeUnknown(why=error.code)

    # --- the centre -------------------------------------------------------------------------------------

    def _ask_centre(self) -> on.Event:
        assert self._who.owner is not None
        assert isinstance(self._state, AskingCentre)
        asked, self._who.asked = self._who.asked, None
        found = self._counter.line.person(self._who.owner, self._state.sale.bill.insutype, asked)
        if not isinstance(found, Known):
            return found
        self._who.owner = found.owner
        return on.PersonKnown(psn_no=found.owner.psn_no, insuplc_admdvs=found.owner.insuplc_admdvs, benefit=found.benefit)

    def _return_allowance(self) -> on.Event:
        quoted = getattr(self._state, "quoted", None)
        assert isinstance(quoted, Quoted)
        assert quoted.who.record is not None
        assert self._who.card is not None
        assert self._who.owner is not None
        done = self._counter.refresher.refresh(self._who.card, self._who.owner, quoted.who.record, limit_fen=0)
        if done is None:
            return on.AllowanceKept()
        record, available_fen = done
        return on.AllowanceReturned(record=record, account_fen=available_fen)

    def _refresh_if_due(self) -> None:
        policy = self._counter.policy()
        card = self._who.card
        if isinstance(policy, Refusal) or card is None or self._who.owner is None or not card.pin_given:
            return
        try:
            record = card.read_allowance()
        except CardError:
            return
        if refresh.due(record, policy, month=self._counter.clock.now().month):
            self._counter.refresher.refresh(card, self._who.owner, record, limit_fen=policy.offline_account_limit_fen)

    def _await_answer(self, msgid: str) -> on.Event:
        intent = getattr(self._state, "intent", None)
        steps = EXCHANGES_BEFORE if isinstance(intent, SaleIntended) and intent.charge is not None else 0
        event = self._counter.line.answer_of(msgid, known=isinstance(self._state, LookingAgain), steps=steps)
        if isinstance(event, on.OutcomeUnknown) and event.why == "patience":
            try:
                self._counter.journal.commit([Entry(kind="cancelled", subject=msgid, body={})], claim=msgid)
            except ClaimTooLate:
                return event
            assert self._who.owner is not None
            return on.LineDown(now=self._counter.line.circumstances(self._who.owner, SENDER_SILENT))
        if isinstance(event, on.LineDown) and self._who.owner is not None:
            return on.LineDown(now=self._counter.line.circumstances(self._who.owner))
        return event

    # --- doubts -----------------------------------------------------------------------------------------

    def _try_doubts(self, effect: do.TryDoubts) -> on.Event:
        """Close what is proved now; the checkout that waits is put aside meanwhile."""
        waiting, owner = self._state, self._who.owner
        for doubt, verdict in effect.verdicts:
            self._try_doubt(doubt, verdict, effect.tac)
            self._state, self._who.owner = waiting, owner
        assert owner is not None
        left = journal_view.unfinished_sales(self._counter.journal, certno=owner.certno)
        return on.DoubtsTried(left=tuple(journal_view.doubt_of(folded) for folded in left))

    def _try_doubt(self, doubt: Doubt, verdict: Verdict, tac: str) -> None:
        folded = self._counter.journal.standing(doubt.intent.subject)
        finding = journal_view.finding_of(folded)
        if doubt.intent.card is not None:
            if verdict is Verdict.EVIDENCE:
                verdict = evidence.asked(self._counter, doubt.intent) or verdict
            finding = shown_by_card(doubt, verdict, tac)
            if finding is None and isinstance(doubt.intent.card, SaleWrite) and self._renewed(doubt):
                finding = NeverHappened(why="record-renewed")
        if finding is not None:
            step = protocol.resume(doubt, finding, doubted=folded.doubted)
            self._run(protocol.receive, step[0], None, step[1])  # type: ignore[arg-type]

    def _renewed(self, doubt: Doubt) -> bool:
        """Refresh a card whose record is unreadable or mixed, unless that was done already: the sale counts as not done."""
        if self._who.card is None:
            return False
        assert self._who.owner is not None
        if journal_view.renewed_since(self._counter.journal, self._who.owner, doubt.intent.subject):
            return True
        policy = self._counter.policy()
        try:
            record = self._who.card.read_allowance()
        except CardError:
            return False
        plan = doubt.intent.card
        if (record.readable and not (isinstance(plan, SaleWrite) and is_mixed(plan, record))) or isinstance(policy, Refusal):
            return False
        if not self._who.owner.psn_no:
            found = self._counter.line.person(self._who.owner, doubt.intent.bill.insutype)
            if not isinstance(found, Known):
                return False
            self._who.owner = found.owner
        return (
            self._counter.refresher.refresh(self._who.card, self._who.owner, record, limit_fen=policy.offline_account_limit_fen) is not None
        )

    # --- the journal ------------------------------------------------------------------------------------

    def _write_intent(self, intent: SaleIntended | VoidIntended) -> on.Event:
        written = entries((intent,), self._who.owner)
        if isinstance(intent, SaleIntended) and intent.way == "online" and intent.charge is None:
            # A charge names what the steps before it are answered: the sender freezes it.
            written = [self._frozen(intent, written[0])]
        if isinstance(intent, SaleIntended) and intent.slip:
            written += entries((SlipClaimed(subject=intent.slip, by=intent.subject),), None)
        return self._append([*written, *seen((intent,), self._papers)]) or on.IntentDurable()

    def _frozen(self, intent: SaleIntended, entry: Entry) -> Entry:
        """Freeze the request beside its intent, before anything is sent."""
        assert self._who.owner is not None
        content = pharmacy.settlement_input(intent, self._who.owner.presented)
        frozen = freeze(intent.infno, intent.subject, self._counter.settings.counter.fixmedins_code, content)
        private = {**self._who.owner.private(), "input": frozen.input}
        return replace(entry, body={**entry.body, "request_hash": frozen.sha256}, private=private)

    def _commit(self, facts: tuple[Fact, ...]) -> on.Event:
        facts = (*facts, *tenders(facts, self._person.tendered))
        return self._append([*entries(facts, self._who.owner), *seen(facts, self._papers)]) or on.Committed()

    def _append(self, written: list[Entry]) -> on.JournalFailed | None:
        try:
            self._counter.journal.commit(with_steps(written, self._trace))
        except JournalError as error:
            self._person.tell(error)
            return on.JournalFailed(why=error.code)
        self._trace.tell(written[0].subject)
        return None
