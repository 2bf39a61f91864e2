"""The service as a process, and the commands beside it: HTTP, roster, loss reports, export, kills."""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from clearing.api import BYTE_CAP, PATH, service
from clearing.cli import main
from clearing.database import Database
from clearing.errors import CentreDamaged, Unbalanced
from clearing.ledger import available, balance_fen, balanced, post
from tests.clearing.counter import ACCOUNT_FEN, ANNA, CARD_NO, CARD_SN, OTHER, Counter, Office, SetClock, sale

ROW = f"""
[[person]]
image = "a.card"
psn_no = "{ANNA.psn_no}"
psn_name = "{ANNA.psn_name}"
certno = "{ANNA.certno}"
card_no = "{CARD_NO}"
card_sn = "{CARD_SN}"
admdvs = "990100"
psn_type = "11"
account = "1000.00"
deductible_used = "0.00"
fund_paid = "0.00"
pin = "123456"
"""


@contextmanager
def serving(directory: Path, *more: str) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """Run ``yibao-clearing serve`` and give its address."""
    directory.mkdir(exist_ok=True)
    (directory / "roster.toml").write_text(ROW, encoding="utf-8")
    (directory / "clock").write_text("2026-03-02T09:00:00+08:00\n", encoding="utf-8")
    port_file = directory / "port"
    port_file.unlink(missing_ok=True)
    arguments = ("--data-dir", directory / "books", "--port", "0", "--port-file", port_file, "--roster", directory / "roster.toml")
    command = [sys.executable, "-m", "clearing.cli", "serve", *map(str, arguments), "--clock-file", str(directory / "clock"), *more]
    process = subprocess.Popen(command, cwd=Path(__file__).parents[2])
    try:
        deadline = time.monotonic() + 60
        while not port_file.exists():
            assert process.poll() is None, "the service ended"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        yield f"http://127.0.0.1:{port_file.read_text(encoding='ascii').strip()}{PATH}", process
    finally:
        process.kill()
        process.wait()


@contextmanager
def counter_at(address: str) -> Iterator[Counter]:
    """Give a counter that talks HTTP and has signed in."""
    with httpx.Client(trust_env=False, timeout=30) as client:
        counter = Counter(lambda content: client.post(address, content=content).content, SetClock("2026-03-02 09:00:00"))
        counter.sign_in()
        yield counter


def in_process(office: Office, *bodies: bytes, path: str = PATH, think_s: float = 0) -> list[httpx.Response]:
    """Post all ``bodies`` at once to the application itself."""

    async def post() -> list[httpx.Response]:
        transport = httpx.ASGITransport(service(office.centre, think_s=think_s), raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://centre", timeout=30) as client:
            return await asyncio.gather(*(client.post(path, content=body) for body in bodies))

    return asyncio.run(post())


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Run the command; return exit code, stdout, stderr."""
    code = main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return code, said.out, said.err


# --- a real process -----------------------------------------------------------------------------------


def test_the_service_settles_and_obeys_reports_from_another_process(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sale over HTTP, a loss report while it serves, the refusal at the next request, the export; then a clean end."""
    books = tmp_path / "books"
    with serving(tmp_path) as (address, process), counter_at(address) as counter:
        counter.sell(sale(30_50))
        reported = run(capsys, "report-loss", "--card-no", CARD_NO, "--data-dir", books, "--clock-file", tmp_path / "clock")
        assert (0, "名单 / hotlist 1\n", "") == reported
        assert "该社会保障卡已挂失，不能使用" == counter.refusal("2102", sale(30_50))
        process.send_signal(signal.SIGTERM)
        assert 0 == process.wait(timeout=20)

    code, out, _ = run(capsys, "export", "--json", "--data-dir", books)
    ledger = json.loads(out)
    assert (0, 1, True) == (code, len(ledger["settlements"]), ledger["balanced"])
    assert (ACCOUNT_FEN - 30_50) == ledger["persons"][0]["available_fen"]
    listed = json.loads(run(capsys, "hotlist", "--json", "--data-dir", books)[1])
    assert {"schema": 1, "version": 1, "numbers": [CARD_NO]} == listed


def test_what_was_answered_survives_a_kill(tmp_path: Path) -> None:
    """After kill -9 the same message gets the same answer, the sign-in counts, and the roster is booked once."""
    with serving(tmp_path) as (address, process), counter_at(address) as counter:
        msgid = counter.new_msgid()
        settled = counter.sell(sale(30_50), msgid=msgid)
        sign_no = counter.sign_no
        process.kill()
    with serving(tmp_path) as (address, _), counter_at(address) as counter:
        counter.sign_no = sign_no

        assert settled == counter.sell(sale(30_50), msgid=msgid)
    with Database(tmp_path / "books") as database, database.transaction() as db:
        assert ACCOUNT_FEN - 30_50 == balance_fen(db, available(ANNA.psn_no))


# --- in process ---------------------------------------------------------------------------------------


def test_copies_that_come_together_are_executed_once(tmp_path: Path) -> None:
    """Eight copies of the same message at the same moment: one settlement, one answer."""
    office = Office(tmp_path)
    counter = office.counter()
    body = counter.envelope("2102", sale(30_50), msgid=counter.new_msgid())

    answers = in_process(office, *[body] * 8)

    assert 1 == len({answer.json()["output"]["setlinfo"]["setl_id"] for answer in answers})
    assert 1 == len(office.ledger()["settlements"])


def test_a_slow_centre_thinks_over_settlements_only(tmp_path: Path) -> None:
    """``think_s`` passes before a settlement; a question that comes with it is answered before it."""
    office = Office(tmp_path)
    counter = office.counter()
    settle, ask = counter.envelope("2102", sale(30_50)), counter.envelope("5206", {"data": {"psn_no": ANNA.psn_no, "cum_ym": "2026"}})

    settled, told = in_process(office, settle, ask, think_s=0.5)

    assert told.json()["inf_refmsgid"] < settled.json()["inf_refmsgid"]


def test_a_request_beyond_the_cap_is_not_read(tmp_path: Path) -> None:
    """413, and nothing is booked."""
    office = Office(tmp_path)

    assert [413, 200] == [answer.status_code for answer in in_process(office, b"x" * (BYTE_CAP + 1), b"x" * BYTE_CAP)]


def test_there_is_one_address(tmp_path: Path) -> None:
    """Nothing else answers, and nothing describes itself."""
    office = Office(tmp_path)

    statuses = [in_process(office, b"", path=path)[0].status_code for path in ("/", "/docs", "/openapi.json", f"{PATH}/")]

    assert {404, 307} >= set(statuses)
    assert [404] * 3 == statuses[:3]


def test_a_bug_answers_500_and_books_nothing(tmp_path: Path) -> None:
    """A database that refuses in the middle ends in a 5xx, which a counter reads as unknown, and in no entry."""
    office = Office(tmp_path)
    body = office.counter().envelope("2102", sale(30_50))
    with office.database.transaction() as db:
        db.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'disk is full'); END")

    assert [500] == [answer.status_code for answer in in_process(office, body)]

    assert [] == office.ledger()["settlements"]


# --- the ledger's own guards ----------------------------------------------------------------------------


def test_the_database_refuses_to_overdraw_a_person(tmp_path: Path) -> None:
    """Whatever the code believes, a person's account does not fall below zero, and the transaction is gone."""
    office = Office(tmp_path)

    def overdraw() -> None:
        with office.database.transaction() as db:
            post(db, "settlement", "x", "2026-03-02 09:00:00", {available(ANNA.psn_no): -ACCOUNT_FEN - 1, "institution/P": ACCOUNT_FEN + 1})

    with pytest.raises(CentreDamaged, match="nobody_overdrawn"):
        overdraw()
    assert ACCOUNT_FEN == office.available_fen()


def test_a_movement_adds_up_to_zero(tmp_path: Path) -> None:
    """One that does not is a bug: nothing of it is booked."""
    office = Office(tmp_path)

    def lose_a_fen() -> None:
        with office.database.transaction() as db:
            post(db, "settlement", "x", "2026-03-02 09:00:00", {available(ANNA.psn_no): -2, "institution/P": 1})

    with pytest.raises(Unbalanced):
        lose_a_fen()
    assert office.ledger()["balanced"]


@pytest.mark.parametrize("damage", ["UPDATE account SET balance_fen = balance_fen + 1", "UPDATE entry SET amount_fen = amount_fen + 1"])
def test_a_ledger_that_was_touched_is_not_balanced(tmp_path: Path, damage: str) -> None:
    """The export notices a changed balance and a changed entry."""
    office = Office(tmp_path)
    with office.database.transaction() as db:
        db.exec_driver_sql(f"{damage} WHERE rowid = 1")

    with office.database.transaction() as db:
        assert not balanced(db)


# --- commands -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "[[person]]"),
        ("person = 1", "[[person]]"),
        ("[[person]", "Expected"),
        (ROW.replace('"1000.00"', "1000.0"), "person 1: account"),
        (ROW.replace('"1000.00"', '"1000.001"'), "person 1: account"),
        (ROW.replace('admdvs = "990100"', 'admdvs = "9901"'), "person 1: admdvs"),
        (ROW.replace(f'psn_no = "{ANNA.psn_no}"', ""), "person 1: psn_no"),
        (ROW + ROW.replace(ANNA.psn_no, OTHER.psn_no), "person 2: psn_no/certno"),
        (ROW + ROW.replace(ANNA.psn_no, OTHER.psn_no).replace(ANNA.certno, OTHER.certno), "person 2: card_no"),
    ],
)
def test_a_roster_that_is_not_right_stops_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, why: str) -> None:
    """File, person and key are named, the exit code is that of a configuration fault, and nobody is half enrolled."""
    roster = tmp_path / "roster.toml"
    roster.write_text(text, encoding="utf-8")

    code, _, err = run(capsys, "serve", "--data-dir", tmp_path / "books", "--port", 0, "--roster", roster)

    assert 3 == code
    assert "CENTRE-ROSTER" in err
    assert why in err
    assert [] == json.loads(run(capsys, "export", "--json", "--data-dir", tmp_path / "books")[1])["persons"]


def test_a_person_may_have_two_cards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A second row of the same person adds the card; a report by person puts both on the list."""
    roster = tmp_path / "roster.toml"
    roster.write_text(ROW + ROW.replace(CARD_NO, "00000000X"), encoding="utf-8")
    office = Office(tmp_path / "books")
    from clearing.roster import enrol_all

    with office.database.transaction() as db:
        enrol_all(db, roster, office.clock.at)

    run(capsys, "report-loss", "--certno", ANNA.certno, "--data-dir", tmp_path / "books")

    assert {"version": 1, "numbers": ["00000000X", CARD_NO]} == office.ledger()["hotlist"]
    assert ACCOUNT_FEN == office.available_fen()


def failing(case: str, directory: Path, taken: int) -> tuple[object, ...]:
    """Return the arguments of a command that cannot work."""
    cases: dict[str, tuple[object, ...]] = {
        "no books": ("export", "--data-dir", directory / "none"),
        "nobody's card": ("report-loss", "--card-no", "00000000X", "--data-dir", directory),
        "port in use": ("serve", "--data-dir", directory, "--port", taken),
        "no clock": ("report-loss", "--card-no", CARD_NO, "--data-dir", directory, "--clock-file", directory / "none"),
        "no roster": ("serve", "--data-dir", directory, "--port", 0, "--roster", directory / "none"),
    }
    return cases[case]


@pytest.mark.parametrize(
    ("case", "code", "said"),
    [
        ("no books", 3, "CENTRE-ABSENT"),
        ("nobody's card", 6, "CENTRE-CARD-UNKNOWN"),
        ("port in use", 5, "CENTRE-PORT-TAKEN"),
        ("no clock", 3, "CLOCK-FILE-UNREADABLE"),
        ("no roster", 3, "CENTRE-ROSTER"),
    ],
)
def test_each_fault_has_its_words_and_code(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str, code: int, said: str) -> None:
    """Both languages on stderr, nothing on stdout, no traceback."""
    import socket

    Office(tmp_path).database.close()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ended, out, err = run(capsys, *failing(case, tmp_path, taken.getsockname()[1]))

    assert (code, "") == (ended, out)
    assert 2 == err.count(f"[{said}]")


def test_a_file_that_is_no_database_is_said_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The books are named damaged, not overwritten."""
    (tmp_path / "centre.db").write_bytes(b"not a database at all, but long enough to be read as one" * 20)

    code, _, err = run(capsys, "export", "--data-dir", tmp_path)

    assert 1 == code
    assert "CENTRE-DAMAGED" in err
    assert (tmp_path / "centre.db").read_bytes().startswith(b"not a database")


def test_the_export_in_words_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json one line says how many and whether it balances."""
    office = Office(tmp_path)
    office.counter().sell(sale(30_50))

    assert (0, "2 人 / persons, 1 笔 / settlements, 平 / balanced; --json 看全部 / shows all\n", "") == run(
        capsys, "export", "--data-dir", tmp_path
    )


def figures_of(row: dict[str, Any]) -> dict[str, int]:
    """Return the figures of an exported settlement."""
    return {name: int(value) for name, value in row["figures"].items()}


def test_exported_movements_are_those_of_the_figures(tmp_path: Path) -> None:
    """Total, fund, account and cash of a row follow from its national names."""
    office = Office(tmp_path)
    office.counter().sell(sale(1_200_00))
    (row,) = office.ledger()["settlements"]
    figures = figures_of(row)

    expected = {
        "total_fen": figures["medfee_sumamt"],
        "fund_fen": figures["fund_pay_sumamt"],
        "account_fen": figures["acct_pay"],
        "cash_fen": figures["psn_cash_pay"],
    }
    assert expected == row["movements"]
    assert (1_200_00, 0, 1_000_00, 200_00) == tuple(row["movements"].values())
