"""The checkout as a pure typestate machine: ``receive(state, event) -> (state, effects)``.

The contract with every driver (screen, headless command, tests):

1. perform the effects in order; the last one's result, or its *failure*, is the next event;
2. when no effect is outstanding the state is one of :data:`~settlement.checkout.states.PERSON` and the next
   event comes from somebody at the counter;
3. an event that the state does not accept raises :class:`ProtocolMisuse` and changes nothing.

Clause numbers are those of the commit protocol. Centre first, always (section 2); nothing leaves the till
before its intent is durable; "unknown" is never shown as refused.
"""

from __future__ import annotations

from dataclasses import replace

from settlement import refusals
from settlement.allowance import COUNTER_SPENDABLE_MIN, SaleWrite, Verdict, judge
from settlement.bill import Benefit, Split
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout.states import (
    AskingCentre,
    AwaitingAnswer,
    AwaitingPin,
    Billed,
    Booking,
    ClosedUnpaid,
    Debiting,
    DifferenceShown,
    DoubtOpen,
    Dropped,
    Intending,
    LeftInDoubt,
    LookingAgain,
    NotBooked,
    PaidInCash,
    PinRefused,
    Quoted,
    Released,
    Releasing,
    ReturningAllowance,
    Sale,
    SelfPayOffered,
    Settled,
    State,
    TryingDoubts,
    Verified,
)
from settlement.doubt import (
    Doubt,
    Finding,
    Happened,
    NeverHappened,
    booked,
    conclude,
    needs_goods_answer,
    needs_void,
    release,
    shown_by_card,
)
from settlement.errors import Phrase, ProtocolMisuse, Refusal
from settlement.explain import explanation_hash
from settlement.facts import (
    Aborted,
    CashReturned,
    CashSold,
    CashTaken,
    DifferenceAnswered,
    Doubted,
    Fact,
    GoodsAnswered,
    Refused,
    SaleIntended,
)
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.offline import Circumstances, offer
from settlement.split import price

Step = tuple[State, tuple[do.Effect, ...]]


def receive(state: State, event: on.Event) -> Step:
    """Return what follows when ``event`` happens in ``state``; :class:`ProtocolMisuse` when nothing may."""
    step = _until_intended(state, event) or _from_intent_to_outcome(state, event) or _in_doubt(state, event)
    if step is None:
        message = f"{type(state).__name__} does not accept {type(event).__name__}"
        raise ProtocolMisuse(message)
    return step


def _until_intended(state: State, event: on.Event) -> Step | None:  # noqa: C901, PLR0911 - a table of transitions
    """Steps 0–3: nothing leaves the till here."""
    match state, event:
        # --- who is at the counter (steps 0–2) ---------------------------------------------------
        case Billed(), on.CardIdentified():
            return _admit(state.sale, event)
        case AwaitingPin(), on.PinAccepted():
            return _verified(state, event)
        case AwaitingPin(), on.PinWrong():
            return PinRefused(sale=state.sale, insured=state.insured, hotlist=state.hotlist, tries_left=event.tries_left), ()
        case PinRefused(), on.TriedAgain():
            waiting = AwaitingPin(sale=state.sale, insured=state.insured, hotlist=state.hotlist, tries_left=state.tries_left)
            return waiting, (do.AskPin(),)
        case AwaitingPin(), on.PinBlocked():
            return _offer_cash(state.sale, refusals.PIN_BLOCKED)
        case AwaitingPin(), on.CardLeft():
            return _offer_cash(state.sale, refusals.CARD_TAKEN)
        case TryingDoubts(), on.DoubtsTried():
            return _doubts_tried(state, event)
        # --- what the centre knows, and the split (steps 2a–3) -----------------------------------
        case AskingCentre(), on.PersonKnown():
            return _quote_online(state, event.benefit)
        case AskingCentre(), on.PersonRefused():
            return _offer_cash(state.sale, refusals.CENTRE_REFUSED, words=event.words)
        case AskingCentre(), on.CentreSilent():
            return _offer_cash(state.sale, refusals.CENTRE_SILENT, why=event.why)
        case AskingCentre(), on.LineDown():
            return _quote_offline(state.sale, state.who, event.now)
        case ReturningAllowance(), on.AllowanceReturned():
            return _requote(state.quoted, event)
        case ReturningAllowance(), on.AllowanceKept():
            return state.quoted, ()
        # --- the customer decides ------------------------------------------------------------------
        case Quoted(), on.Confirmed():
            intent = _intend(state, event)
            return Intending(quoted=state, intent=intent), (do.WriteIntent(intent=intent),)
        case Billed() | PinRefused() | Quoted() | SelfPayOffered(), on.CashChosen() if not state.sale.slip:
            return _pay_cash(state.sale, event, state.refusal if isinstance(state, SelfPayOffered) else None)
        case Billed() | PinRefused() | Quoted() | SelfPayOffered(), on.Cancelled():
            return Dropped(), ()
    return None


def _from_intent_to_outcome(state: State, event: on.Event) -> Step | None:  # noqa: C901, PLR0911 - a table of transitions
    """Steps 4–7: intent, centre or card, transaction."""
    match state, event:
        # --- the intent (step 4) -------------------------------------------------------------------
        case Intending(), on.JournalFailed():
            return _offer_cash(state.quoted.sale, refusals.JOURNAL_REFUSED, why=event.why)
        case Intending(), on.IntentDurable() if state.intent.card is None:
            waiting_for = do.AwaitAnswer(msgid=state.intent.subject)
            return AwaitingAnswer(quoted=state.quoted, intent=state.intent), (waiting_for,)
        case Intending(), on.IntentDurable() if state.intent.card is not None:
            return Debiting(quoted=state.quoted, intent=state.intent), (do.WriteCard(plan=state.intent.card),)
        # --- on-line (steps 5–7) -------------------------------------------------------------------
        case AwaitingAnswer(), on.Accepted():
            return _accepted(state, event)
        case AwaitingAnswer(), on.Rejected():
            offered = _offer_cash(state.quoted.sale, refusals.CENTRE_REFUSED, words=event.words)
            return _book((Refused(subject=state.intent.subject, words=event.words),), offered)
        case AwaitingAnswer(), on.OutcomeUnknown():
            return _doubt(state.intent, event.why)
        case AwaitingAnswer(), on.LineDown():
            offline = _quote_offline(state.quoted.sale, state.quoted.who, event.now)
            return _book((Aborted(subject=state.intent.subject, why="unreachable"),), offline)
        # --- off-line (steps 5'–6') ----------------------------------------------------------------
        case Debiting(), on.CardRead():
            return _debited(state, event)
        case Debiting(), on.OutcomeUnknown():
            return _doubt(state.intent, event.why)
        # --- the transaction -----------------------------------------------------------------------
        case Booking(), on.Committed():
            return state.then, state.effects
        case Booking(), on.JournalFailed():
            return NotBooked(booking=state, refusal=_not_booked(state, event.why)), ()
        case NotBooked(), on.TriedAgain():
            return state.booking, (state.booking.commit,)
        # --- a difference from the centre ----------------------------------------------------------
        case DifferenceShown(), on.DifferenceSeen():
            return _difference_seen(state, event)
    return None


def _in_doubt(state: State, event: on.Event) -> Step | None:  # noqa: C901, PLR0911 - a table of transitions
    """Section 5: what is not known, until it is."""
    match state, event:
        case DoubtOpen(), on.GoodsAsked() if state.doubt.goods_released is None:
            return _goods_asked(state, event)
        case DoubtOpen(), on.CashReceived() if state.finding is None and not state.doubt.cash_taken_fen:
            doubt = replace(state.doubt, cash_taken_fen=event.amount_fen)
            taken = CashTaken(subject=doubt.intent.subject, amount_fen=event.amount_fen)
            return _book((taken,), (DoubtOpen(doubt=doubt), ()))
        case DoubtOpen(), on.TriedAgain() if state.finding is None:
            look: do.Effect = do.AskPin() if state.doubt.intent.card else do.AwaitAnswer(msgid=state.doubt.intent.subject)
            return LookingAgain(doubt=state.doubt), (look,)
        case DoubtOpen(), on.DoubtLeft():
            return LeftInDoubt(doubt=state.doubt), ()
        case Releasing(), on.VoidNamed():
            return _release(state, event)
        case LookingAgain(), on.Accepted():
            return found(state.doubt, Happened(figures=event.figures, setl_id=event.setl_id, mdtrt_id=event.mdtrt_id))
        case LookingAgain(), on.Rejected():
            return found(state.doubt, NeverHappened(why="refused", words=event.words))
        case LookingAgain(), on.PinAccepted() if state.doubt.intent.card is not None:
            return _judged(state.doubt, judge(state.doubt.intent.card, event.record))
        case LookingAgain(), on.OutcomeUnknown() | on.LineDown() | on.CardLeft() | on.PinWrong() | on.PinBlocked():
            return DoubtOpen(doubt=state.doubt), ()
    return None


def begin(sale: Sale) -> State:
    """Return the state in which a checkout starts."""
    return Billed(sale=sale)


def resume(doubt: Doubt, finding: Finding | None, *, doubted: bool) -> Step:
    """Return where a sale stands that a restart found unfinished in the journal.

    ``finding`` is what the sender's answer proves, None when there is none; ``doubted`` whether the journal
    already lists it. Nothing becomes done here without the card read or the centre's word, and the goods
    question is asked again when it was not answered.
    """
    listed: tuple[Fact, ...] = () if doubted else (Doubted(subject=doubt.intent.subject, why="restart"),)
    then = (DoubtOpen(doubt=doubt), ()) if finding is None else found(doubt, finding)
    return then if not listed else _book(listed, then)


def found(doubt: Doubt, finding: Finding) -> Step:
    """Return what follows when ``finding`` is proved of an open doubt."""
    if needs_goods_answer(doubt, finding):
        return DoubtOpen(doubt=doubt, finding=finding), ()
    if isinstance(finding, Happened) and needs_void(doubt, finding):
        return Releasing(doubt=doubt, finding=finding), (do.NameVoid(),)
    facts = conclude(doubt, finding)
    if isinstance(finding, NeverHappened):
        return _book(facts, (ClosedUnpaid(subject=doubt.intent.subject), ()))
    return _book(facts, _settled(doubt.intent, finding.figures, goods=False), moved_fen=finding.figures.medfee_sumamt)


# --- who is at the counter -------------------------------------------------------------------------


def _admit(sale: Sale, event: on.CardIdentified) -> Step:
    if event.insured.valid_until < event.today:
        return _offer_cash(sale, refusals.CARD_EXPIRED, until=event.insured.valid_until)
    if event.hotlisted:
        return _offer_cash(sale, refusals.CARD_HOTLISTED, version=str(event.hotlist.version))
    return AwaitingPin(sale=sale, insured=event.insured, hotlist=event.hotlist), (do.AskPin(),)


def _verified(state: AwaitingPin, event: on.PinAccepted) -> Step:
    who = Verified(insured=state.insured, hotlist=state.hotlist, record=event.record)
    if not event.doubts:
        return AskingCentre(sale=state.sale, who=who), (do.AskCentre(),)
    verdicts = tuple((d, judge(d.intent.card, event.record) if d.intent.card else Verdict.EVIDENCE) for d in event.doubts)
    return TryingDoubts(sale=state.sale, who=who), (do.TryDoubts(verdicts=verdicts),)


def _doubts_tried(state: TryingDoubts, event: on.DoubtsTried) -> Step:
    if event.left:
        first = event.left[0]
        details = {"subject": first.intent.subject, "amount": format_yuan(first.exposed_fen)}
        return _offer_cash(state.sale, refusals.DOUBT_OPEN, **details)
    return AskingCentre(sale=state.sale, who=state.who), (do.AskCentre(),)


# --- the split -------------------------------------------------------------------------------------


def _quote_online(state: AskingCentre, benefit: Benefit) -> Step:
    split = price(state.sale.bill, state.sale.policy, benefit)
    if isinstance(split, Refusal):
        return SelfPayOffered(sale=state.sale, refusal=split), ()
    quoted = Quoted(sale=state.sale, who=state.who, split=split, way="online", benefit=benefit)
    on_card_fen = _earmarked_fen(state.who)
    if on_card_fen and split.figures.acct_pay == benefit.account_fen:
        richer = price(state.sale.bill, state.sale.policy, replace(benefit, account_fen=benefit.account_fen + on_card_fen))
        if isinstance(richer, Split) and richer.figures.acct_pay > split.figures.acct_pay:
            return ReturningAllowance(quoted=quoted), (do.ReturnAllowance(),)
    return quoted, ()


def _earmarked_fen(who: Verified) -> int:
    record = who.record
    if record.counter is None or record.counter < COUNTER_SPENDABLE_MIN:
        return 0
    return record.amount_fen or 0


def _requote(quoted: Quoted, event: on.AllowanceReturned) -> Step:
    assert quoted.benefit is not None
    benefit = replace(quoted.benefit, account_fen=event.account_fen)
    split = price(quoted.sale.bill, quoted.sale.policy, benefit)
    assert isinstance(split, Split), "more account money cannot make a priced bill unpriceable"
    return replace(quoted, who=replace(quoted.who, record=event.record), split=split, benefit=benefit), ()


def _quote_offline(sale: Sale, who: Verified, now: Circumstances) -> Step:
    if sale.slip:
        return _offer_cash(sale, refusals.SLIP_LINE_DOWN)
    split = offer(sale.bill, sale.policy, who.record, now)
    if isinstance(split, Refusal):
        return SelfPayOffered(sale=sale, refusal=split), ()
    return Quoted(sale=sale, who=who, split=split, way="allowance", reason=now.reason), ()


def _intend(state: Quoted, event: on.Confirmed) -> SaleIntended:
    split, card = state.split, None
    if state.way == "allowance":
        card = SaleWrite(before=state.who.record, tag=event.tag, debit_fen=split.figures.acct_pay)
    return SaleIntended(
        subject=event.msgid,
        way=state.way,
        at=event.at,
        bill=state.sale.bill,
        figures=split.figures,
        left_out=split.left_out,
        pack=split.pack,
        explanation=explanation_hash(split),
        hotlist=state.who.hotlist,
        reason=state.reason,
        card=card,
        slip=state.sale.slip,
    )


# --- outcomes --------------------------------------------------------------------------------------


def _accepted(state: AwaitingAnswer, event: on.Accepted) -> Step:
    happened = Happened(figures=event.figures, setl_id=event.setl_id, mdtrt_id=event.mdtrt_id)
    facts: tuple[Fact, ...] = (booked(state.intent, happened),)
    then: Step = _settled(state.intent, event.figures, goods=not state.intent.slip, refresh=True)
    if event.figures.movements() != state.intent.figures.movements():
        then = DifferenceShown(intent=state.intent, figures=event.figures, setl_id=event.setl_id, mdtrt_id=event.mdtrt_id), ()
    elif state.intent.slip:
        facts = (*facts, _cash_back(state.quoted.sale, state.intent, event.figures))
    return _book(facts, then, moved_fen=event.figures.medfee_sumamt)


def _cash_back(sale: Sale, intent: SaleIntended, figures: Figures) -> Fact:
    due_fen = figures.psn_cash_pay + intent.outside_fen
    return CashReturned(subject=sale.slip, amount_fen=sale.slip_cash_fen - due_fen)


def _debited(state: Debiting, event: on.CardRead) -> Step:
    assert state.intent.card is not None
    match judge(state.intent.card, event.record):
        case Verdict.DONE:
            happened = Happened(figures=state.intent.figures)
            then = _settled(state.intent, happened.figures, goods=True)
            return _book((booked(state.intent, happened),), then, moved_fen=state.intent.card.debit_fen)
        case Verdict.ABORTED:
            aborted = Aborted(subject=state.intent.subject, why="card-not-written")
            return _book((aborted,), _offer_cash(state.quoted.sale, refusals.CARD_TAKEN))
        case _:
            return _doubt(state.intent, "card-unreadable")


def _difference_seen(state: DifferenceShown, event: on.DifferenceSeen) -> Step:
    answered = DifferenceAnswered(subject=state.intent.subject, agreed=event.agreed)
    if event.agreed:
        return _book((answered,), _settled(state.intent, state.figures, goods=not state.intent.slip, refresh=True))
    doubt = Doubt(intent=state.intent, goods_released=False)
    happened = Happened(figures=state.figures, setl_id=state.setl_id, mdtrt_id=state.mdtrt_id)
    return _book((answered,), (Releasing(doubt=doubt, finding=happened, booked=True), (do.NameVoid(),)))


# --- doubts ----------------------------------------------------------------------------------------


def _doubt(intent: SaleIntended, why: str) -> Step:
    return _book((Doubted(subject=intent.subject, why=why),), (DoubtOpen(doubt=Doubt(intent=intent)), ()))


def _goods_asked(state: DoubtOpen, event: on.GoodsAsked) -> Step:
    answered = GoodsAnswered(subject=state.doubt.intent.subject, released=event.released)
    doubt = replace(state.doubt, goods_released=event.released)
    then = (DoubtOpen(doubt=doubt), ()) if state.finding is None else found(doubt, state.finding)
    return _book((answered,), then)


def _judged(doubt: Doubt, verdict: Verdict) -> Step:
    finding = shown_by_card(doubt, verdict)
    return (DoubtOpen(doubt=doubt), ()) if finding is None else found(doubt, finding)


def _release(state: Releasing, event: on.VoidNamed) -> Step:
    intent, figures = state.doubt.intent, state.finding.figures
    why = "cash-stands" if state.doubt.cash_taken_fen else "goods-kept"
    void = release(intent, figures, at=event.at, void_id=event.void_id, why=why)
    facts: tuple[Fact, ...] = (void,) if state.booked else (*conclude(state.doubt, state.finding), void)
    return _book(facts, (Released(subject=intent.subject, void_id=event.void_id), ()), moved_fen=figures.medfee_sumamt)


# --- shared ends -----------------------------------------------------------------------------------


def _settled(intent: SaleIntended, figures: Figures, *, goods: bool, refresh: bool = False) -> Step:
    effects: tuple[do.Effect, ...] = (do.PrintSlip(subject=intent.subject),)
    if goods:
        effects = (*effects, do.ReleaseGoods(subject=intent.subject))
    if refresh:
        effects = (*effects, do.RefreshIfDue())
    return Settled(subject=intent.subject, figures=figures, outside_fen=intent.outside_fen), effects


def _pay_cash(sale: Sale, event: on.CashChosen, refusal: Refusal | None) -> Step:
    sold = CashSold(
        subject=event.slip,
        at=event.at,
        bill=sale.bill,
        amount_fen=sale.bill.total_fen,
        reason=refusal.code if refusal else "",
        until=event.until,
    )
    then = PaidInCash(subject=event.slip, amount_fen=sold.amount_fen)
    return _book((sold,), (then, (do.PrintSlip(subject=event.slip), do.ReleaseGoods(subject=event.slip))))


def _offer_cash(sale: Sale, phrase: Phrase, **details: str) -> Step:
    return SelfPayOffered(sale=sale, refusal=Refusal(phrase, details)), ()


def _book(facts: tuple[Fact, ...], then: Step, *, moved_fen: int = 0) -> Step:
    commit = do.Commit(facts=facts)
    return Booking(commit=commit, then=then[0], effects=then[1], moved_fen=moved_fen), (commit,)


def _not_booked(state: Booking, why: str) -> Refusal:
    if state.moved_fen:
        return Refusal(refusals.DEBITED_NOT_BOOKED, {"amount": format_yuan(state.moved_fen)})
    return Refusal(refusals.JOURNAL_REFUSED, {"why": why})
