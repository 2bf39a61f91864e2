"""The insurer's office of the playground: it gives each new card its first allowance, as any counter would.

It has a journal and a sender of its own, so that the counter beside it is new and may open at once. Nothing is
booked that the protocol of the refresh does not book (:mod:`terminal.refresh`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Self

from config.clock import SystemClock
from config.entropy import SystemEntropy
from config.regions import policy_for
from config.settings import Settings
from nhsa import codes, extension
from offline_queue.journal import CounterIdentity, Entry, Journal
from settlement.errors import Refusal
from settlement.facts import Aborted
from terminal.bookkeeping import Owner
from terminal.cards.opening import open_card
from terminal.cards.simulated import Hands
from terminal.centre_line import CentreLine, Known
from terminal.demo.cast import Player
from terminal.demo.errors import PlaygroundFailed
from terminal.refresh import Refresher

_PAUSE_S = 0.02


class Office:
    """The office in one directory, with its settings laid out and its sender running."""

    def __init__(self, directory: Path, hands: Hands) -> None:
        self._settings = Settings.load(directory / "settings.toml")
        self._clock, self._hands, self._directory = SystemClock(), hands, directory
        counter = self._settings.counter
        identity = CounterIdentity(fixmedins_code=counter.fixmedins_code, till=counter.till)
        self._journal = Journal(directory, role="till", clock=self._clock, entropy=SystemEntropy(), counter=identity)
        self._line = CentreLine(self._journal, self._settings, self._clock)
        self._refresher = Refresher(self._journal, self._line, self._clock, SystemEntropy())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._journal.close()

    def issue(self, players: Iterable[Player], *, go_on: Callable[[], None]) -> None:
        """Give the cards their allowance, one after the other; ``go_on()`` raises when nobody wants it any more.

        Raises :class:`PlaygroundFailed` when a card did not get it.
        """
        for subject in self._journal.open_subjects():
            # Left by an office that was interrupted: it is never written later, and asks anew below.
            aborted = Aborted(subject=subject, why="refresh-interrupted")
            self._journal.commit([Entry(kind=aborted.kind, subject=subject, body=aborted.body())])
        while self._journal.notes.sender_status().line != "up":
            go_on()
            time.sleep(_PAUSE_S)
        for player in players:
            go_on()
            self._hands.insert(player.image)
            try:
                done = self._issue(player)
            finally:
                self._hands.pull()
            if not done:
                raise PlaygroundFailed(part=player.image, why=extension.REFRESH, directory=str(self._directory))

    def _issue(self, player: Player) -> bool:
        today = self._clock.now().strftime("%Y-%m-%d")
        policy = policy_for(player.admdvs, today)
        card = open_card(self._settings)
        try:
            holder = card.identify()
            owner = Owner(certno=holder.certno, psn_name=holder.psn_name, card_no=holder.card_no, card_sn=holder.card_sn)
            found = self._line.person(owner, codes.EMPLOYEE)
            if isinstance(policy, Refusal) or not isinstance(found, Known):
                return False
            card.verify_pin(bytearray(player.pin.encode()))
            record = card.read_allowance()
            return self._refresher.refresh(card, found.owner, record, limit_fen=policy.offline_account_limit_fen) is not None
        finally:
            card.close()
