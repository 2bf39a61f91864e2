"""What is kept of a session with card and PSAM: every step, and nothing that was in it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest

from config.clock import CHINA
from offline_queue.journal import Committed, Entry
from settlement.checkout.states import Settled
from terminal.cards.apdu import Channel
from terminal.cards.errors import CardGone, PinWrong
from terminal.cards.port import OutcomeUnknown
from terminal.cards.trace import RESET, STEPS_MAX, Trace
from tests.cards.counter import Counter
from tests.cards.people import PIN
from tests.world.shop import Shop


class Ticking:
    """A clock that goes on by 20 ms whenever it is read."""

    def __init__(self) -> None:
        self.read = 0

    def now(self) -> datetime:
        """Return a morning."""
        return datetime(2026, 3, 2, 9, 0, tzinfo=CHINA)

    def monotonic(self) -> float:
        """Return the next moment."""
        self.read += 1
        return self.read * 0.02

    def set_by(self) -> float:
        """Return nothing."""
        return 0.0


class Echo:
    """A card that answers as many bytes as it is told to, or loses contact."""

    atr = bytes(17)

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer

    def transmit(self, apdu: bytes | bytearray) -> tuple[bytes, int]:
        """Answer 9000."""
        del apdu
        if self._answer is None:
            raise OutcomeUnknown
        return self._answer, 0x9000

    def close(self) -> None:
        """Stay as it is."""
        self._answer = None


def test_a_step_says_what_was_asked_and_how_it_ended() -> None:
    """A step has its time, slot, command, parameters, both lengths and the status word."""
    trace = Trace(Ticking())
    channel = Channel(Echo(b"\x09\x1212345678"), trace)

    channel.read(0x00, 0xB2, 0x09, 0x34, le=10)
    channel.write(0x00, 0xDC, 0x92, 0x34, b"\x92\x04\x00\x00\x10\x00")

    assert [
        (20, "card", RESET, "", 0, 17, ""),
        (40, "card", "READ RECORD", "0934", 0, 10, "9000"),
        (60, "card", "UPDATE RECORD", "9234", 6, 10, "9000"),
    ] == list(trace.steps)


def test_contact_lost_is_a_step_without_status() -> None:
    """An exchange that was cut off stands in the trace, since it may have been executed."""
    trace = Trace(Ticking())
    channel = Channel(Echo(None), trace, "psam")

    with pytest.raises(OutcomeUnknown):
        channel.write(0x80, 0xFA, 0x00, 0x00, bytes(8))

    assert (40, "psam", "CRYPTOGRAM", "0000", 8, 0, "") == trace.steps[-1]


def test_the_trace_is_bounded() -> None:
    """A card that is asked for ever fills neither memory nor journal."""
    trace = Trace(Ticking())
    channel = Channel(Echo(b""), trace)

    for _ in range(STEPS_MAX + 5):
        channel.read(0x00, 0xEE, 0x00, 0x00, le=0)

    assert STEPS_MAX == len(trace.steps)
    assert "INS EE" == trace.steps[-1][2]


def test_each_subject_is_told_each_step_once() -> None:
    """What was written beside one sale is not written there again, and is new to another."""
    trace = Trace(Ticking())
    channel = Channel(Echo(b""), trace)
    trace.tell("one")
    channel.read(0x00, 0x84, 0x00, 0x00, le=8)

    assert ["GET CHALLENGE"] == [step[2] for step in trace.untold("one")]
    assert [RESET, "GET CHALLENGE"] == [step[2] for step in trace.untold("two")]


def test_no_content_of_a_real_session_is_in_its_trace(tmp_path: Path) -> None:
    """Neither PIN nor name nor number nor cryptogram of a whole session can be found in its trace."""
    counter = Counter(tmp_path)
    trace = Trace(Ticking())
    card = counter.open(trace)
    holder = card.identify()
    with pytest.raises(PinWrong):
        card.verify_pin(bytearray(b"000000"))
    card.verify_pin(bytearray(PIN.encode()))
    card.read_allowance()
    card.close()

    text = json.dumps(trace.steps, ensure_ascii=False)
    secrets = (PIN, holder.psn_name, holder.certno, holder.card_no, holder.card_sn, PIN.encode().hex(), holder.certno.encode().hex())
    assert ["63C2", "9000"] == [sw for _, _, name, _, _, _, sw in trace.steps if name == "VERIFY"]
    assert [] == [secret for secret in secrets if secret in text]
    assert all(isinstance(value, int) or len(value) <= 22 for step in trace.steps for value in step)
    assert 2 == sum(step[2] == RESET for step in trace.steps)


def test_a_sale_keeps_its_steps_in_its_own_transactions(tmp_path: Path) -> None:
    """Steps are committed with the intent and with the booking, never by themselves, and the fold does not see them."""
    with Shop(tmp_path / "stage") as shop:
        shop.sell("torn", "2.00")
        shop.cut()
        commits: list[list[str]] = []
        commit = shop.counter.journal.commit

        def noted(entries: Sequence[Entry], *, claim: str = "") -> Committed:
            commits.append([entry.kind for entry in entries])
            return commit(entries, claim=claim)

        shop.counter.journal.commit = noted  # type: ignore[method-assign]
        ended = shop.sell("torn", "1.00")
        shop.mend()
        shop.settle_down()

        assert isinstance(ended, Settled)
        assert [["sale_intended", "card_steps"], ["done", "card_steps"]] == [kinds for kinds in commits if "card_steps" in kinds]
        first, second = (r.body["steps"] for r in shop.counter.journal.records(ended.subject) if r.kind == "card_steps")
        assert ["UPDATE RECORD", "APPEND RECORD", "UPDATE RECORD"] == [s[2] for s in second if s[2] in {"UPDATE RECORD", "APPEND RECORD"}]
        assert {"VERIFY", "EXTERNAL AUTHENTICATE", "READ RECORD"} <= {s[2] for s in first}
        assert [] == shop.disagreements()


def test_a_pulled_card_leaves_its_last_step_without_an_answer(tmp_path: Path) -> None:
    """The step at which the card went is the last one, and says so."""
    counter = Counter(tmp_path)
    counter.insert(fault={"apdu": 3, "when": "after"})
    trace = Trace(Ticking())
    card = counter.open(trace)

    with pytest.raises(CardGone):
        card.identify()
    card.close()

    assert "" == trace.steps[-1][-1]
