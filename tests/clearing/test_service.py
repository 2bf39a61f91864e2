"""The centre over HTTP: one address for all transactions, whatever comes there, and many at once."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from clearing.api import BYTE_CAP, PATH, service
from nhsa import statement
from nhsa.envelope import read_response
from nhsa.outcome import Reply, Unknown, classify
from tests.clearing.clinic import CLINIC, chain, open_clinics
from tests.clearing.counter import ANNA, Office, sale


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people."""
    return Office(tmp_path)


class _NoWords:
    sign_in = clock = load = duplicate = ()


@dataclass(frozen=True, slots=True)
class Client:
    """HTTP to a service in this process."""

    app: FastAPI

    def post(self, path: str, *, content: bytes) -> httpx.Response:
        """Send one request."""
        return self.request("POST", path, content=content)

    def request(self, method: str, path: str, *, content: bytes = b"") -> httpx.Response:
        """Send one request by any method."""
        return asyncio.run(self._request(method, path, content))

    async def _request(self, method: str, path: str, content: bytes) -> httpx.Response:
        way = httpx.ASGITransport(app=self.app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=way, base_url="http://centre") as client:
            return await client.request(method, path, content=content)


@pytest.fixture
def client(office: Office) -> Client:
    """Return a way to ask the centre over HTTP, in process."""
    return Client(service(office.centre))


# --- HTTP --------------------------------------------------------------------------------------------------


def test_every_transaction_has_one_address(office: Office, client: Client) -> None:
    """A request over HTTP is answered as the centre answers it: JSON, status 200, also for a refusal."""
    counter = office.counter()

    accepted = client.post(PATH, content=counter.envelope("2102", sale(30_00)))
    refused = client.post(PATH, content=counter.envelope("2102", sale(30_00, psn_no="nobody")))

    assert [(200, 0), (200, -1)] == [(reply.status_code, read_response(reply.content).infcode) for reply in (accepted, refused)]
    assert "application/json; charset=utf-8" == accepted.headers["content-type"]
    assert "970.00" == read_response(accepted.content).output["setlinfo"]["balc"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"infno":"2102","infno":"2103"}',
        b'{"infno":NaN}',
        b"[" * 100_000,
        b'{"input":' + b'{"a":' * 60 + b"1" + b"}" * 61,
        b'{"infno":"\\ud800"}',
        json.dumps({"infno": "2102"}).encode(),
    ],
)
def test_what_is_no_request_is_refused_in_an_envelope(client: Client, content: bytes) -> None:
    """Whatever bytes come, the answer is the interface's, names the fault, and repeats nothing of it."""
    reply = client.post(PATH, content=content)

    answer = read_response(reply.content)

    assert (200, -1) == (reply.status_code, answer.infcode)
    assert answer.err_msg.startswith("FSI-交易报文不正确")


def test_an_unknown_transaction_is_refused_in_the_captured_words(office: Office) -> None:
    """As a real gateway says it."""
    assert "FSI-FSI-交易报文不正确：未知交易编号！" == office.counter().refusal("9999", {})


def test_a_file_goes_out_as_bytes_and_a_refusal_as_an_envelope(office: Office, client: Client) -> None:
    """By its content type a counter tells them apart (interface 1.4)."""
    counter = office.counter()
    packed = statement.write_rows([], "rows.txt")
    sent = statement.read_uploaded(counter.output("9101", statement.upload_input(packed, "rows.zip", counter.shop)))
    wanted = [statement.download_input(number, "rows.zip", counter.shop) for number in (sent.file_qury_no, "1")]
    found, none = (client.post(PATH, content=counter.envelope("9102", one)) for one in wanted)

    assert ("application/octet-stream", packed) == (found.headers["content-type"], found.content)
    assert ("application/json; charset=utf-8", -1) == (none.headers["content-type"], none.json()["infcode"])


def test_a_request_longer_than_any_may_be_is_cut_off(client: Client) -> None:
    """Nothing of it is read, and a counter learns nothing from the status."""
    reply = client.post(PATH, content=b" " * (BYTE_CAP + 1))
    seen = Reply(status=reply.status_code, content_type="", body=reply.content)

    assert 413 == reply.status_code
    assert isinstance(classify("2102", seen, msgid="1", first_delivery=True, words=_NoWords()), Unknown)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", PATH, 405), ("POST", "/", 404), ("GET", "/docs", 404), ("GET", "/openapi.json", 404)]
)
def test_there_is_nothing_else_to_ask(client: Client, method: str, path: str, status: int) -> None:
    """No other address, no pages about it."""
    assert status == client.request(method, path).status_code


def test_a_slow_centre_thinks_over_settlements_only(office: Office) -> None:
    """Two settlements at once take one pause, and a question none."""
    counter = office.counter()
    client = Client(service(office.centre, think_s=0.3))
    contents = [counter.envelope("2102", sale(10_00)) for _ in range(2)]

    started = time.monotonic()
    threads = [threading.Thread(target=client.post, args=(PATH,), kwargs={"content": content}) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    slept_s = time.monotonic() - started
    started = time.monotonic()
    client.post(PATH, content=counter.envelope("5206", {"data": {"psn_no": ANNA.psn_no, "cum_ym": "2026"}}))

    assert slept_s >= 0.3
    assert time.monotonic() - started < 0.3
    assert 980_00 == office.available_fen()


def test_counters_at_once_settle_a_batch_once(office: Office) -> None:
    """Four counters of one clinic, each under its own id: one settlement, three times "duplicate", the money taken once."""
    visit = chain(open_clinics(office)).register().tell().upload()
    client = Client(service(office.centre))
    contents = [office.counter(shop=CLINIC).envelope("2207", visit.settle_input()) for _ in range(4)]

    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda content: read_response(client.post(PATH, content=content).content), contents))

    assert ["", *["收费批次已结算，请勿重复结算"] * 3] == sorted(answer.err_msg for answer in answers)
    assert (1, 969_50) == (len(office.ledger()["settlements"]), office.available_fen())


def test_counters_at_once_spend_what_there_is_once(office: Office) -> None:
    """Eight counters ask for 300 each out of 1000: the account pays 1000 in all, and the ledger balances."""
    client = Client(service(office.centre))
    contents = [office.counter(shop=f"P9901000000{number}").envelope("2102", sale(300_00)) for number in range(1, 9)]
    paid: list[int] = []

    def settle(content: bytes) -> None:
        output = read_response(client.post(PATH, content=content).content).output
        paid.append(int(output["setlinfo"]["acct_pay"].replace(".", "")))

    threads = [threading.Thread(target=settle, args=(content,)) for content in contents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [0, 0, 0, 0, 100_00, 300_00, 300_00, 300_00] == sorted(paid)
    assert (0, True, 8) == (office.available_fen(), office.ledger()["balanced"], len(office.ledger()["settlements"]))


def test_copies_that_come_together_are_executed_once(office: Office) -> None:
    """Eight copies of the same message at the same moment: one settlement, one answer."""
    client = Client(service(office.centre))
    counter = office.counter()
    content = counter.envelope("2102", sale(30_50), msgid=counter.new_msgid())

    with ThreadPoolExecutor(8) as pool:
        answers = [read_response(reply.content).output for reply in pool.map(lambda _: client.post(PATH, content=content), range(8))]

    assert [answers[0]] * 8 == answers
    assert 1 == len(office.ledger()["settlements"])


def test_a_fault_inside_answers_500_and_books_nothing(office: Office, client: Client) -> None:
    """A database that refuses in the middle ends in a 5xx, which a counter reads as unknown, and in no entry."""
    content = office.counter().envelope("2102", sale(30_50))
    with office.database.transaction() as db:
        db.exec_driver_sql("CREATE TRIGGER full BEFORE INSERT ON exchange BEGIN SELECT RAISE(ABORT, 'disk is full'); END")

    assert 500 == client.post(PATH, content=content).status_code
    assert [] == office.ledger()["settlements"]
