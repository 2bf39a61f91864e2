"""What each transition of the checkout comes to: the state that follows and what the driver must do."""

from __future__ import annotations

from dataclasses import replace

from settlement import refusals
from settlement.allowance import COUNTER_SPENDABLE_MIN, SaleWrite, Verdict, judge
from settlement.bill import Benefit, Split
from settlement.blame import blame
from settlement.card_debit import DebitPlan, judge_by_log
from settlement.checkout import effects as do
from settlement.checkout import events as on
from settlement.checkout.states import (
    Admitted,
    AskingCentre,
    AwaitingAnswer,
    AwaitingPin,
    Beginning,
    Booking,
    Certifying,
    ClosedUnpaid,
    Debiting,
    DifferenceShown,
    DoubtOpen,
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
from settlement.errors import Phrase, Refusal
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
    SaleIntended,
    Way,
)
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.offline import Circumstances, closed_offline, offer
from settlement.split import price

Step = tuple[State, tuple[do.Effect, ...]]
_NUMBER_DIGITS = 10
"""Of a msgid: time of day, till and sequence, at most 2359599999. That fits the 32 bits of a card's terminal transaction number."""


def found(doubt: Doubt, finding: Finding) -> Step:
    """Return what follows when ``finding`` is proved of an open doubt."""
    if needs_goods_answer(doubt, finding):
        return DoubtOpen(doubt=doubt, finding=finding), ()
    if isinstance(finding, Happened) and needs_void(doubt, finding):
        return Releasing(doubt=doubt, finding=finding), (do.NameVoid(),)
    facts = conclude(doubt, finding)
    if isinstance(finding, NeverHappened):
        return book(facts, (ClosedUnpaid(subject=doubt.intent.subject), ()))
    return book(facts, _settled(doubt.intent, finding.figures, goods=False), moved_fen=finding.figures.medfee_sumamt)


# --- who is at the counter -------------------------------------------------------------------------


def admit(sale: Sale, event: on.CardIdentified) -> Step:
    """Admit a card that is in date and not hotlisted.

    Its PIN is asked where the area wants it, and where the card alone can close a doubt: its record is behind the PIN.
    """
    if event.insured.valid_until < event.today:
        return offer_cash(sale, refusals.CARD_EXPIRED, until=event.insured.valid_until)
    if event.hotlisted:
        return offer_cash(sale, refusals.CARD_HOTLISTED, version=str(event.hotlist.version))
    if sale.policy.asks_pin(sale.bill.venue) or any(doubt.intent.card for doubt in event.doubts):
        return AwaitingPin(sale=sale, insured=event.insured, hotlist=event.hotlist), (do.AskPin(),)
    who = Admitted(insured=event.insured, hotlist=event.hotlist, record=None)
    return _doubts_first(sale, who, event.doubts) or _ask_centre(sale, who)


def shown(sale: Sale, event: on.CertificateShown) -> Step:
    """Ask the centre whose a certificate is, where the area settles by it: nothing is sent else."""
    if event.mdtrt_cert_type not in sale.policy.certificates:
        return offer_cash(sale, refusals.CERTIFICATE_NOT_HERE, area=sale.policy.admdvs, type=event.mdtrt_cert_type)
    return Certifying(sale=sale), (do.AskWho(),)


def certified(sale: Sale, event: on.CertificateKnown) -> Step:
    """Admit a person who is known to the centre and not on the hotlist: no PIN, no record, doubts first."""
    if event.hotlisted:
        return offer_cash(sale, refusals.CERTIFICATE_LISTED, version=str(event.hotlist.version))
    who = Admitted(insured=event.insured, hotlist=event.hotlist, record=None, by_card=False)
    return _doubts_first(sale, who, event.doubts) or _ask_centre(sale, who)


def verified(state: AwaitingPin, event: on.PinAccepted) -> Step:
    """Try this person's open doubts first; then ask the centre (steps 1 and 2), unless the line was found down before the PIN."""
    who = Admitted(insured=state.insured, hotlist=state.hotlist, record=event.record)
    tried = _doubts_first(state.sale, who, event.doubts, event)
    if tried is not None:
        return tried
    return quote_offline(state.sale, who, state.down) if state.down is not None else _ask_centre(state.sale, who)


def pin_refused(state: AwaitingPin, event: on.PinWrong) -> PinRefused:
    """Wait for a person after a wrong PIN."""
    return PinRefused(sale=state.sale, insured=state.insured, hotlist=state.hotlist, tries_left=event.tries_left, down=state.down)


def ask_pin_again(state: PinRefused) -> Step:
    """Ask the PIN once more, because a person said so."""
    waiting = AwaitingPin(sale=state.sale, insured=state.insured, hotlist=state.hotlist, tries_left=state.tries_left, down=state.down)
    return waiting, (do.AskPin(),)


def _doubts_first(sale: Sale, who: Admitted, doubts: tuple[Doubt, ...], read: on.PinAccepted | None = None) -> Step | None:
    if not doubts:
        return None
    verdicts = tuple((doubt, Verdict.EVIDENCE if read is None else verdict_of(doubt.intent, read)) for doubt in doubts)
    return TryingDoubts(sale=sale, who=who), (do.TryDoubts(verdicts=verdicts, tac="" if read is None else read.tac),)


def verdict_of(intent: SaleIntended, read: on.PinAccepted | on.CardRead | on.CardDebited) -> Verdict:
    """Return what was read of the card proves of an off-line sale: by its record, or by its own log."""
    match intent.card, read:
        case SaleWrite(), on.PinAccepted() | on.CardRead():
            return judge(intent.card, read.record)
        case DebitPlan(), on.PinAccepted() | on.CardDebited() if read.log is not None:
            return judge_by_log(intent.card, read.log)
        case _:
            return Verdict.EVIDENCE


def _ask_centre(sale: Sale, who: Admitted) -> Step:
    return AskingCentre(sale=sale, who=who), (do.AskCentre(),)


def doubts_tried(state: TryingDoubts, event: on.DoubtsTried) -> Step:
    """Go on when nothing is left in doubt; one open doubt blocks the account."""
    if event.left:
        first = event.left[0]
        details = {"subject": first.intent.subject, "amount": format_yuan(first.exposed_fen)}
        return offer_cash(state.sale, refusals.DOUBT_OPEN, **details)
    return _ask_centre(state.sale, state.who)


# --- the split -------------------------------------------------------------------------------------


def quote_online(state: AskingCentre, benefit: Benefit) -> Step:
    """Price with what the centre knows; refresh the card to 0 first when the account part needs what it carries."""
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


def _earmarked_fen(who: Admitted) -> int:
    record = who.record
    if record is None or record.counter is None or record.counter < COUNTER_SPENDABLE_MIN:
        return 0
    return record.amount_fen or 0


def requote(quoted: Quoted, event: on.AllowanceReturned) -> Step:
    """Price again with what came back from the card."""
    assert quoted.benefit is not None
    benefit = replace(quoted.benefit, account_fen=event.account_fen)
    split = price(quoted.sale.bill, quoted.sale.policy, benefit)
    assert isinstance(split, Split), "more account money cannot make a priced bill unpriceable"
    return replace(quoted, who=replace(quoted.who, record=event.record), split=split, benefit=benefit), ()


def quote_offline(sale: Sale, who: Admitted, now: Circumstances) -> Step:
    """Offer what the card's allowance pays, or cash; the PIN is asked for it where it was not yet, unless nothing can come of it."""
    if sale.slip:
        return offer_cash(sale, refusals.SLIP_LINE_DOWN)
    if not who.by_card:
        return offer_cash(sale, refusals.CERTIFICATE_OFFLINE)
    if who.record is None:
        closed = closed_offline(sale.policy, now)
        if closed is not None:
            return SelfPayOffered(sale=sale, refusal=closed), ()
        return AwaitingPin(sale=sale, insured=who.insured, hotlist=who.hotlist, down=now), (do.AskPin(),)
    split = offer(sale.bill, sale.policy, who.record, now)
    if isinstance(split, Refusal):
        return SelfPayOffered(sale=sale, refusal=split), ()
    way: Way = "legacy_card" if sale.policy.offline_account == "legacy_card" else "allowance"
    return Quoted(sale=sale, who=who, split=split, way=way, reason=now.reason), ()


def intend(state: Quoted, event: on.Confirmed) -> SaleIntended:
    """Freeze the quoted sale as it is agreed."""
    if state.way == "online":
        return _intent(state, event, None)
    assert state.who.record is not None, "an off-line offer is made of a record that was read"
    return _intent(state, event, SaleWrite(before=state.who.record, tag=event.tag, debit_fen=state.split.figures.acct_pay))


def intend_debit(state: Beginning, event: on.DebitBegun) -> SaleIntended:
    """Freeze the quoted sale with the debit that the card has begun: its sequence and amount before, our number and time."""
    confirmed = state.confirmed
    plan = DebitPlan(
        sequence=event.sequence,
        number=int(confirmed.msgid[-_NUMBER_DIGITS:]),
        terminal=event.terminal,
        moment="".join(filter(str.isdigit, confirmed.at)),
        own_fen=state.quoted.split.figures.acct_pay,
        pooled_fen=0,
        balance_fen=event.balance_fen,
    )
    return _intent(state.quoted, confirmed, plan)


def _intent(state: Quoted, event: on.Confirmed, card: SaleWrite | DebitPlan | None) -> SaleIntended:
    split, charge = state.split, state.sale.charge
    if card is not None:
        # The centre may know the number already, of a try before the line was found down; it takes none twice.
        charge = None if charge is None else charge.under(event.msgid)
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
        draft=state.sale.draft,
        charge=charge,
        benefit=state.benefit,
    )


# --- outcomes --------------------------------------------------------------------------------------


def accepted(state: AwaitingAnswer, event: on.Accepted) -> Step:
    """Book the centre's figures; show a difference before the goods go out."""
    happened = Happened(figures=event.figures, setl_id=event.setl_id, mdtrt_id=event.mdtrt_id)
    facts: tuple[Fact, ...] = (booked(state.intent, happened),)
    then: Step = _settled(state.intent, event.figures, goods=not state.intent.slip, refresh=True)
    if event.figures.movements() != state.intent.figures.movements():
        shown = DifferenceShown(
            intent=state.intent,
            figures=event.figures,
            setl_id=event.setl_id,
            mdtrt_id=event.mdtrt_id,
            slip_cash_fen=state.quoted.sale.slip_cash_fen,
            because=blame(state.quoted.split.steps, state.intent.figures, event.figures),
        )
        then = shown, ()
    elif state.intent.slip:
        facts = (*facts, _cash_back(state.intent, event.figures, slip_cash_fen=state.quoted.sale.slip_cash_fen))
    return book(facts, then, moved_fen=event.figures.medfee_sumamt)


def _cash_back(intent: SaleIntended, figures: Figures, *, slip_cash_fen: int) -> Fact:
    due_fen = figures.psn_cash_pay + intent.outside_fen
    return CashReturned(subject=intent.slip, amount_fen=slip_cash_fen - due_fen)


def debited(state: Debiting, event: on.CardRead | on.CardDebited) -> Step:
    """Judge what was read back from the card; only our tag and our amount book it, or our entry in its own log."""
    assert state.intent.card is not None
    match verdict_of(state.intent, event):
        case Verdict.DONE:
            happened = Happened(figures=state.intent.figures, tac=event.tac if isinstance(event, on.CardDebited) else "")
            then = _settled(state.intent, happened.figures, goods=True)
            return book((booked(state.intent, happened),), then, moved_fen=state.intent.card.debit_fen)
        case Verdict.ABORTED:
            aborted = Aborted(subject=state.intent.subject, why="card-not-written")
            return book((aborted,), offer_cash(state.quoted.sale, refusals.CARD_TAKEN))
        case _:
            return doubt(state.intent, "card-unreadable")


def difference_seen(state: DifferenceShown, event: on.DifferenceSeen) -> Step:
    """Hand the goods out when the customer agrees, else release what was settled: the void is named first, then both are booked."""
    if event.agreed:
        answered = DifferenceAnswered(subject=state.intent.subject, agreed=True)
        returned = (_cash_back(state.intent, state.figures, slip_cash_fen=state.slip_cash_fen),) if state.intent.slip else ()
        return book((answered, *returned), _settled(state.intent, state.figures, goods=not state.intent.slip, refresh=True))
    doubt = Doubt(intent=state.intent, goods_released=False)
    happened = Happened(figures=state.figures, setl_id=state.setl_id, mdtrt_id=state.mdtrt_id)
    return Releasing(doubt=doubt, finding=happened, booked=True), (do.NameVoid(),)


# --- doubts ----------------------------------------------------------------------------------------


def doubt(intent: SaleIntended, why: str) -> Step:
    """List a sale whose outcome is not known."""
    return book((Doubted(subject=intent.subject, why=why),), (DoubtOpen(doubt=Doubt(intent=intent)), ()))


def goods_asked(state: DoubtOpen, event: on.GoodsAsked) -> Step:
    """Record the one answer about the goods, and close the doubt if it is proved."""
    answered = GoodsAnswered(subject=state.doubt.intent.subject, released=event.released)
    doubt = replace(state.doubt, goods_released=event.released)
    then = (DoubtOpen(doubt=doubt), ()) if state.finding is None else found(doubt, state.finding)
    return book((answered,), then)


def cash_received(state: DoubtOpen, event: on.CashReceived) -> Step:
    """Record cash against the doubt, and close the doubt if it is proved that nothing else was paid."""
    taken = CashTaken(subject=state.doubt.intent.subject, amount_fen=event.amount_fen)
    doubt = replace(state.doubt, cash_taken_fen=event.amount_fen)
    then = (DoubtOpen(doubt=doubt), ()) if state.finding is None else found(doubt, state.finding)
    return book((taken,), then)


def judged(doubt: Doubt, read: on.PinAccepted) -> Step:
    """Close a doubt as far as the card proves it."""
    finding = shown_by_card(doubt, verdict_of(doubt.intent, read), read.tac)
    return (DoubtOpen(doubt=doubt), ()) if finding is None else found(doubt, finding)


def release_unwanted(state: Releasing, event: on.VoidNamed) -> Step:
    """Book what happened, or that it is not agreed to, together with the void that releases it."""
    intent, figures = state.doubt.intent, state.finding.figures
    why = "cash-stands" if state.doubt.cash_taken_fen else "goods-kept"
    void = release(intent, figures, at=event.at, void_id=event.void_id, why=why)
    then = Released(subject=intent.subject, void_id=event.void_id), ()
    if state.booked:
        return book((DifferenceAnswered(subject=intent.subject, agreed=False), void), then)
    return book((*conclude(state.doubt, state.finding), void), then, moved_fen=figures.medfee_sumamt)


# --- shared ends -----------------------------------------------------------------------------------


def _settled(intent: SaleIntended, figures: Figures, *, goods: bool, refresh: bool = False) -> Step:
    effects: tuple[do.Effect, ...] = (do.PrintSlip(subject=intent.subject),)
    if goods:
        effects = (*effects, do.ReleaseGoods(subject=intent.subject))
    if refresh:
        effects = (*effects, do.RefreshIfDue())
    return Settled(subject=intent.subject, figures=figures, outside_fen=intent.outside_fen), effects


def pay_cash(sale: Sale, event: on.CashChosen, refusal: Refusal | None) -> Step:
    """Sell the whole bill for cash, with a slip for later settlement."""
    sold = CashSold(
        subject=event.slip,
        at=event.at,
        bill=sale.bill,
        amount_fen=sale.bill.cash_total_fen,
        reason=refusal.code if refusal else "",
        until=event.until,
        draft=sale.draft,
        charge=sale.charge,
    )
    then = PaidInCash(subject=event.slip, amount_fen=sold.amount_fen)
    return book((sold,), (then, (do.PrintSlip(subject=event.slip), do.ReleaseGoods(subject=event.slip))))


def offer_cash(sale: Sale, phrase: Phrase, **details: str) -> Step:
    """Offer self-pay, with the reason. Nothing has moved."""
    return SelfPayOffered(sale=sale, refusal=Refusal(phrase, details)), ()


def book(facts: tuple[Fact, ...], then: Step, *, moved_fen: int = 0) -> Step:
    """Write facts in one transaction and go on when they are on disk."""
    commit = do.Commit(facts=facts)
    return Booking(commit=commit, then=then[0], effects=then[1], moved_fen=moved_fen), (commit,)
