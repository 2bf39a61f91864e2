"""The centre over HTTP: one address for all transactions, and what may be asked there."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from clearing.api import BYTE_CAP, PATH, service
from nhsa import extension
from nhsa.envelope import read_response
from nhsa.outcome import Reply, Unknown, classify
from nhsa.person import card_query, read_person
from nhsa.reading import decode
from tests.clearing.counter import ANNA, CARD_NO, CARD_SN, Office, on_card, sale

AT = "2026-03-02 09:00:00"


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


# --- questions ---------------------------------------------------------------------------------------------


def asked_by_card(begntime: str = "") -> dict[str, Any]:
    """Return the input of 1101 by Anna's card."""
    return card_query(card_no=CARD_NO, card_sn=CARD_SN, certno=ANNA.certno, psn_name=ANNA.psn_name, begntime=begntime)


def test_a_person_is_told_with_available_and_earmarked(office: Office) -> None:
    """``balc`` is what an on-line sale may spend; the extension says what stands behind the card."""
    counter = office.counter()
    counter.refresh(on_card(0, 0, 0), limit_fen=40_00)

    output = counter.output("1101", asked_by_card())

    employee = read_person(output).active("310", today=AT[:10])
    assert employee is not None
    assert (960_00, "990100", "11") == (employee.balc, employee.insuplc_admdvs, employee.psn_type)
    assert {"available": "960.00", "earmarked": "40.00"} == decode(output["baseinfo"]["exp_content"].encode())


def test_a_reported_card_answers_for_the_time_before(office: Office) -> None:
    """Refused by its words from the report on; a sale of before still finds its person."""
    counter = office.counter()
    office.clock.step(hours=1)
    office.report_loss(CARD_NO)

    assert "挂失" in counter.refusal("1101", asked_by_card())
    assert ANNA.psn_no == counter.output("1101", asked_by_card(AT))["baseinfo"]["psn_no"]


def test_a_lost_settlement_is_found_by_person_and_window(office: Office) -> None:
    """5201 → 5203 → ``medins_setl_id``: both it and its reversal, in the spelling of queries."""
    counter = office.counter()
    sold = counter.sell(sale(30_00), msgid=f"{counter.shop}202603020900009901")
    counter.void(sold, msgid=f"{counter.shop}202603020900009902")
    window = {"begntime": "2026-03-02 00:00:00", "endtime": "2026-03-02 23:59:59"}

    visits = counter.output("5201", {"data": {"psn_no": ANNA.psn_no, "med_type": "41", **window}})["mdtrtinfo"]
    rows = counter.output("5203", {"data": {"psn_no": ANNA.psn_no, "setl_id": "", "mdtrt_id": sold.mdtrt_id}})["setlinfo"]

    assert [(sold.mdtrt_id, "1")] == [(visit["mdtrt_id"], visit["refd_setl_flag"]) for visit in visits]
    assert [("9901", "30.00"), ("9902", "-30.00")] == [(row["medins_setl_id"][-4:], row["medfee_sumamt"]) for row in rows]
    assert all({"psn_pay", "cash_payamt"} <= row.keys() for row in rows)


def test_the_hotlist_is_signed_and_versioned(office: Office) -> None:
    """Version 0 is empty; a report makes the next, with the signature that sign-in's key verifies."""
    counter = office.counter()
    key = counter.sign_in().public_key
    empty = extension.read_hotlist(counter.output("YX03", {"data": {"version": 0}}), key)
    office.report_loss(CARD_NO)

    listed = extension.read_hotlist(counter.output("YX03", {"data": {"version": 0}}), key)

    assert [(0, ()), (1, (CARD_NO,))] == [(hotlist.version, hotlist.numbers) for hotlist in (empty, listed)]
