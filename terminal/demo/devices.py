"""The simulated devices under a newcomer's hands: cards, line, printer. Each call is short and safe from any thread.

What is asked here happens outside the till: it learns of it as a till does, from its reader and its sender.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from settlement.errors import CardError, Language, OperatorError
from terminal.demo.cast import Player
from terminal.demo.progress import Progress, Step

if TYPE_CHECKING:
    from terminal.cards.simulated import Hands

SALES = ["2102", "2103", "2207", "2208"]
"""Transactions whose answer a customer waits for: the settlement and its void."""
When = Literal["before", "during", "after"]


class LineState(StrEnum):
    """What the line between counter and centre is made to do."""

    UP = "up"
    CUT = "cut"
    SLOW = "slow"


class Note(StrEnum):
    """What is unusual about a card."""

    NONE = ""
    LOST = "lost"
    """Reported lost at the centre."""
    PIN_BLOCKED = "pin-blocked"
    TORN = "torn"
    """Its allowance cannot be read since a pull."""
    UNREADABLE = "unreadable"
    """The image is damaged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShown:
    """One card on the desk, as the panel lists it. The people do not exist, so nothing of them is masked."""

    role: str
    name: str
    pin: str
    inserted: bool
    allowance_fen: int | None
    """None when it cannot be read."""
    tries_left: int
    """Of the PIN."""
    note: Note


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """Everything that a strip shows, at one moment."""

    step: Step
    """How far the playground is; the devices answer from :attr:`Step.READY` on."""
    failure: str
    """Code of what went wrong last, empty while nothing did; its words are in ``Devices.progress.failure``."""
    inserted: str
    """Role of the card in the reader, empty when there is none."""
    pull_prepared: bool
    line: LineState
    slow_s: float
    reply_lost: bool
    """The next answer to a sale or void will be lost."""
    reply_doubled: bool
    paper_out: bool
    """The printer has no paper."""
    reporting: tuple[str, ...]
    """Roles whose loss is being reported just now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where the devices of one playground are."""

    line: Path
    """File with the rules of the line (:mod:`simulator.proxy`); beside it, ``.used``, how often they were used."""
    printer: Path
    """File with the state of the printer (:mod:`simulator.printer`)."""
    people: Mapping[str, Player]
    hands: Hands
    lost: set[str]
    """Roles whose loss the centre knows."""
    report: Callable[[Player], None]
    """Report a card lost: takes about a second. Raises :class:`~settlement.errors.OperatorError`."""
    check: Callable[[], None]
    """Raise :class:`~settlement.errors.OperatorError` when one of the processes has ended."""
    codes: tuple[str, ...]
    """Product codes that are in the catalogue."""


class Devices:
    """What Ctrl+K offers. Until the playground is ready, and after it ended, nothing can be moved: a call then does nothing."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress
        self._desk: Desk | None = None
        self._lock = threading.RLock()
        self._cut = False
        self._slow_s = 0.0
        self._numbers = 0
        self._once: dict[str, int] = {}
        """Mode of a rule that bends one answer → the number under which the line counts it."""
        self._reports: dict[str, threading.Thread] = {}

    def stand(self, desk: Desk) -> None:
        """Begin: the devices are there."""
        with self._lock:
            self._desk = desk

    def leave(self) -> None:
        """End, when what was begun is done."""
        with self._lock:
            self._desk = None
            reports = list(self._reports.values())
        for report in reports:
            report.join()

    # --- cards ---------------------------------------------------------------------------------------

    def cards(self) -> tuple[CardShown, ...]:
        """Return the cards on the desk; none before the playground is ready."""
        with self._lock:
            desk = self._desk
            if desk is None:
                return ()
            inserted = desk.hands.inserted()
            return tuple(_shown(desk, player, inserted=player.image == inserted) for player in desk.people.values())

    def insert(self, role: str) -> bool:
        """Put a card into the empty reader; False when another one is in it. Raises :class:`KeyError` for nobody's role."""
        with self._lock:
            if self._desk is None:
                return False
            image = self._desk.people[role].image
            inserted = self._desk.hands.inserted()
            if inserted not in {"", image}:
                return False
            self._desk.hands.insert(image)
            return True

    def pull(self) -> None:
        """Take the card out of the reader, whatever the till is doing with it."""
        with self._lock:
            if self._desk is not None:
                self._desk.hands.pull()

    def swap(self, role: str) -> None:
        """Take out what is in the reader and put this card in. Raises :class:`KeyError` for nobody's role."""
        with self._lock:
            if self._desk is not None:
                image = self._desk.people[role].image
                self._desk.hands.pull()
                self._desk.hands.insert(image)

    def pull_during_next_write(self, write: int = 1, when: When = "during") -> None:
        """Have the card pulled at the ``write``-th record written from now on, in whatever session.

        An off-line sale writes three: counter, tag, amount. (1, "during") debits nothing, (3, "after") all of it, and the card
        proves either when it is put back; of (3, "during") it proves nothing, and only a refresh makes it whole.
        """
        with self._lock:
            if self._desk is not None:
                self._desk.hands.prepare_pull({"next_write": write, "when": when})

    def keep_card(self) -> None:
        """Take a prepared pull back."""
        with self._lock:
            if self._desk is not None:
                self._desk.hands.prepare_pull(None)

    def report_loss(self, role: str) -> None:
        """Report the card lost at the centre, beside what goes on. Raises :class:`KeyError` for nobody's role."""
        with self._lock:
            desk = self._desk
            if desk is None:
                return
            player = desk.people[role]
            if role in self._reports or role in desk.lost:
                return
            self._reports[role] = threading.Thread(target=self._report, args=(desk, player), name="report loss", daemon=True)
            self._reports[role].start()

    def _report(self, desk: Desk, player: Player) -> None:
        try:
            desk.report(player)
            desk.lost.add(player.role)
        except OperatorError as error:
            self.progress.failure = error
        finally:
            with self._lock:
                self._reports.pop(player.role)

    # --- the line ------------------------------------------------------------------------------------

    def line(self) -> LineState:
        """Return what the line is made to do."""
        with self._lock:
            return LineState.CUT if self._cut else LineState.SLOW if self._slow_s else LineState.UP

    def cut_line(self) -> None:
        """Cut the line: nobody is connected any more, and nothing that is under way comes back."""
        self._bend(cut=True)

    def mend_line(self) -> None:
        """Mend the line; it is not slow any more either."""
        self._bend(cut=False, slow_s=0.0)

    def slow_line(self, seconds: float) -> None:
        """Have every answer come this much later; 0 = at once."""
        self._bend(slow_s=seconds)

    def drop_next_reply(self) -> None:
        """Lose the answer to the next sale or void: the centre has executed it."""
        self._bend(once="drop-reply")

    def double_next_reply(self) -> None:
        """Have the answer to the next sale or void come twice."""
        self._bend(once="double-reply")

    def _bend(self, *, cut: bool | None = None, slow_s: float | None = None, once: str = "") -> None:
        with self._lock:
            if self._desk is None:
                return
            self._cut = self._cut if cut is None else cut
            self._slow_s = self._slow_s if slow_s is None else slow_s
            self._once = {mode: number for mode, number in self._once.items() if self._waits(mode)}
            if once and once not in self._once:
                self._numbers += 1
                self._once[once] = self._numbers
            rules: list[dict[str, Any]] = [{"mode": "refuse"}] if self._cut else []
            rules += [{"number": number, "mode": mode, "infno": SALES, "times": 1} for mode, number in self._once.items()]
            if self._slow_s:
                rules.append({"mode": "delay-reply", "seconds": self._slow_s})
            replace(self._desk.line, json.dumps(rules))

    def _waits(self, mode: str) -> bool:
        """Whether a rule that bends one answer has not been used yet."""
        if self._desk is None or mode not in self._once:
            return False
        file = self._desk.line.with_suffix(".used")
        used: dict[str, int] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return not used.get(str(self._once[mode]), 0)

    # --- the printer ---------------------------------------------------------------------------------

    def printer_out_of_paper(self, out: bool) -> None:  # noqa: FBT001 - it is out, or it is not
        """Take the paper out of the printer, or put a new roll in."""
        with self._lock:
            if self._desk is not None:
                state = self._printer(self._desk)
                replace(self._desk.printer, json.dumps(state | {"lines_left": 0 if out else None}))

    @staticmethod
    def _printer(desk: Desk) -> dict[str, Any]:
        state: dict[str, Any] = json.loads(desk.printer.read_text(encoding="utf-8"))
        return state

    # --- what is shown -------------------------------------------------------------------------------

    def samples(self) -> tuple[str, ...]:
        """Return product codes that can be typed, in the order of their use; none before the playground is ready."""
        desk = self._desk
        return () if desk is None else desk.codes

    def unready(self, language: Language) -> str:
        """Return what the playground is still doing, or what went wrong, in words; empty when the devices answer."""
        if self.progress.failure is not None:
            return self.progress.failure.say(language)
        return "" if self.progress.step is Step.READY else self.progress.step.say(language)

    def state(self) -> Snapshot:
        """Return everything that a strip shows."""
        with self._lock:
            desk = self._desk
            try:
                if desk is not None:
                    desk.check()
            except OperatorError as error:
                self.progress.fail(error)
            failure = self.progress.failure
            image = desk.hands.inserted() if desk else ""
            return Snapshot(
                step=self.progress.step,
                failure=failure.code if failure else "",
                inserted=next((player.role for player in desk.people.values() if player.image == image), "") if desk else "",
                pull_prepared=desk is not None and desk.hands.pull_prepared(),
                line=self.line(),
                slow_s=self._slow_s,
                reply_lost=self._waits("drop-reply"),
                reply_doubled=self._waits("double-reply"),
                paper_out=desk is not None and self._printer(desk).get("lines_left") == 0,
                reporting=tuple(self._reports),
            )


def replace(path: Path, text: str) -> None:
    """Write so that a reader sees the old or the new text, never half of it."""
    # A device may be writing the same file just now, and calls its half of it ".new".
    new = path.with_name(f"{path.name}.laid")
    new.write_text(text, encoding="utf-8")
    new.replace(path)


def _shown(desk: Desk, player: Player, *, inserted: bool) -> CardShown:
    allowance_fen, tries_left, note = None, 0, Note.UNREADABLE
    with suppress(CardError):
        content = desk.hands.look(player.image)
        record, tries_left = content["allowance"], content["pin_tries_left"]
        torn = None in (record["generation"], record["amount_fen"], record["not_after"])
        # At counter 0 nothing of it can be spent, whatever the amount says.
        allowance_fen = None if torn else record["amount_fen"] if record["counter"] else 0
        note = Note.TORN if torn else Note.NONE
        if not tries_left:
            note = Note.PIN_BLOCKED
        if player.role in desk.lost:
            note = Note.LOST
    return CardShown(
        role=player.role,
        name=player.psn_name,
        pin=player.pin,
        inserted=inserted,
        allowance_fen=allowance_fen,
        tries_left=tries_left,
        note=note,
    )
