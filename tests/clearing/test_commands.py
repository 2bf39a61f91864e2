"""The centre as a process: served, killed, its books read and cards reported by commands beside it."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clearing import cli
from clearing.api import PATH
from config.clock import write_clock
from nhsa.person import card_query
from tests.clearing.counter import ANNA, CARD_NO, CARD_SN, Counter, Office, SetClock, debit, on_card, sale

AT = "2026-03-02 09:00:00"
_PATIENCE_S = 20.0
ROSTER = f"""
[[person]]
image = "first.card"
psn_no = "{ANNA.psn_no}"
psn_name = "{ANNA.psn_name}"
certno = "{ANNA.certno}"
card_no = "{CARD_NO}"
card_sn = "{CARD_SN}"
admdvs = "990100"
psn_type = "11"
account = "100.00"
deductible_used = "0.00"
fund_paid = "0.00"
pin = "123456"
"""


@contextmanager
def running(directory: Path, *more: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run ``yibao-clearing serve`` and yield process and port; it is ended at the latest at the end."""
    (directory / "roster.toml").write_text(ROSTER, encoding="utf-8")
    write_clock(directory / "clock", SetClock(AT).now())
    port_file = directory / "port"
    port_file.unlink(missing_ok=True)
    files = ("--data-dir", str(directory / "centre"), "--port-file", str(port_file), "--clock-file", str(directory / "clock"))
    command = [
        sys.executable,
        "-m",
        "clearing.cli",
        "serve",
        "--port",
        "0",
        "--roster",
        str(directory / "roster.toml"),
        "--seed",
        "1",
        *files,
        *more,
    ]
    with (directory / "log").open("ab") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            deadline = time.monotonic() + _PATIENCE_S
            while not port_file.exists():
                assert process.poll() is None, (directory / "log").read_text(encoding="utf-8")
                assert time.monotonic() < deadline, "it does not listen"
                time.sleep(0.02)
            yield process, int(port_file.read_text(encoding="ascii"))
        finally:
            if process.poll() is None:
                process.kill()


def dialled(port: int) -> Counter:
    """Return a counter that asks over a connection of its own, signed in."""

    def post(content: bytes) -> bytes:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_S)
        try:
            line.request("POST", PATH, content)
            return line.getresponse().read()
        finally:
            line.close()

    counter = Counter(post, SetClock(AT))
    counter.sign_in()
    return counter


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """Run a command in process and return what it printed as JSON."""
    assert cli.main(arguments) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def test_a_day_at_a_real_centre(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Served, asked, its books read and a card reported beside it, ended at once and quietly, and whole when it is back."""
    data_dir = str(tmp_path / "centre")
    with running(tmp_path) as (process, port):
        counter = dialled(port)
        counter.refresh(on_card(0, 0, 0), limit_fen=40_00)
        sold = counter.sell(sale(30_00))
        counter.sell(sale(10_00, debit=debit(1, 1, 10_00)))
        counter.void(sold)
        assert 0 == cli.main(["report-loss", "--card-no", CARD_NO, "--data-dir", data_dir, "--clock-file", str(tmp_path / "clock")])
        capsys.readouterr()
        assert "挂失" in counter.refusal("2102", sale(1_00))
        started = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(_PATIENCE_S)
        assert time.monotonic() - started < 2
    assert "" == (tmp_path / "log").read_text(encoding="utf-8")

    books = said(capsys, "export", "--json", "--data-dir", data_dir)
    with running(tmp_path) as (_, port):
        again = dialled(port).output("5206", {"data": {"psn_no": ANNA.psn_no, "cum_ym": "2026"}})

    assert (1, True) == (books["schema"], books["balanced"])
    assert [("2102", 30_00), ("2102", 10_00), ("2103", -30_00)] == [
        (row["infno"], row["movements"]["account_fen"]) for row in books["settlements"]
    ]
    assert ["", "", sold.medins_setl_id] == [row["original"] for row in books["settlements"]]
    (person,) = books["persons"]
    assert (90_00, 60_00) == (person["ledger_fen"], person["available_fen"])
    (earmark,) = person["earmarks"]
    wanted = {
        "card_no": CARD_NO,
        "generation": 1,
        "granted_fen": 40_00,
        "debited_fen": 10_00,
        "returned_fen": 0,
        "open_fen": 30_00,
        "state": "open",
    }
    assert wanted == {name: earmark[name] for name in wanted}
    assert {"schema": 1, "version": 1, "numbers": [CARD_NO]} == said(capsys, "hotlist", "--json", "--data-dir", data_dir)
    assert 2 == len(again["cuminfo"])


def test_what_was_answered_survives_a_kill(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Killed right after an answer, the settlement is in the books, and its copy is answered as it was."""
    with running(tmp_path) as (process, port):
        counter = dialled(port)
        msgid = counter.new_msgid()
        first = counter.output("2102", sale(30_00), msgid=msgid)
        process.kill()
        process.wait(_PATIENCE_S)
    with running(tmp_path) as (_, port):
        second = dialled(port).output("2102", sale(30_00), msgid=msgid)

    assert first == second
    assert 1 == len(said(capsys, "export", "--json", "--data-dir", str(tmp_path / "centre"))["settlements"])


def test_the_same_seed_gives_the_same_key(tmp_path: Path) -> None:
    """A demonstration prints the same twice."""
    keys = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        with running(tmp_path / name) as (_, port):
            keys.append(dialled(port).sign_in().public_key)

    assert keys[0] == keys[1]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["export"], cli.CONFIGURATION, "CENTRE-ABSENT"),
        (["hotlist"], cli.CONFIGURATION, "CENTRE-ABSENT"),
        (["report-loss", "--card-no", "X"], cli.CONFIGURATION, "CENTRE-ABSENT"),
        (["serve", "--port", "0", "--roster", "nowhere.toml"], cli.CONFIGURATION, "CENTRE-ROSTER"),
        (["serve", "--port", "0", "--clock-file", "nowhere"], cli.CONFIGURATION, "CLOCK-FILE-UNREADABLE"),
    ],
)
def test_what_cannot_be_done_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], code: int, words: str
) -> None:
    """A stable code, both languages, nothing on stdout, no traceback."""
    if "--roster" not in arguments and "--clock-file" in arguments:
        (tmp_path / "roster.toml").write_text(ROSTER, encoding="utf-8")
        arguments = [*arguments, "--roster", str(tmp_path / "roster.toml")]

    assert code == cli.main([*arguments, "--data-dir", str(tmp_path / "centre")])

    printed = capsys.readouterr()
    assert "" == printed.out
    assert 2 == printed.err.count(f"[{words}]")


def test_a_port_in_use_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another's port is left to its owner, and no port file tells a counter to go there."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        code = cli.main(["serve", "--port", port, "--port-file", str(tmp_path / "port"), "--data-dir", str(tmp_path / "centre")])

    assert (cli.NETWORK, 2) == (code, capsys.readouterr().err.count("[CENTRE-PORT-TAKEN]"))
    assert not (tmp_path / "port").exists()


def test_an_unknown_card_cannot_be_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A business refusal, and the list stays as it is."""
    Office(tmp_path).database.close()

    assert cli.REFUSED == cli.main(["report-loss", "--certno", "nobody", "--data-dir", str(tmp_path)])

    capsys.readouterr()
    assert {"schema": 1, "version": 0, "numbers": []} == said(capsys, "hotlist", "--json", "--data-dir", str(tmp_path))


def test_a_person_reports_every_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By identity number; said again it makes no new version."""
    Office(tmp_path).database.close()

    for _ in range(2):
        assert 0 == cli.main(["report-loss", "--certno", ANNA.certno, "--data-dir", str(tmp_path)])

    capsys.readouterr()
    assert {"schema": 1, "version": 1, "numbers": [CARD_NO]} == said(capsys, "hotlist", "--json", "--data-dir", str(tmp_path))


def test_a_damaged_database_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a traceback, and the file is left alone."""
    (tmp_path / "centre.db").write_bytes(b"no database" * 1000)

    assert cli.FOUND == cli.main(["export", "--json", "--data-dir", str(tmp_path)])

    printed = capsys.readouterr()
    assert ("", 2) == (printed.out, printed.err.count("[CENTRE-DAMAGED]"))
    assert b"no database" * 1000 == (tmp_path / "centre.db").read_bytes()


@pytest.mark.parametrize(
    "change",
    [
        ('account = "100.00"', 'account = "100.001"'),
        ('account = "100.00"', "account = 100"),
        (f'psn_no = "{ANNA.psn_no}"', ""),
        ('admdvs = "990100"', 'admdvs = "9901"'),
        ("[[person]]", "[[people]]"),
        ("[[person]]", "[person]"),
        ('pin = "123456"', 'pin = "123456'),
    ],
)
def test_a_roster_that_is_not_right_starts_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: tuple[str, str]) -> None:
    """Nobody is taken in from part of a list, and no personal value is repeated."""
    (tmp_path / "roster.toml").write_text(ROSTER.replace(*change), encoding="utf-8")

    code = cli.main(["serve", "--port", "0", "--roster", str(tmp_path / "roster.toml"), "--data-dir", str(tmp_path / "centre")])

    words = capsys.readouterr().err
    assert (cli.CONFIGURATION, 2) == (code, words.count("[CENTRE-ROSTER]"))
    assert ANNA.certno not in words


def test_a_roster_is_taken_in_once(tmp_path: Path) -> None:
    """Served again with another balance in the file, the books stand."""
    with running(tmp_path) as (_, port):
        dialled(port).sell(sale(30_00))
    with running(tmp_path) as (_, port):
        asked = card_query(card_no=CARD_NO, card_sn=CARD_SN, certno=ANNA.certno, psn_name=ANNA.psn_name)
        output = dialled(port).output("1101", asked)

    assert "70.00" == output["insuinfo"][0]["balc"]
