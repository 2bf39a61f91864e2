"""A whole shop in one process: real journal, sender, card and centre, a line that can be bent, and a person by script."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from clearing.database import Database
from clearing.export import export as clearing_export
from config.case_file import lines_of
from config.clock import FileClock
from config.entropy import SystemEntropy
from config.settings import Settings
from offline_queue.journal import CounterIdentity, Journal
from offline_queue.journal.verify import verify
from offline_queue.journal_command import export
from offline_queue.sync.sender import Sender
from settlement import reversal
from settlement.bill import Bill
from settlement.checkout.effects import Effect
from settlement.checkout.states import Sale, SelfPayOffered, State
from settlement.errors import OperatorError, Refusal
from simulator import image
from simulator.contents import contents
from terminal import catch_up
from terminal.counter import Counter
from terminal.demo.agreement import compare
from terminal.demo.stage import Stage
from terminal.driver import Driver
from terminal.person import Answer
from terminal.screen.account_news import PinPurpose
from tests.checker import card_images
from tests.checker.decide import wrongs

_QUIET_LOOKS = 75
Say = Answer | Callable[[], Answer]
ALWAYS: dict[str, Say] = {
    "Quoted": Answer.SETTLE,
    "Proposed": Answer.SETTLE,
    "DifferenceShown": Answer.AGREE,
    "SelfPayOffered": Answer.CANCEL,
    "PinRefused": Answer.AGAIN,
    "Billed": Answer.CANCEL,
    "DoubtOpen": Answer.GOODS_OUT,
}


@dataclass(slots=True)
class Script:
    """A person who answers by the name of the state; a list is used up in order, its last answer stays."""

    pins: list[str] = field(default_factory=list)
    answers: dict[str, list[Say]] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    goods: list[str] = field(default_factory=list)
    steps: list[str] = field(default_factory=list)
    cash_fen: int = 0

    def pin(self, tries_left: int | None) -> bytearray | None:
        """Give the next PIN; the last one stays."""
        del tries_left
        digits = self.pins.pop(0) if len(self.pins) > 1 else "".join(self.pins)
        return bytearray(digits.encode()) or None

    def digits(self, purpose: PinPurpose) -> bytearray | None:
        """Give the next PIN."""
        self.asked.append(f"digits {purpose}")
        return self.pin(None)

    def pin_on_reader(self, tries_left: int | None, purpose: PinPurpose = "settle") -> bool:
        """Let the customer type on the reader."""
        self.asked.append(f"pin-on-reader {tries_left}" if purpose == "settle" else f"pin-on-reader {purpose}")
        return True

    def decide(self, state: State | reversal.State) -> Answer:
        """Answer as scripted."""
        name = type(state).__name__
        self.asked.append(name)
        if isinstance(state, SelfPayOffered):
            self.refused.append(state.refusal.code)
        left = self.answers.get(name)
        say = (left.pop(0) if len(left) > 1 else left[0]) if left else ALWAYS[name]
        return say if isinstance(say, Answer) else say()

    def tell(self, words: Refusal | OperatorError) -> None:
        """Remember what was told."""
        self.told.append(words.code)

    def see(self, effect: Effect) -> None:
        """Remember the step."""
        self.steps.append(type(effect).__name__)

    def tendered(self, due_fen: int) -> int:
        """Give what was put down for it."""
        return self.cash_fen if self.cash_fen >= due_fen else 0

    def take_slip(self, text: str) -> None:
        """Remember the slip."""
        self.slips.append(text)

    def take_goods(self, subject: str) -> None:
        """Remember whose goods went out."""
        self.goods.append(subject)


class Shop:
    """One counter at work beside a real centre."""

    def __init__(
        self, directory: Path, *, personality: str = "re-executes", exchange_s: float = 0.5, centre_regions: Path | None = None
    ) -> None:
        self.stage = Stage(
            directory,
            seed="world",
            personality=personality,
            shops=("east",),
            staffed=False,
            exchange_s=exchange_s,
            centre_regions=centre_regions,
        )
        self.script = Script()
        self._directory = directory / "east"
        self._ends = ExitStack()

    def __enter__(self) -> Self:
        self._ends.enter_context(self.stage)
        self.furnish(self._directory)
        self.start_sender()
        self.counter = self._ends.enter_context(Counter(self._directory))
        self.driver = Driver(self.counter, self.script)
        self.stage.until("the hotlist has come", lambda: self.counter.journal.notes.sender_status().hotlist_time)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop_sender()
        self._ends.close()

    def furnish(self, directory: Path) -> None:
        """Do what else a shop needs before it opens: nothing at a pharmacy."""

    # --- what happens in the shop ------------------------------------------------------------------------

    def sell(
        self,
        role: str,
        yuan: str = "1.00",
        *,
        fault: dict[str, Any] | None = None,
        answers: dict[str, list[Say]] | None = None,
        pins: list[str] | None = None,
    ) -> State:
        """Sell something to ``role`` by card and return how it ended."""
        self.insert(role, fault=fault)
        return self.sell_inserted(yuan, answers=answers, pins=pins or [self.stage.cast[role].pin])

    def sell_inserted(
        self, yuan: str, *, answers: dict[str, list[Say]] | None = None, pins: list[str] | None = None, first_pay: str = "0"
    ) -> State:
        """Sell something by whatever is in the reader; ``first_pay`` makes it a class-B line."""
        self._ready(pins or [], answers)
        catch_up.run(self.counter, self.driver)
        policy = self.counter.policy()
        assert not isinstance(policy, Refusal)
        level = "01" if first_pay == "0" else "02"
        row = {"name": "演示片", "price": yuan, "class": level, "first_pay_ratio": first_pay, "kind": "国药准字", "code": "A001"}
        place = self.counter.settings.counter
        bill = Bill(admdvs=place.admdvs, begntime=self.counter.at, venue=place.venue, lines=lines_of([row]))
        return self.driver.sell(Sale(bill=bill, policy=policy))

    def void(self, role: str, subject: str) -> reversal.State:
        """Void a settlement against the card of ``role``."""
        self.insert(role)
        self._ready([self.stage.cast[role].pin], None)
        return self.driver.void(subject)

    def insert(self, role: str, *, fault: dict[str, Any] | None = None) -> None:
        """Put a card in the reader."""
        self.stage.insert("east", self.stage.cast[role], fault=fault)

    def back(self, role: str) -> Say:
        """Return an answer that puts the card back and looks again."""

        def put_back() -> Answer:
            self.insert(role)
            return Answer.AGAIN

        return put_back

    def cut(self) -> None:
        """Cut the line and wait until the sender knows."""
        self.stage.bend_line({"mode": "refuse"})
        self.stage.until("the line is down", lambda: self.counter.journal.notes.sender_status().line == "down")

    def mend(self) -> None:
        """Mend the line and wait until the sender knows."""
        self.stage.bend_line({})
        self.stage.until("the line is up", lambda: self.counter.journal.notes.sender_status().line == "up")

    def start_sender(self, opening: type[Journal] = Journal) -> None:
        """Start a sender on a journal that is opened as ``opening``."""
        settings = Settings.load(self._directory / "settings.toml")
        clock, entropy = FileClock(Path(settings.clock.file)), SystemEntropy()
        counter = CounterIdentity(fixmedins_code=settings.counter.fixmedins_code, till=settings.counter.till)
        self._sender_journal = opening(self._directory, role="sender", clock=clock, entropy=entropy, counter=counter)
        self.sender = Sender(settings, self._sender_journal, clock, entropy)
        self._sender_pause = threading.Event()
        self._thread = threading.Thread(target=self.sender.run, name="sender")
        self._thread.start()

    def reopen(self, between: Callable[[Path], object]) -> None:
        """Close till and sender, have ``between`` happen to the data directory, and open both again."""
        self.stop_sender()
        self.counter.journal.close()
        between(self._directory)
        self.start_sender()
        self.counter = self._ends.enter_context(Counter(self._directory))
        self.driver = Driver(self.counter, self.script)

    def sender_runs(self) -> bool:
        """Whether the sender is at work."""
        return self._thread.is_alive()

    def stop_sender(self) -> None:
        """Have the sender end, and wait for it."""
        self.sender.stop()
        self._thread.join()
        self._sender_journal.close()

    def mend_quietly(self) -> None:
        """Mend the line and give the sender a while in which it could notice."""
        # The probe that was due before the pause became long.
        self._sender_pause.wait(1.5)
        self.stage.bend_line({})
        self._sender_pause.wait(1.0)

    def sign_in_anew(self) -> None:
        """Have the sender sign in before its next request, so that a sign-in does not expire in the middle of a case."""
        self.sender._sign_on.number = ""

    def settle_down(self) -> None:
        """Let the sender do what it can: until nothing is owed, or a while brings no news of what is not known."""
        news, quiet = -1, 0
        while quiet < _QUIET_LOOKS:
            catch_up.run(self.counter, self.driver)
            owed, count = self.counter.journal.owed(), self.counter.journal.tip()[0]
            if not owed and count == news:
                return
            quiet = quiet + 1 if count == news and all(row.state == "unknown" for row in owed) else 0
            news = count
            self._sender_pause.wait(0.02)

    # --- what must hold ----------------------------------------------------------------------------------

    def disagreements(self) -> list[str]:
        """Return what does not agree beside the doubts that the journal lists."""
        with Database(self.stage.directory / "centre") as database, database.transaction() as db:
            centre = clearing_export(db)
        images = [self.stage.directory / "cards" / player.image for player in self.stage.cast.values()]
        return disagreements(export(self.counter.journal, reveal=True), centre, images, verify(self.counter.journal).faults)

    def doubts(self) -> list[str]:
        """Return the subjects that the journal lists as in doubt."""
        return [doubt["subject"] for doubt in export(self.counter.journal, reveal=False)["doubts"]]

    # --- inside --------------------------------------------------------------------------------------------

    def _ready(self, pins: list[str], answers: dict[str, list[Say]] | None) -> None:
        self.script.pins = list(pins)
        self.script.answers = answers or {}
        self.script.told.clear()
        self.script.asked.clear()
        self.script.refused.clear()


def disagreements(journal: dict[str, Any], centre: dict[str, Any], images: list[Path], faults: Iterable[str] = ()) -> list[str]:
    """Return what does not agree, leaving aside what the journal lists as in doubt: that is said, not hidden.

    A doubt may or may not be at the centre, and its debit may or may not be on the card: both are its amount. The product's own
    comparison is asked, and the auditor that shares nothing with it.
    """
    audited = [card for card in map(card_images.read, images) if card is not None]
    cards = [contents(image.load(path)) for path in images]
    doubts = {doubt["subject"] for doubt in journal["doubts"]}
    waiting = {row["msgid"] for row in journal["settlements"] if not row["done"]} | doubts
    told = {**journal, "doubts": [], "queue": 0, "settlements": [row for row in journal["settlements"] if row["msgid"] not in doubts]}
    settled = {**centre, "settlements": [row for row in centre["settlements"] if row["msgid"] not in waiting]}
    # The visit of what waits is still under way.
    settled["visits"] = [] if waiting or journal["queue"] else centre["visits"]
    doubted = [card for card in cards if card["allowance"]["amount_fen"] is None or journal["doubts"]]
    certain = [card for card in cards if card not in doubted]
    return [*faults, *compare([told], settled, certain).differences, *wrongs([journal], centre, audited, drained=False)]
