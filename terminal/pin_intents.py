"""The intents of a PIN's change: durable before the command goes to the card, so that a torn one is told from a wrong PIN.

A change that has no end was torn: the card has the old PIN or the new one. That is said when a PIN is refused afterwards, and it
ends with the first right one. What the journal keeps says nothing of what the digits were.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from offline_queue.journal import Entry
from settlement.errors import CardError, JournalError, Refusal
from settlement.pin_facts import Evidence, Held, PinEnded, PinIntended, PinWork
from terminal import journal_view
from terminal.bookkeeping import Owner, with_steps
from terminal.cards.errors import PinTorn, PinUncertain, PinWrong, worded
from terminal.cards.functions import CardFunctions
from terminal.cards.trace import Trace
from terminal.counter import Counter

TORN_BEFORE = worded(
    "CARD-PIN-TORN-BEFORE",
    (
        "这张卡 {at} 改密码时中断过，卡里是新密码或旧密码。",
        "请持卡人先试新密码，不对再试旧密码；两个都不对，请到发卡机构重置密码。",
        "不要试第三个密码：每错一次少一次机会。",
    ),
    (
        "A change of this card's PIN was interrupted at {at}: the card has the new one or the old one.",
        "The cardholder tries the new one first, then the old one; when neither holds, the issuing office sets it anew.",
        "Do not try a third one: each wrong try is one less.",
    ),
)


@dataclass(slots=True)
class PinChange:
    """A change under its intent."""

    sent: bool = True
    """False where it was typed on a keypad and given up there: the card was not asked."""


class PinIntents:
    """Of one till."""

    def __init__(self, counter: Counter) -> None:
        self._counter = counter

    @contextmanager
    def intended(self, owner: Owner, work: PinWork, trace: Trace | None, *, evidence: Evidence = "") -> Iterator[PinChange]:
        """Have the command sent within: its intent is durable before, its end after, and none is written when contact was lost.

        Who finds within that nothing was sent says so (:attr:`PinChange.sent`). Raises :class:`~settlement.errors.JournalError` before
        anything is sent.
        """
        subject = self._counter.next_msgid()
        intent = PinIntended(subject=subject, at=self._counter.at, work=work, evidence=evidence)
        entry = Entry(kind=intent.kind, subject=subject, body=intent.body(), private=owner.private(), owner=owner.certno)
        self._counter.journal.commit(with_steps([entry], trace))
        if trace is not None:
            trace.tell(subject)
        change = PinChange()
        try:
            yield change
        except PinUncertain:
            raise
        except CardError:
            self._end(subject, "old", trace)
            raise
        self._end(subject, "new" if change.sent else "old", trace)

    def warning(self, owner: Owner) -> Refusal | None:
        """Return what is to be said before a PIN is asked for: a change of it was torn, and has not come to an end."""
        torn = self._torn(owner)
        return Refusal(TORN_BEFORE, {"at": str(self._intent(torn[-1])["at"])}) if torn else None

    def refused(self, owner: Owner, wrong: PinWrong) -> PinWrong:
        """Return what is said of a PIN that the card refused: whether a change was torn before."""
        torn = self._torn(owner)
        return PinTorn(wrong.tries_left, at=str(self._intent(torn[-1])["at"])) if torn else wrong

    def accepted(self, owner: Owner, card: CardFunctions, *, initial: bool) -> None:
        """End what was torn before: a right PIN was given; ``initial``: it is one that cards are issued with.

        The card proves it by a record that it shows behind the PIN alone: 9000 to VERIFY may be said by anything between. Raises
        :class:`CardError`, and nothing is ended.
        """
        torn = self._torn(owner)
        if torn:
            card.read_allowance()
        for subject in torn:
            activation = self._intent(subject)["work"] == "activation"
            self._end(subject, "old" if activation and initial else "new" if activation else "right", None)

    def _torn(self, owner: Owner) -> list[str]:
        journal = self._counter.journal
        return [
            subject
            for subject in journal.open_pins(owner.certno)
            if (of := journal_view.owner_of(journal, subject)) is not None and of.card_sn == owner.card_sn
        ]

    def _intent(self, subject: str) -> dict[str, object]:
        return self._counter.journal.records(subject)[0].body

    def _end(self, subject: str, held: Held, trace: Trace | None) -> None:
        """Note how it ended; where the journal cannot, it stays open until the next right PIN."""
        end = PinEnded(subject=subject, held=held)
        with suppress(JournalError):
            self._counter.journal.commit(with_steps([Entry(kind=end.kind, subject=subject, body=end.body())], trace))
            if trace is not None:
                trace.tell(subject)
