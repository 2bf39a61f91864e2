"""What a second copy of a message gets at each kind of centre, and how long a sign-in lasts."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing.desk import Validity
from clearing.personality import Personality
from config.sections import Refusals
from nhsa import session
from nhsa.outcome import Accepted, Outcome, Reply, Retry, Unknown, classify
from tests.clearing.counter import ACCOUNT_FEN, Counter, Office, debit, on_card, sale, seen

MONEY = {"2102": sale(30_50), "YX01": {"data": {**seen(on_card(0, 0, 0)), "limit_fen": 100_00}}}


def deliver(counter: Counter, content: dict[str, object], msgid: str) -> Outcome:
    """Deliver a 2102 for the first time and say what the answer proves."""
    body = counter.post(counter.envelope("2102", content, msgid=msgid))
    reply = Reply(status=200, content_type="application/json", body=body)
    return classify("2102", reply, msgid=msgid, first_delivery=True, words=Refusals(), content=content)


@pytest.mark.parametrize("infno", MONEY)
def test_an_idempotent_centre_answers_a_copy_as_the_first(tmp_path: Path, infno: str) -> None:
    """The same request under the same id gives the same output and moves nothing twice."""
    office = Office(tmp_path)
    counter = office.counter()
    msgid = counter.new_msgid()
    first = counter.output(infno, MONEY[infno], msgid=msgid)
    before = office.ledger()
    office.clock.step(days=40)

    assert first == counter.output(infno, MONEY[infno], msgid=msgid)
    assert before == office.ledger()


def test_an_idempotent_centre_repeats_its_refusal(tmp_path: Path) -> None:
    """A copy of what was refused is refused in the same words, though it would be accepted by now."""
    office = Office(tmp_path)
    counter = office.counter()
    msgid = counter.new_msgid()
    content = sale(30_50, begntime="2020-01-01 09:00:00")

    words = {counter.refusal("2102", content, msgid=msgid) for _ in range(2)}

    assert {"没有统筹区 990100 在 2020-01-01 有效的政策包。"} == words


def test_an_idempotent_centre_refuses_another_body(tmp_path: Path) -> None:
    """The id of one request does not serve another: the words say duplicate, so nobody takes them for a verdict."""
    office = Office(tmp_path)
    counter = office.counter()
    msgid = counter.new_msgid()
    counter.sell(sale(30_50), msgid=msgid)

    outcome = deliver(counter, sale(40_00), msgid)

    assert isinstance(outcome, Unknown)
    assert "Duplicate" == outcome.why
    assert ACCOUNT_FEN - 30_50 == office.available_fen()


def test_a_centre_that_refuses_says_duplicate(tmp_path: Path) -> None:
    """The copy is refused although the first was executed, and a counter reads that as unknown."""
    office = Office(tmp_path, personality=Personality.REFUSES)
    counter = office.counter()
    msgid = counter.new_msgid()
    counter.sell(sale(30_50), msgid=msgid)

    outcome = deliver(counter, sale(30_50), msgid)

    assert Unknown(why="Duplicate", words=f"重复的报文标识：{msgid}") == outcome
    assert 1 == len(office.ledger()["settlements"])


def test_a_centre_that_re_executes_settles_twice(tmp_path: Path) -> None:
    """Two settlements under one id, both with the same msgid, ids of their own, and the money taken twice."""
    office = Office(tmp_path, personality=Personality.RE_EXECUTES)
    counter = office.counter()
    msgid = counter.new_msgid()

    twice = [counter.sell(sale(30_50), msgid=msgid) for _ in range(2)]

    assert 2 == len({settled.setl_id for settled in twice}) == len({settled.mdtrt_id for settled in twice})
    assert [msgid] * 2 == [row["msgid"] for row in office.ledger()["settlements"]]
    assert ACCOUNT_FEN - 61_00 == office.available_fen()


@pytest.mark.parametrize("released", [0, 1])
def test_a_copy_of_an_off_line_sale_is_paid_from_the_account(tmp_path: Path, released: int) -> None:
    """The card was debited once: its earmark is lowered once, and whichever copy is released, card and account agree again."""
    office = Office(tmp_path, personality=Personality.RE_EXECUTES)
    counter = office.counter()
    grant = counter.refresh(on_card(0, 0, 0))
    counter.show(on_card(grant.generation, 1, grant.grant_fen))
    content, msgid = sale(30_50, debit=debit(grant.generation, 1, 30_50)), counter.new_msgid()

    twice = [counter.sell(content, msgid=msgid) for _ in range(2)]
    between = office.open_fen(), office.available_fen()
    counter.void(twice[released])

    assert [30_50, 30_50] == [settled.acct_pay for settled in twice]
    assert [30_50, 0] == [row["covered_fen"] for row in office.ledger()["settlements"]][:2]
    assert ({1: grant.grant_fen - 30_50}, ACCOUNT_FEN - grant.grant_fen - 30_50) == between
    assert ({1: grant.grant_fen - 30_50}, ACCOUNT_FEN - grant.grant_fen) == (office.open_fen(), office.available_fen())


def test_a_sign_in_expires_after_so_many_requests(tmp_path: Path) -> None:
    """The request after the last is refused, not executed, and passes once signed in again, under the same msgid."""
    office = Office(tmp_path, personality=Personality.EXPIRES, sign_in=Validity(requests=1))
    counter = office.counter()
    counter.sell(sale(30_50))
    msgid = counter.new_msgid()

    refused = [deliver(counter, sale(40_00), msgid) for _ in range(2)]

    assert [Retry(why="sign_in", words="签到已失效，请重新签到")] * 2 == refused
    assert ACCOUNT_FEN - 30_50 == office.available_fen()
    counter.sign_in()
    assert isinstance(deliver(counter, sale(40_00), msgid), Accepted)


def test_a_sign_in_expires_with_time(tmp_path: Path) -> None:
    """Thirty minutes on, the counter must sign in again."""
    office = Office(tmp_path, personality=Personality.EXPIRES, sign_in=Validity(minutes=30))
    counter = office.counter()
    office.clock.step(minutes=29, seconds=59)
    counter.sell(sale(30_50))
    office.clock.step(seconds=1)

    assert "签到已失效，请重新签到" == counter.refusal("2102", sale(30_50))


def test_other_centres_do_not_forget(tmp_path: Path) -> None:
    """Only the personality that expires counts requests."""
    counter = Office(tmp_path, sign_in=Validity(requests=1)).counter()

    assert [30_50] * 3 == [counter.sell(sale(30_50)).acct_pay for _ in range(3)]


def test_whoever_is_not_signed_in_is_refused(tmp_path: Path) -> None:
    """No number, a wrong one, another shop's, and one that was signed out."""
    office = Office(tmp_path)
    counter = office.counter()
    stranger = Counter(office.centre.answer, office.clock, shop="P99010000009", sign_no=counter.sign_no)
    nobody = Counter(office.centre.answer, office.clock)

    assert ["未签到，请先签到"] * 2 == [asking.refusal("2102", sale(30_50)) for asking in (nobody, stranger)]

    left = counter.output("9002", {"signOut": {"sign_no": counter.sign_no, "opter_no": "0001"}})
    assert {"signoutoutb": {"sign_time": office.clock.at}} == left
    assert "签到已失效，请重新签到" == counter.refusal("2102", sale(30_50))


def test_a_sign_in_without_its_members_is_refused(tmp_path: Path) -> None:
    """9001 is read as strictly as the rest."""
    whole = session.sign_in_input("0001")["signIn"]
    without = {name: value for name, value in whole.items() if name != "mac"}

    assert "FSI-交易报文不正确：mac missing" == Office(tmp_path).counter().refusal("9001", {"signIn": without})
