"""What another program goes by when nobody reads, when the journal cannot be read, and when it ends ``yibao pay`` itself."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from terminal import handed_in, pay_command
from tests.journal.entries import ONE, TWO, VOID, done, opened, sale, void, void_done
from tests.world.shop import Shop

if TYPE_CHECKING:
    from collections.abc import Iterator

YIBAO = str(Path(sys.executable).with_name("yibao"))
EXAMPLE = Path(__file__).parents[2] / "deploy" / "settings.example.toml"


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """Return a counter with one settled sale and one voided."""
    with opened(tmp_path) as till:
        till.commit([sale(ONE)])
        till.commit([done(ONE)])
        till.commit([sale(TWO)])
        till.commit([done(TWO)])
        till.commit([void(VOID, TWO)])
        till.commit([void_done(VOID)])
    (tmp_path / "settings.toml").write_bytes(EXAMPLE.read_bytes())
    return tmp_path


@pytest.mark.parametrize("more", [[], ["--json"]])
@pytest.mark.parametrize(("subject", "code"), [(ONE, 0), (TWO, 6), ("no such bill", 1)])
def test_the_code_is_the_same_when_nobody_reads(directory: Path, subject: str, code: int, more: list[str]) -> None:
    """A pipe whose reader has gone makes no voided sale a paid one."""
    command = [YIBAO, "status", subject, "--data-dir", str(directory), *more]
    read = subprocess.run(command, capture_output=True, check=False)
    unread = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert unread.stdout is not None
    unread.stdout.close()
    _, said = unread.communicate()

    assert (code, code) == (read.returncode, unread.wait()), read.stderr
    assert b"" == said


@pytest.mark.parametrize("name", ["journal.db", "journal.key"])
def test_a_journal_that_cannot_be_read_is_not_unknown(directory: Path, name: str) -> None:
    """The goods may be paid: 75, ask again, in JSON too; never 1, which lets them be handed in anew."""
    found = next(iter(directory.glob(f"*{name.partition('.')[0]}*{name.partition('.')[2]}*")))
    content = found.read_bytes()
    found.write_bytes(bytes(byte ^ 0x5A for byte in content[:64]) + content[64:])

    asked = subprocess.run([YIBAO, "status", ONE, "--data-dir", str(directory), "--json"], capture_output=True, text=True, check=False)

    assert 75 == asked.returncode, asked.stderr
    answer = json.loads(asked.stdout)
    assert "unreadable" == answer["outcome"]
    assert answer["error"]["code"].startswith("JOURNAL-")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Return a shop whose till runs."""
    with Shop(tmp_path_factory.mktemp("shop")) as opened_shop:
        yield opened_shop


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_bill_is_withdrawn_when_pay_is_ended(shop: Shop, tmp_path: Path, number: signal.Signals) -> None:
    """Whoever ends the waiting takes the bill back: no till sells it minutes later."""
    directory, bill = shop.counter.journal.directory, tmp_path / "B.json"
    line = {"name": "演示感冒片", "code": "A001", "price": "12.50", "quantity": "2", "class": "01", "kind": "国药准字"}
    bill.write_text(json.dumps({"id": f"B-{number.name}", "lines": [line]}, ensure_ascii=False), encoding="utf-8")
    waiting = subprocess.Popen([YIBAO, "pay", str(bill), "--data-dir", str(directory), "--json"], stdout=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 30
    while not handed_in.lies(directory, f"B-{number.name}"):
        assert time.monotonic() < deadline
        assert waiting.poll() is None
        time.sleep(0.05)
    time.sleep(0.5)
    waiting.send_signal(number)
    said, _ = waiting.communicate(timeout=30)

    assert not handed_in.lies(directory, f"B-{number.name}")
    assert "settled" != json.loads(said)["outcome"]
    assert 0 != waiting.returncode


DYING = """
import os, signal, sys
from pathlib import Path
from tests.journal.entries import ONE, TWO, done, opened, sale
directory, steps = Path(sys.argv[1]), int(sys.argv[2])
with opened(directory) as till:
    for entries in ([sale(ONE)], [done(ONE)], [sale(TWO)], [done(TWO)])[:steps]:
        till.commit(entries)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.parametrize(
    ("steps", "subject", "outcome", "code"), [(1, ONE, "open", 75), (2, ONE, "settled", 0), (3, TWO, "open", 75), (4, TWO, "settled", 0)]
)
def test_after_a_crash_status_tells_the_last_transaction(tmp_path: Path, steps: int, subject: str, outcome: str, code: int) -> None:
    """The till was killed after an intent, or after what booked it: without a number the last one is told, and how it stands."""
    (tmp_path / "settings.toml").write_bytes(EXAMPLE.read_bytes())
    killed = subprocess.run([sys.executable, "-c", DYING, str(tmp_path), str(steps)], cwd=Path(__file__).parents[2], check=False)
    assert -signal.SIGKILL == killed.returncode

    asked = subprocess.run([YIBAO, "status", "--data-dir", str(tmp_path), "--json"], capture_output=True, text=True, check=False)

    answer = json.loads(asked.stdout)
    assert (subject, code) == (answer["subject"], asked.returncode)
    assert answer["outcome"] in ({"settled"} if outcome == "settled" else {"open", "doubt"})


def test_the_document_names_every_key_outcome_and_code(directory: Path) -> None:
    """``docs/bill-format.md`` is the schema: what an answer holds stands there, and no code that it may end with is missing."""
    text = (Path(__file__).parents[2] / "docs" / "bill-format.md").read_text(encoding="utf-8")
    table = text[text.index("## The answer") : text.index("## What an outcome rests on")]
    keys = {key for line in table.splitlines() if line.startswith("| `") for key in re.findall(r"`(\w+)`", line.split("|")[1])}
    outcomes = set(re.findall(r"`(\w+)`", next(line for line in table.splitlines() if line.startswith("| `outcome`")).split("|")[2])) - {
        "error"
    }
    codes = {int(code) for code in re.findall(r"(?:^|[:·] |·\s)(\d+) ", table[table.index("Exit codes:") :].replace("\n", " "))}

    asked = subprocess.run([YIBAO, "status", ONE, "--data-dir", str(directory), "--json"], capture_output=True, text=True, check=False)

    assert set(json.loads(asked.stdout)) - {"schema"} <= keys
    assert set(pay_command._CODES) | {"unreadable"} == outcomes
    assert set(pay_command._CODES.values()) | {2, 3, 70} == codes
