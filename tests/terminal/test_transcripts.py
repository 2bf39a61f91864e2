"""``yibao doctor --transcript``: traces as tools write them, decoded by the tables; nothing is refused that cannot be named."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from terminal import doctor_transcript
from terminal.cards import ldt, transcript
from terminal.cards.transcript_words import Teller
from terminal.cli import main
from tests.cards.people import PIN, entry

TRACES = Path(__file__).with_name("transcripts")


def decoded(name: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """Return what the command says of a trace, as JSON."""
    assert 0 == main(["doctor", "--transcript", str(TRACES / f"{name}.apdu"), "--json"])
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


@pytest.mark.parametrize(
    ("name", "exchanges", "known", "unread"),
    [
        ("arrows", 27, {"confirmed": 19, "unconfirmed": 8}, []),
        ("pcscd", 24, {"confirmed": 21, "unconfirmed": 3}, []),
        ("log", 27, {"confirmed": 19, "unconfirmed": 8}, []),
        ("published", 16, {"confirmed": 9, "unconfirmed": 4, "unknown": 3}, []),
        ("nonsense", 3, {"confirmed": 1, "unknown": 2}, [1, 4, 5, 6]),
    ],
)
def test_each_trace(name: str, exchanges: int, known: dict[str, int], unread: list[int], capsys: pytest.CaptureFixture[str]) -> None:
    """Arrows, pcscd's own log, a library's log in GBK with times, the public record, nonsense: all read to the end."""
    said = decoded(name, capsys)

    assert exchanges == len(said["exchanges"])
    assert known == dict(Counter(one["known"] for one in said["exchanges"]))
    assert unread == said["unread"]


def test_two_tools_tell_one_session(capsys: pytest.CaptureFixture[str]) -> None:
    """What the arrows say and what the log says of one session is the same, its lines aside."""
    one, other = ([{**row, "line": 0} for row in decoded(name, capsys)["exchanges"]] for name in ("arrows", "log"))

    assert one == other


def test_what_a_sale_looks_like(capsys: pytest.CaptureFixture[str]) -> None:
    """Files, items and keys by name; our reading of the allowance is marked as one."""
    rows = decoded("arrows", capsys)["exchanges"]
    said = [(row["name"], row["detail"], row["known"]) for row in rows]

    assert ("SELECT", "社会保险 2（医疗保险）", "confirmed") in said
    assert ("READ RECORD", "发卡信息 EF05|03 规范版本 2.00", "confirmed") in said
    assert ("EXTERNAL AUTHENTICATE", "UK2DF04 16 B → 0 B", "confirmed") in said
    assert ("UPDATE RECORD", "医疗保险临时脱网结算信息 EF06|92 allowance in fen 3766", "unconfirmed") in said
    assert {"9000": "成功", "6113": "还有 19 字节", "6C03": "应为 3 字节"}.items() <= {row["status"]: row["zh"] for row in rows}.items()


@pytest.mark.parametrize("name", ["arrows", "pcscd", "log", "published"])
def test_no_pin_and_no_person(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A PIN is not repeated, name and numbers are masked: what is pasted into a ticket names nobody."""
    assert 0 == main(["doctor", "--transcript", str(TRACES / f"{name}.apdu")])
    said, person = capsys.readouterr().out, entry("a")
    secrets = (PIN, "975310", person["certno"], person["psn_name"], person["card_no"], person["card_sn"], person["certno"].encode().hex())

    assert [] == [secret for secret in secrets if secret in said]
    assert "******" in said


def test_each_line_is_one_and_obeys_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A name with control characters, and a trace full of them, stays a line of text."""
    item = ldt.HOLDER.item(ldt.TAG_NAME)
    record = bytes((item.tag, item.length)) + "甲\x1b[2J\n乙".encode("gb18030").ljust(item.length, b"\0")
    trace = tmp_path / "hostile.apdu"
    trace.write_text(f"> 00 B2 09 30 20 \x1b]0;x\x07\n< {record.hex(' ')} 90 00\n", encoding="utf-8")
    assert 0 == main(["doctor", "--transcript", str(trace)])
    said = capsys.readouterr().out

    assert 2 == said.count("\n")
    assert re.fullmatch(r"[^\x00-\x09\x0b-\x1f\x7f-\x9f]*", said)


@pytest.mark.parametrize("text", ["", "nothing at all\n", "\x00" * 100])
def test_a_trace_without_exchanges(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is said, and the exit code is that of something found."""
    trace = tmp_path / "empty.apdu"
    trace.write_text(text, encoding="utf-8")

    assert 1 == main(["doctor", "--transcript", str(trace)])
    assert "0 exchanges" in capsys.readouterr().out


def test_a_file_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In words, and with the exit code of a setting."""
    assert 3 == main(["doctor", "--transcript", str(tmp_path / "none.apdu")])
    assert doctor_transcript.TranscriptUnread.phrase.code in capsys.readouterr().err


@given(
    text=st.text(max_size=400)
    | st.lists(st.sampled_from(["> ", "< ", "00 ", "B2", "90 00", "\n", "SW=", "ATR ", "A4", "->", "FF "])).map("".join)
)
@settings(max_examples=300, derandomize=True)
def test_any_text_is_read(text: str) -> None:
    """Whatever is pasted is told to its end."""
    found = transcript.read(text)
    teller = Teller()

    assert all(teller.tell(exchange).name for exchange in found.exchanges)


@given(command=st.binary(max_size=30), answer=st.binary(max_size=60), sw=st.none() | st.integers(0, 0xFFFF))
@settings(max_examples=300, derandomize=True)
def test_any_exchange_is_told(command: bytes, answer: bytes, sw: int | None) -> None:
    """Whatever a card was sent and answered has its line."""
    teller = Teller()
    told = teller.tell(transcript.Exchange(line=1, command=command, answer=answer, sw=sw))

    assert told.known in {"confirmed", "unconfirmed", "unknown"}


def test_several_records_in_one_answer_are_told_one_by_one() -> None:
    """As the till itself reads EF05: each item by name, the card's numbers masked."""
    teller, person = Teller(), entry("a")
    teller.tell(transcript.Exchange(line=1, command=bytes.fromhex("00A404000F") + ldt.SSSE_AID, sw=0x9000))
    values = {0x03: b"2.00", 0x07: person["card_no"].encode("ascii")}
    answer = b"".join(bytes((tag, len(value))) + value for tag, value in values.items())
    told = teller.tell(transcript.Exchange(line=2, command=bytes.fromhex("00B2012D40"), answer=answer, sw=0x9000))

    assert told.detail.startswith("发卡信息 EF05 03 规范版本 2.00 · 07 卡号 ")
    assert person["card_no"] not in told.detail
    assert "unconfirmed" == told.known


def known_after(*selections: str, command: str, answer: str = "") -> str:
    """Return how far a command is known after what was selected."""
    teller = Teller()
    for selection in selections:
        teller.tell(transcript.Exchange(line=1, command=bytes.fromhex(selection), sw=0x9000))
    return teller.tell(transcript.Exchange(line=2, command=bytes.fromhex(command), answer=bytes.fromhex(answer), sw=0x9000)).known


@pytest.mark.parametrize(
    ("selections", "command", "known"),
    [
        # The same file number means another file in each application, however that was selected: EF05 of DF01 has no fifth item.
        ((), "00B2052C06", "confirmed"),
        (("00A4040006D15600000500",), "00B2052C06", "unknown"),
        (("00A4000002DF01",), "00B2052C06", "unknown"),
        (("00A4000002DF04",), "00B2013406", "unconfirmed"),
        (("00A4040006A00000000399",), "00B2052C06", "unknown"),
        # What the tables mark as our reading is marked here.
        ((), "80FA050010" + "00" * 16, "unconfirmed"),
        ((), "80FA000008" + "00" * 8, "confirmed"),
        ((), "00B0960006", "unconfirmed"),
    ],
)
def test_marks_are_those_of_the_tables(selections: tuple[str, ...], command: str, known: str) -> None:
    """No more is claimed to be known than ``docs/card.md`` says."""
    assert known == known_after(*selections, command=command)


def test_what_is_too_long_to_be_read_is_said() -> None:
    """The first line that was not looked at stands among those not read."""
    found = transcript.read("> 00 84 00 00 08\n< 90 00\n" * 10_001)

    assert (10_000, (20_001,)) == (len(found.exchanges), found.unread)
