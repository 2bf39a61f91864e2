"""The card at the desk: what lies in the slot, who that is, and what the centre says of them meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from queue import Empty, SimpleQueue

from settlement import refusals
from settlement.errors import CardError, OperatorError, Refusal
from terminal import card_in
from terminal.card_in import Arrival
from terminal.cards.opening import slots_of
from terminal.certificates import Certificate, Shown, type_of
from terminal.counter import Counter
from terminal.screen import news
from terminal.screen.news import News


class DeskCard:
    """The slot of one desk. Everything is called on the desk's thread; only the asking runs beside it."""

    def __init__(self, counter: Counter, say: Callable[[News], None]) -> None:
        self._counter = counter
        self._say = say
        self._slots = slots_of(counter.settings.reader)
        self._token = ""
        """What was last seen in the slot: a presence token, the code of a reader's error, or nothing."""
        self.arrival: Arrival | None = None
        """Who is in now."""
        self._arrivals = 0
        self._asking: threading.Thread | None = None
        self._ask_once_more = False
        self._answers: SimpleQueue[news.PersonShown] = SimpleQueue()

    def watch(self) -> Arrival | None:
        """Look at the slot; a card that has come since the last look is read and returned."""
        try:
            token = self._slots.presence()
        except CardError as error:
            if self._token != error.code:
                self._token, self.arrival = error.code, None
                self._say(news.CardFailed(error))
            return None
        if token == self._token:
            return None
        self._token = token
        if token:
            return self._read()
        self.arrival = None
        self._say(news.CardGone())
        return None

    def present(self, presented: Shown) -> Refusal | None:
        """Take a certificate in place of the card; return why it is nobody's."""
        policy = self._counter.policy()
        if isinstance(policy, Refusal):
            return policy
        if type_of(presented) not in policy.certificates:
            return Refusal(refusals.CERTIFICATE_NOT_HERE, {"area": policy.admdvs, "type": type_of(presented)})
        self._arrivals += 1
        arrival = card_in.present(self._counter, self._arrivals, presented)
        if isinstance(arrival, Refusal):
            return arrival
        self.arrival = arrival
        self._say(news.CardShown(arrival.shown))
        self.ask_centre()
        return None

    @property
    def certificate(self) -> Certificate | None:
        """What was presented in place of the card."""
        return self.arrival.certificate if self.arrival is not None else None

    def put_aside(self) -> None:
        """Forget a certificate: it is of one person, once. A card that lies in the slot is read again."""
        if self.certificate is not None:
            self.arrival, self._token = None, ""
            self._say(news.CardGone())

    def watch_anew(self) -> Arrival | None:
        """Read what lies in the slot again, whatever was seen of it before."""
        self._token = ""
        return self.watch()

    def here(self, arrival: int | None) -> Arrival | None:
        """Return the arrival of that number if it is the one that is in now."""
        return self.arrival if self.arrival and self.arrival.shown.arrival == arrival else None

    def presence(self) -> str:
        """Return what the slot says of itself now; empty where it says nothing."""
        try:
            return self._slots.presence()
        except CardError:
            return ""

    def reader_state(self) -> news.ReaderState:
        """Return the reader as the status strip shows it."""
        try:
            return "card" if self._slots.presence() else "empty"
        except CardError:
            return "fault"

    def ask_centre(self) -> None:
        """Ask the centre anew for the person whose card is in: the account may have changed."""
        if self.arrival is None or self.presence() != self._token:
            return
        if self._counter.journal.notes.sender_status().line != "up":
            self._forget_balance(self.arrival)
            return
        if self._asking is not None and self._asking.is_alive():
            self._ask_once_more = True
            return
        self._asking = threading.Thread(target=self._ask, args=(self.arrival,), name="asking", daemon=True)
        self._asking.start()

    def _forget_balance(self, arrival: Arrival) -> None:
        """Show no balance that was known before something was sold off-line."""
        if arrival.shown.benefit is not None:
            self.arrival = replace(arrival, shown=replace(arrival.shown, benefit=None))
            self._say(news.CardShown(self.arrival.shown))

    def hear_centre(self) -> None:
        """Tell what the centre has answered about the person who is still in."""
        while True:
            try:
                known = self._answers.get_nowait()
            except Empty:
                break
            if self.arrival is not None and known.arrival == self.arrival.shown.arrival:
                self.arrival = replace(self.arrival, shown=known)
                self._say(news.CardShown(known))
        if self._ask_once_more and self._asking is not None and not self._asking.is_alive():
            self._ask_once_more = False
            self.ask_centre()

    def _read(self) -> Arrival | None:
        self._say(news.CardReading())
        self._arrivals += 1
        try:
            self.arrival = card_in.identify(self._counter, self._arrivals)
        except CardError as error:
            self.arrival = None
            self._say(news.CardFailed(error))
            return None
        self._say(news.CardShown(self.arrival.shown))
        return self.arrival

    def _ask(self, arrival: Arrival) -> None:
        """Ask beside the desk's work: an answer may take as long as the centre likes, and nobody waits for it here."""
        with suppress(OperatorError):
            self._answers.put(card_in.ask_centre(self._counter, arrival))
