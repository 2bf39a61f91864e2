"""F9 at the desk: what is known of the account, what the card carries behind its PIN, and a change of that PIN."""

from __future__ import annotations

from collections.abc import Callable

from offline_queue.journal import Journal
from settlement.allowance import CardRecord, SaleWrite
from settlement.card_debit import debits_itself
from settlement.errors import OperatorError, Refusal
from settlement.facts import SaleIntended
from settlement.pin_facts import PinWork
from terminal import desk_lists, pin_change
from terminal.at_screen import ScreenPerson
from terminal.cards.functions import CardFunctions
from terminal.cards.keypad import KeypadEnd
from terminal.cards.recognition_errors import OldMedicalCard
from terminal.counter import Counter
from terminal.pin_change import Work
from terminal.pin_office import PinOffice
from terminal.screen import news
from terminal.screen.account_news import CardDebit, CardEntry, CardInside, PinChanged
from terminal.screen.news import News
from terminal.screen.orders import ChangePin, ReadInside, ShowAccount

_DEBITS_SHOWN = 10
_SUBJECTS = 200
"""How far back the journal is searched for a tag: the card keeps eight."""


class DeskAccount:
    """Serves the orders of the account's panel."""

    def __init__(self, counter: Counter, person: ScreenPerson, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._person = person
        self._say = say
        self._office = PinOffice(counter, person)

    def serve(self, order: ShowAccount | ReadInside | ChangePin, certno: str) -> None:
        """Do what is asked for the person with this number, empty for nobody."""
        match order:
            case ShowAccount():
                self._say(desk_lists.account(self._counter, certno))
            case ReadInside():
                self._read_inside()
            case ChangePin():
                why = self._change_pin(order.work)
                self._say(PinChanged(order.work) if why is None else news.Told(why))

    def _change_pin(self, work: PinWork) -> OperatorError | Refusal | None:
        match work:
            case "change":
                return pin_change.change(self._counter, self._person)
            case "activation":
                return self._office.activate()
            case "unblock":
                return self._office.unblock()
            case "reload":
                return self._office.reload()

    def _read_inside(self) -> None:
        read: list[tuple[str, CardRecord, tuple[CardDebit, ...]]] = []

        def look(work: Work) -> None:
            if self._give_pin(work):
                read.append((work.owner.certno, work.card.read_allowance(), _debits(work.card)))

        try:
            why = pin_change.with_card(self._counter, look)
        except OldMedicalCard as old:
            why = old
        if why is not None:
            self._say(news.Told(why))
        if not read:
            return
        certno, record, debits = read[0]
        known = _by_tag(self._counter.journal, certno)
        entries = tuple(CardEntry(tag="") if tag is None else known.get(tag, CardEntry(tag=f"{tag:04X}")) for tag in record.tags)
        torn = record.readable and not record.counter and bool(record.generation)
        own = debits_itself(record) and bool(record.amount_fen or debits)
        amount_fen = record.amount_fen if record.readable and (record.counter or own) else 0 if record.readable else None
        self._say(CardInside(amount_fen=amount_fen, entries=entries, torn=torn, by_itself=own, debits=debits))

    def _give_pin(self, work: Work) -> bool:
        """Have the PIN given once: a wrong one is told, and the next try is begun by a person."""
        if work.card.has_keypad():
            return self._person.pin_on_reader(None) and pin_change.proved_on_keypad(work) is KeypadEnd.VERIFIED
        pin = self._person.digits("look")
        if pin is None:
            return False
        try:
            if (initial := pin_change.proved(work, pin)) is not None:
                raise initial
        finally:
            pin[:] = bytes(len(pin))
        return True


def _debits(card: CardFunctions) -> tuple[CardDebit, ...]:
    """Return the newest debits of the card's own log; none on cards that keep an allowance."""
    log = card.account.log(most=_DEBITS_SHOWN)
    here = card.keys.terminal_number() if log else ""
    return tuple(
        CardDebit(at="")
        if entry is None
        else CardDebit(
            at=f"{entry.moment[4:6]}-{entry.moment[6:8]} {entry.moment[8:10]}:{entry.moment[10:12]}",
            own_fen=entry.own_fen,
            left_fen=entry.left_fen,
            here=entry.terminal == here,
        )
        for entry in log
    )


def _by_tag(journal: Journal, certno: str) -> dict[int, CardEntry]:
    """Return what this till wrote to the person's cards, by tag; the newest of two under one tag."""
    known: dict[int, CardEntry] = {}
    for subject in journal.by_owner(certno)[-_SUBJECTS:]:
        intent = journal.standing(subject).intent
        if isinstance(intent, SaleIntended) and isinstance(intent.card, SaleWrite):
            tag = intent.card.tag
            known[tag] = CardEntry(tag=f"{tag:04X}", at=intent.at, kind="sale", amount_fen=intent.card.debit_fen)
        for record in journal.records(subject):
            if record.kind == "refresh_intended":
                tag = record.body["tag"]
                known[tag] = CardEntry(tag=f"{tag:04X}", at=record.body["at"], kind="refresh", amount_fen=record.body["grant_fen"])
    return known
