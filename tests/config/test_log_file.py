"""The log: one line an event, nothing personal, nothing on the screen, and never in the way."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

import pytest

from config.crash import CRASHED, CrashReport
from config.log_file import Events, LogName, described, masked, opened
from config.sections import Log
from offline_queue.journal.errors import JournalDamaged

ROOT = Path(__file__).parents[2]
SIZE = Log()
SMALL = Log(file_bytes=65_536, files=3)
MSGID = "P99010000001202603020900000100"
CERTNO = "990100197001019229"
EVENTS = Events("test")


def _lines(directory: Path, name: LogName = "till") -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / "logs" / f"{name}.log").read_text(encoding="utf-8").splitlines()]


def test_an_event_is_one_json_line(tmp_path: Path) -> None:
    """Time with its zone, process, thread, part, event and its fields; files that only their owner may read."""
    with opened(tmp_path, "till", SIZE):
        EVENTS.write("attempt", msgid=MSGID, attempt=2, outcome="Accepted", why=None)
    EVENTS.write("after the file was closed")

    (line,) = _lines(tmp_path)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00", line["at"])
    assert ("test", "info", "attempt", MSGID, 2, "Accepted", None) == tuple(
        line[name] for name in ("log", "level", "event", "msgid", "attempt", "outcome", "why")
    )
    assert (0o700, 0o600) == tuple(path.stat().st_mode & 0o777 for path in (tmp_path / "logs", tmp_path / "logs" / "till.log"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (CERTNO, "***"),
        ("99010019700102559X", "***"),
        (f'{{"certno":"{CERTNO}"}}', '{"certno":"***"}'),
        (f"x{CERTNO}y", "***"),
        ("９９０１００１９７００１０１９２２９", "***"),
        ("6222021234567890123", "***"),
        ("990100D15600000501363750FFFFFFFF", "***"),
        ("card 734751401.", "card ***."),
        ("call 13900000000", "call ***"),
        (MSGID, MSGID),
        (f"{MSGID} of {CERTNO}", f"{MSGID} of ***"),
        ("a" * 64, "a" * 64),
        ("01-2603020900-000001", "01-2603020900-000001"),
        ("P99010000001 at 20260302090000", "P99010000001 at 20260302090000"),
    ],
)
def test_personal_numbers_are_masked_by_their_form(text: str, kept: str) -> None:
    """Citizen, person, card and telephone numbers go; message ids, hashes, receipts and times stay."""
    assert kept == masked(text)


def test_personal_fields_are_masked_by_their_name(tmp_path: Path) -> None:
    """Whatever they hold; a value that is no text or number shows as its kind only, and a long number is masked too."""
    with opened(tmp_path, "till", SIZE):
        EVENTS.write("x", psn_name="演示甲", pin="123456", card_no="A1", amount_fen=2500, number=int(CERTNO), other=bytearray(b"123456"))  # type: ignore[arg-type]

    text = (tmp_path / "logs" / "till.log").read_text(encoding="utf-8")
    (line,) = _lines(tmp_path)
    assert (2500, "***", "bytearray") == (line["amount_fen"], line["number"], line["other"])
    for canary in ("演示甲", "123456", "A1", CERTNO):
        assert canary not in text


@pytest.mark.parametrize(
    "text", ["a\nb\rc", "\x1b[31m\x9b2J\x07", "\u202e\u2066\u200f", "a\x00\x7f\x85b\u2028c", "half \ud800 pair", "x" * 10**6]
)
def test_a_line_stays_a_line(tmp_path: Path, text: str) -> None:
    """Control characters, directions and broken text are escaped; what is very long is cut."""
    with opened(tmp_path, "till", SIZE):
        EVENTS.write("x", words=text)

    raw = (tmp_path / "logs" / "till.log").read_bytes().decode()
    assert 1 == raw.count("\n")
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", raw)
    assert text[:500] == json.loads(raw)["words"]


def test_a_cut_leaves_no_half_of_a_number(tmp_path: Path) -> None:
    """Where a text is cut inside a number, nothing of it stays."""
    with opened(tmp_path, "till", SIZE):
        for shift in range(25):
            EVENTS.write("x", words=f"{CERTNO} " * 110 + " " * shift + CERTNO * 20)

    assert "990100" not in (tmp_path / "logs" / "till.log").read_text(encoding="utf-8")


def _choke(certno: str) -> None:
    secret = "123456"  # a local that must not appear
    try:
        int(f"{certno} 张三 {secret[:0]}")
    except ValueError as error:
        message = f"second line\n{secret}"
        raise RuntimeError(message) from error


def test_an_exception_without_what_it_met(tmp_path: Path) -> None:
    """Kinds, places and causes; no locals, no second line, no number, no name."""
    with opened(tmp_path, "till", SIZE):
        try:
            _choke(CERTNO)
        except RuntimeError as error:
            EVENTS.failed("crashed", error)

    text = (tmp_path / "logs" / "till.log").read_text(encoding="utf-8")
    (line,) = _lines(tmp_path)
    assert ["RuntimeError", "ValueError"] == [one["kind"] for one in line["error"]]
    assert "second line" == line["error"][0]["words"]
    assert re.fullmatch(r"tests/config/test_log_file\.py:\d+ _choke", line["error"][0]["places"][-1])
    for canary in ("123456", CERTNO, "张三", "secret"):
        assert canary not in text


def test_our_own_errors_say_their_code() -> None:
    """The words of an operator's error quote details; the code is enough to find them."""
    assert ["JOURNAL-DAMAGED"] == [one["words"] for one in described(JournalDamaged(what=f"about {CERTNO}"))]


def test_files_rotate(tmp_path: Path) -> None:
    """No file is larger than its size and no more are kept than were asked for; the newest event is in the first."""
    with opened(tmp_path, "till", SMALL):
        for number in range(3000):
            EVENTS.write("x", number=number)

    files = sorted((tmp_path / "logs").iterdir())
    assert ["till.log", "till.log.1", "till.log.2"] == [path.name for path in files]
    assert max(path.stat().st_size for path in files) <= SMALL.file_bytes
    assert {0o600} == {path.stat().st_mode & 0o777 for path in files}
    assert 2999 == _lines(tmp_path)[-1]["number"]


def test_a_log_that_cannot_be_written_gives_way(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """No folder, or a disk that is full: the work goes on, and nothing appears on the screen."""
    (tmp_path / "logs").touch()
    with opened(tmp_path, "till", SIZE):
        EVENTS.write("nowhere")
    with opened(tmp_path / "full", "till", SIZE):
        (log,) = [one for one in logging.getLogger().handlers if getattr(one, "baseFilename", "").endswith("till.log")]
        assert isinstance(log, logging.FileHandler)
        before = log.setStream(Path("/dev/full").open("w", encoding="utf-8"))  # noqa: SIM115 - the log closes it
        assert before is not None
        before.close()
        EVENTS.write("lost")

    assert ("", "") == capfd.readouterr()


def test_threads_and_libraries_speak_to_the_log(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """A thread that dies and a warning of a library are lines of the log; their chatter is not."""
    with opened(tmp_path, "sender", SIZE):
        dying = threading.Thread(target=_choke, args=(CERTNO,), name="backlog")
        dying.start()
        dying.join()
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("deprecated for 张三", stacklevel=1)
        logging.getLogger("httpx").info("GET https://centre.example/%s", CERTNO)
        logging.getLogger("httpx").warning("slow %s", CERTNO)

    lines = _lines(tmp_path, "sender")
    assert ["thread", "py.warnings", "httpx"] == [line["log"] for line in lines]
    assert ("backlog", "RuntimeError") == (lines[0]["thread"], lines[0]["error"][0]["kind"])
    assert "deprecated for ***" in lines[1]["event"]
    assert "slow ***" == lines[2]["event"]
    assert ("", "") == capfd.readouterr()


def test_without_a_file_nothing_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    """An event, or an exception, before a log is open goes nowhere: not to the screen."""
    EVENTS.write("early")
    EVENTS.failed("early", ValueError("x"))

    assert ("", "") == capfd.readouterr()


def test_a_crash_is_one_sentence_and_a_line_of_the_log(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What nobody foresaw ends a command with its own exit code; where it happened stands in the log."""
    with CrashReport(tmp_path, "commands") as crash:
        _choke(CERTNO)

    said = capsys.readouterr().err.splitlines()
    assert (CRASHED, 2) == (crash.code, len(said))
    assert all(line.startswith("[PROGRAM-FAILED]") and "RuntimeError" in line and "commands.log" in line for line in said)
    assert "crashed" == _lines(tmp_path, "commands")[0]["event"]


@pytest.mark.parametrize("ending", [KeyboardInterrupt, SystemExit])
def test_an_ending_is_no_crash(tmp_path: Path, ending: type[BaseException]) -> None:
    """Ctrl+C and sys.exit pass through and are not reported."""
    with pytest.raises(ending), CrashReport(tmp_path, "commands"):
        raise ending

    assert not (tmp_path / "logs").exists()


BROKEN = """
import sys
from pathlib import Path
from {module} import {name} as broken
def fail(*_):
    pin = "123456"
    raise KeyError("{certno}")
broken.{function} = fail
from {entry} import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.parametrize(
    ("module", "name", "function", "entry", "arguments", "log"),
    [
        ("terminal", "headless", "run", "terminal.cli", ["headless"], "till"),
        ("terminal", "doctor", "run", "terminal.cli", ["doctor"], "commands"),
        ("offline_queue", "sync_command", "_open", "offline_queue.sync_command", ["run"], "sender"),
        ("offline_queue", "sync_command", "status_of", "offline_queue.sync_command", ["status"], "commands"),
        ("offline_queue", "journal_command", "verify", "offline_queue.journal_command", ["verify"], "commands"),
    ],
)
def test_a_bug_in_a_command_leaves_no_traceback(
    tmp_path: Path, module: str, name: str, function: str, entry: str, arguments: list[str], log: LogName
) -> None:
    """The real commands, with a bug in each: exit code 70, one sentence in each language, the place in its log, no value anywhere."""
    from tests.journal.entries import opened as journal_of

    (tmp_path / "settings.toml").write_bytes((ROOT / "deploy" / "settings.example.toml").read_bytes())
    journal_of(tmp_path).close()
    program = BROKEN.format(module=module, name=name, function=function, entry=entry, certno=CERTNO)
    command = [sys.executable, "-c", program, *arguments, "--data-dir", str(tmp_path)]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    assert (CRASHED, "", 2) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    text = (tmp_path / "logs" / f"{log}.log").read_text(encoding="utf-8")
    assert ["crashed"] == [line["event"] for line in _lines(tmp_path, log)]
    assert ("KeyError", "'***'") == tuple(_lines(tmp_path, log)[0]["error"][0][part] for part in ("kind", "words"))
    for canary in (CERTNO, "123456"):
        assert canary not in text + done.stderr
