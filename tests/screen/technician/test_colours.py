"""Nothing on the technician's screens that a colour alone would say: the row that is chosen, how a thing stands, how bad it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from offline_queue.fold import Standing
from settlement.errors import Language
from terminal import doctor
from terminal.finding import Finding
from terminal.screen import words
from terminal.screen.glyphs import Glyphs
from terminal.screen.technician import finding_rows, log_rows, queue_rows
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.queue_rows import Owed, Queue
from tests.log.rows import row
from tests.screen.colourless import expect_in_text, expect_told_apart
from tests.screen.golden import text_of
from tests.screen.technician.day import until
from tests.screen.technician.sitting import at_screen

FAULT = Finding(subject="printer", state="fault", zh="打印机没有回应", en="the printer does not answer")
FOUND = [FAULT, *(Finding(subject="journal", state="ok", zh=f"第 {number} 项", en=f"no. {number}") for number in range(40))]
OWED = Owed(
    subject="P99010000001202603020911880100", infno="2102", lane="backlog", state="waiting", attempts=1, waits_for="", because="",
    last="2026-03-02 09:00:00", words="",
)  # fmt: skip
QUEUE = Queue(alive=True, line="up", since="", words="", signed_time="", hotlist="", count=1, rows=(OWED,))
GLYPHS = Glyphs()


@pytest.fixture(params=["zh", "en"], autouse=True)
def _spoken(request: pytest.FixtureRequest) -> None:
    """Speak each language in turn."""
    language: Language = request.param
    words.use(language)


async def still(pilot: Pilot[Any]) -> None:
    """Wait until nothing changes any more."""
    await until(pilot, lambda: True)


@pytest.mark.parametrize(
    ("view", "keys"),
    [
        ("", ("down",)),
        ("", ("f2",)),
        ("", ("f3",)),
        ("", ("f6",)),
        ("", ("f7",)),
        ("", ("1",)),
        ("f9", ("down",)),
        ("f9", ("enter",)),
        ("f10", ("down",)),
        ("f10", ("f7",)),
    ],
)
def test_who_sees_no_colour_loses_nothing(till: Path, view: str, keys: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a key does to log, queue and checks changes the text: the row that is chosen, a filter, what is typed, a scroll."""
    monkeypatch.setattr(doctor, "look_at", lambda *_args, card, **_options: FOUND[: 30 if card else 40])

    async def act(app: LogApp, pilot: Pilot[Any]) -> None:
        await until(pilot, lambda: "560100" in text_of(app) and "2026-03-02" in text_of(app))
        if view:
            await pilot.press(view)
            await still(pilot)
        with expect_in_text(lambda: text_of(app)):
            await pilot.press(*keys)
            await still(pilot)

    at_screen(till, act, size=(80, 24))


def test_standings_are_told_apart() -> None:
    """Each standing of a settlement is a row of its own in the log, amounts and number being the same."""
    one = row(7, total_fen=5_050)
    expect_told_apart(
        {str(standing): log_rows.table([one._replace(standing=str(standing))], 0, 80, GLYPHS)[1].text for standing in Standing}
    )


def test_states_of_the_queue_are_told_apart() -> None:
    """How sender and line are, and how each request stands, waits or is given up."""
    senders = {
        "up": QUEUE, "down": replace(QUEUE, line="down"), "unknown": replace(QUEUE, line="unknown"), "silent": replace(QUEUE, alive=False),
        "nothing": replace(QUEUE, count=0, rows=()),
    }  # fmt: skip
    expect_told_apart({name: "\n".join(line.text for line in queue_rows.head(queue, 80, GLYPHS)) for name, queue in senders.items()})
    waits = replace(OWED, waits_for="P99010000001202603020830000107", because="person")
    requests = {state: replace(OWED, state=state) for state in ("waiting", "begun", "unknown", "set_aside")}
    requests |= {"live": replace(OWED, lane="live"), "waits": waits}
    expect_told_apart({name: queue_rows.table(QUEUE, [owed], 0, 80)[1].text for name, owed in requests.items()})
    reasons = {because: replace(waits, because=because) for because in ("person", "answer", "stuck")}
    expect_told_apart({name: "\n".join(line.text for line in queue_rows.detail(owed, QUEUE, 80)) for name, owed in reasons.items()})


def test_findings_are_told_apart() -> None:
    """The same words as a fault, as something to look at, and as fine; and what all of them come to."""
    states = {state: replace(FAULT, subject="new", state=state) for state in ("fault", "warning", "ok")}
    expect_told_apart({state: finding_rows.findings([found], 80, GLYPHS)[0].text for state, found in states.items()})
    expect_told_apart({state: finding_rows.summary([found], GLYPHS).text for state, found in states.items()})
