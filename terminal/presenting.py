"""Who stands at the counter: the card in the reader, its PIN, and the person under whom records are kept.

The driver's side that reaches the card's identity and PIN; what is done with a card that was presented stays with
:class:`terminal.driver.Driver`.
"""

from __future__ import annotations

from dataclasses import replace

from settlement import refusals
from settlement.allowance import CardRecord
from settlement.card_debit import DebitPlan, is_newer
from settlement.checkout import events as on
from settlement.doubt import Doubt
from settlement.errors import CardError, JournalError, Refusal
from terminal import journal_view, pin_change
from terminal.bookkeeping import Owner
from terminal.cards.card_account import Begun
from terminal.cards.errors import CardReplayed, PinBlocked, PinInitial, PinMalformed, PinWrong
from terminal.cards.functions import CardFunctions
from terminal.cards.keypad import KeypadEnd
from terminal.cards.ldt import PIN_DIGITS
from terminal.cards.trace import Trace
from terminal.centre_line import Question
from terminal.certificates import Scanned, Shown, type_of
from terminal.counter import Counter
from terminal.person import LAST_TRY, Person
from terminal.pin_intents import PinIntents

_WRONG_ANSWERS_MAX = 100


class Presented:
    """One person at a time, until they are let go."""

    def __init__(self, counter: Counter, person: Person) -> None:
        self._counter = counter
        self._person = person
        self.card: CardFunctions | None = None
        """Their card, held exclusively; None when there is none that can be used."""
        self.owner: Owner | None = None
        """Who records are about; it outlives the card."""
        self.asked: Question | None = None
        """What the centre was asked of them while their card was read."""
        self._shown: Shown | None = None
        self._begun: Begun | None = None

    def let_go(self) -> None:
        """Release the card, as it is."""
        self.asked = self._begun = None
        if self.card is not None:
            self.card.close()
            self.card = None

    # --- the card ---------------------------------------------------------------------------------------

    def by_card(self, trace: Trace) -> on.Event | None:
        """Open the card exclusively, with reset (step 0); None when there is none that can be used, and why was told."""
        if self._closed():
            return None
        holder = self._open(trace)
        if holder is None:
            return None
        listed = self._counter.journal.notes.hotlisted(holder.card_no, holder.certno)
        return on.CardIdentified(
            insured=holder,
            today=self._counter.today.replace("-", ""),
            hotlist=self._counter.line.hotlist(),
            hotlisted=listed,
            doubts=self._doubts(holder.certno),
        )

    def for_void(self, trace: Trace, shown: Shown | None = None) -> str:
        """Return the citizen number of the card, whose PIN was given where the area asks it, or of ``shown``; empty when there is none."""
        if self._closed():
            return ""
        if shown is not None:
            return self._by_certificate_for_void(shown)
        holder = self._open(trace)
        if holder is None or self.card is None or (self._asks_pin() and not self._give_pin_for_void(self.card)):
            return ""
        owner = journal_view.known_owner(self._counter.journal, holder.certno)
        if owner is not None and self.owner is not None:
            self.owner = replace(self.owner, psn_no=owner.psn_no, insuplc_admdvs=owner.insuplc_admdvs)
        return holder.certno

    def _closed(self) -> bool:
        """Whether this journal may settle nothing: an older copy, or one of two. Cash is taken all the same."""
        journal = self._counter.journal
        refusal = journal.notes.chain_doubt(journal.tip()[0])
        if refusal is not None:
            self._person.tell(refusal)
        return refusal is not None

    def _open(self, trace: Trace) -> on.Insured | None:
        self.let_go()
        try:
            self.card = self._counter.open_card(trace)
            holder = self.card.identify()
        except CardError as error:
            self._person.tell(error)
            self.let_go()
            return None
        self.owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
        return on.Insured(
            certno=holder.certno,
            psn_name=holder.psn_name,
            card_no=holder.card_no,
            card_sn=holder.card_sn,
            valid_until=holder.valid_until,
        )

    def _asks_pin(self) -> bool:
        policy = self._counter.policy()
        return isinstance(policy, Refusal) or policy.asks_pin(self._counter.settings.counter.venue)

    def same_card_back(self, trace: Trace) -> bool:
        """Open the card anew: whether it is that of the person whom records are about."""
        expected = self.owner
        holder = self._open(trace)
        self.owner = expected
        return holder is not None and expected is not None and holder.card_sn == expected.card_sn

    # --- another certificate ----------------------------------------------------------------------------

    def by_certificate(self, shown: Shown) -> on.Event | None:
        """Take a certificate in place of the card; nothing is asked yet. None when nobody may settle here now, and why was told."""
        self.let_go()
        if self._closed():
            return None
        self._shown, self.owner = shown, None
        return on.CertificateShown(mdtrt_cert_type=type_of(shown))

    def ask_who(self) -> on.Event:
        """Have it decoded where it must be, and ask the centre whose it is."""
        assert self._shown is not None
        certificate = self._counter.decoder.decode(self._shown) if isinstance(self._shown, Scanned) else self._shown
        if isinstance(certificate, Refusal):
            return on.CertificateUnread(why=certificate)
        owner = self._counter.line.whose(certificate)
        if not isinstance(owner, Owner):
            return owner
        self.owner = owner
        return on.CertificateKnown(
            insured=on.Insured(certno=owner.certno, psn_name=owner.psn_name),
            hotlist=self._counter.line.hotlist(),
            hotlisted=self._counter.journal.notes.hotlisted(owner.certno),
            doubts=self._doubts(owner.certno),
        )

    def _by_certificate_for_void(self, shown: Shown) -> str:
        policy, self._shown = self._counter.policy(), shown
        if isinstance(policy, Refusal) or type_of(shown) not in policy.certificates:
            area = self._counter.settings.counter.admdvs
            self._person.tell(Refusal(refusals.CERTIFICATE_NOT_HERE, {"area": area, "type": type_of(shown)}))
            return ""
        event = self.ask_who()
        if isinstance(event, on.CertificateKnown):
            return event.insured.certno
        self._person.tell(why_unknown(event))
        return ""

    # --- its PIN ----------------------------------------------------------------------------------------

    def ask_pin(self, tries_left: int | None, *, ahead: bool = False) -> on.Event:
        """Have the PIN given once, and read the off-line record; ``ahead``: while it is read, the centre is asked who this is."""
        assert self.card is not None
        try:
            if not self._give_pin(self.card, tries_left):
                return on.CardLeft()
            assert self.owner is not None
            doubts = self._doubts(self.owner.certno)
            if ahead and not doubts:
                # A doubt that ends first may change what the centre would answer.
                self.asked = self._counter.line.ask_ahead(self.owner)
            record = self.card.read_allowance()
            self._refuse_replayed(record)
            log, tac = self._debits_in_doubt(doubts)
        except PinWrong as wrong:
            self._person.tell(wrong)
            return on.PinWrong(tries_left=wrong.tries_left)
        except PinBlocked as blocked:
            self._person.tell(blocked)
            return on.PinBlocked()
        except (CardError, JournalError) as error:
            self._person.tell(error)
            return on.CardLeft()
        return on.PinAccepted(record=record, doubts=doubts, log=log, tac=tac)

    def _debits_in_doubt(self, doubts: tuple[Doubt, ...]) -> tuple[on.Log | None, str]:
        """Read what this card's own log says of a debit in doubt, and its proof; nothing where the doubt is of another card."""
        assert self.card is not None
        assert self.owner is not None
        for doubt in doubts:
            plan, of = doubt.intent.card, journal_view.owner_of(self._counter.journal, doubt.intent.subject)
            if isinstance(plan, DebitPlan) and of is not None and of.card_sn == self.owner.card_sn:
                log, proof = self.card.account.log(until=plan), self.card.account.proof(plan)
                return log, "" if proof is None else proof.tac
        return None, ""

    # --- a debit that the card does by itself -----------------------------------------------------------

    def begin_debit(self, own_fen: int) -> on.DebitBegun:
        """Begin a debit; nothing moves. Raises :class:`~settlement.errors.CardError`, :class:`CardReplayed` for a card that went back."""
        assert self.card is not None
        assert self.owner is not None
        terminal = self.card.keys.terminal_number()
        self._begun = begun = self.card.account.begin(own_fen=own_fen, pooled_fen=0, terminal=terminal)
        booked = journal_view.sequence_booked(self._counter.journal, self.owner)
        if booked is not None and not is_newer(begun.sequence, booked):
            raise CardReplayed(read=str(begun.sequence), booked=str(booked))
        return on.DebitBegun(sequence=begun.sequence, balance_fen=begun.balance_fen, terminal=terminal)

    def debit(self, plan: DebitPlan) -> on.CardDebited:
        """Send the debit that was begun, and read its entry back. Raises :class:`~settlement.errors.CardError`: only the log tells then."""
        assert self.card is not None
        assert self._begun is not None
        begun, self._begun = self._begun, None
        proof = self.card.account.debit(plan, begun)
        return on.CardDebited(log=self.card.account.log(most=1), tac=proof.tac)

    def _refuse_replayed(self, record: CardRecord) -> None:
        """Refuse a record that went back behind a debit or refresh that was booked here. Raises :class:`CardReplayed`."""
        assert self.owner is not None
        if record.generation is None or record.counter is None:
            return
        later = journal_view.booked_after(self._counter.journal, self.owner, record.generation, record.counter)
        if later is not None:
            raise CardReplayed(read=f"{record.generation}-{record.counter}", booked="-".join(map(str, later)))

    def _doubts(self, certno: str) -> tuple[Doubt, ...]:
        return tuple(map(journal_view.doubt_of, journal_view.unfinished_sales(self._counter.journal, certno=certno)))

    def _give_pin(self, card: CardFunctions, tries_left: int | None) -> bool:
        """Have the PIN typed and verified, once; an entry that is no PIN never reaches the card and is typed again."""
        work = self._work(card)
        if tries_left is None and (warning := work.intents.warning(work.owner)) is not None:
            self._person.tell(warning)
        if card.has_keypad():
            return self._give_pin_on_reader(card, tries_left)
        while (pin := self._person.pin(tries_left)) is not None:
            try:
                initial = pin_change.proved(work, pin)
            except PinMalformed as malformed:
                self._person.tell(malformed)
                continue
            finally:
                pin[:] = bytes(len(pin))
            return initial is None or pin_change.activate(work, initial, self._person)
        return False

    def _give_pin_on_reader(self, card: CardFunctions, tries_left: int | None) -> bool:
        """Have the PIN typed on the reader: then no keyboard is asked for it."""
        work = self._work(card)
        for _ in range(_WRONG_ANSWERS_MAX):
            if not self._person.pin_on_reader(tries_left):
                break
            try:
                end = pin_change.proved_on_keypad(work)
            except PinInitial as initial:
                return pin_change.activate(work, initial, self._person) and self._give_pin_on_reader(card, None)
            if end is not KeypadEnd.WRONG_LENGTH:
                return end is KeypadEnd.VERIFIED
            self._person.tell(PinMalformed(digits=str(PIN_DIGITS)))
        return False

    def _work(self, card: CardFunctions) -> pin_change.Work:
        assert self.owner is not None
        return pin_change.Work(card, self.owner, PinIntents(self._counter))

    def _give_pin_for_void(self, card: CardFunctions) -> bool:
        """Have the PIN given as for a sale: a wrong one is asked again while more than one try is left."""
        tries_left: int | None = None
        while tries_left is None or tries_left > LAST_TRY:
            try:
                if self._give_pin(card, tries_left):
                    # What it shows behind the PIN alone proves it: 9000 to VERIFY may be said by anything between.
                    card.read_allowance()
                    return True
                break
            except PinWrong as wrong:
                tries_left = wrong.tries_left
                self._person.tell(wrong)
            except (CardError, JournalError) as error:
                self._person.tell(error)
                break
        return False


def why_unknown(event: on.Event) -> Refusal:
    """Return in words why nobody can say whose a certificate is."""
    match event:
        case on.CertificateUnread():
            return event.why
        case on.PersonRefused():
            return event.refusal
        case on.CentreSilent():
            return Refusal(refusals.CENTRE_SILENT, {"why": event.why})
        case _:
            return Refusal(refusals.CERTIFICATE_OFFLINE)
