"""F9 at the desk: what is known of the account, what the card carries behind its PIN, and a change of that PIN."""

from __future__ import annotations

from collections.abc import Callable

from offline_queue.journal import Journal
from settlement.errors import CardError
from settlement.facts import SaleIntended
from terminal import desk_lists, pin_change
from terminal.at_screen import ScreenPerson
from terminal.cards.keypad import KeypadEnd
from terminal.cards.services import CounterCard
from terminal.counter import Counter
from terminal.screen import news
from terminal.screen.account_news import CardEntry, CardInside, PinChanged
from terminal.screen.news import News
from terminal.screen.orders import ChangePin, ReadInside, ShowAccount

_SUBJECTS = 200
"""How far back the journal is searched for a tag: the card keeps eight."""


class DeskAccount:
    """Serves the orders of the account's panel."""

    def __init__(self, counter: Counter, person: ScreenPerson, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._person = person
        self._say = say

    def serve(self, order: ShowAccount | ReadInside | ChangePin, certno: str) -> None:
        """Do what is asked for the person with this number, empty for nobody."""
        match order:
            case ShowAccount():
                self._say(desk_lists.account(self._counter, certno))
            case ReadInside():
                self._read_inside()
            case ChangePin():
                why = pin_change.change(self._counter, self._person)
                self._say(PinChanged() if why is None else news.Told(why))

    def _read_inside(self) -> None:
        card: CounterCard | None = None
        try:
            card = self._counter.open_card()
            certno = card.identify().certno
            if not self._give_pin(card):
                return
            record = card.read_allowance()
        except CardError as error:
            self._say(news.Told(error))
            return
        finally:
            if card is not None:
                card.close()
        known = _by_tag(self._counter.journal, certno)
        entries = tuple(CardEntry(tag="") if tag is None else known.get(tag, CardEntry(tag=f"{tag:04X}")) for tag in record.tags)
        self._say(CardInside(amount_fen=record.amount_fen if record.readable else None, entries=entries))

    def _give_pin(self, card: CounterCard) -> bool:
        """Have the PIN given once: a wrong one is told, and the next try is begun by a person."""
        if card.has_keypad():
            return self._person.pin_on_reader(None) and card.verify_by_keypad() is KeypadEnd.VERIFIED
        pin = self._person.digits("look")
        if pin is None:
            return False
        try:
            card.verify_pin(pin)
        finally:
            pin[:] = bytes(len(pin))
        return True


def _by_tag(journal: Journal, certno: str) -> dict[int, CardEntry]:
    """Return what this till wrote to the person's cards, by tag; the newest of two under one tag."""
    known: dict[int, CardEntry] = {}
    for subject in journal.by_owner(certno)[-_SUBJECTS:]:
        intent = journal.standing(subject).intent
        if isinstance(intent, SaleIntended) and intent.card is not None:
            tag = intent.card.tag
            known[tag] = CardEntry(tag=f"{tag:04X}", at=intent.at, kind="sale", amount_fen=intent.card.debit_fen)
        for record in journal.records(subject):
            if record.kind == "refresh_intended":
                tag = record.body["tag"]
                known[tag] = CardEntry(tag=f"{tag:04X}", at=record.body["at"], kind="refresh", amount_fen=record.body["grant_fen"])
    return known
