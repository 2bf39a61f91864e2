"""What a second copy of a step gets at each kind of centre: under the same id, and under another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clearing.centre import ONCE, THOUGHT_OVER
from clearing.desk import Validity
from clearing.personality import Personality
from config.sections import Refusals
from nhsa import codes, queries
from nhsa.outcome import Accepted, Outcome, Rejected, Reply, Retry, Unknown, classify
from tests.clearing.clinic import CONSULTATION, SMALL, Chain, chain, fee, movements, open_clinics, reversal
from tests.clearing.counter import ACCOUNT_FEN, Office

every_centre = pytest.mark.parametrize("personality", list(Personality))
LATE = Validity(requests=1_000, minutes=30)


def visit_at(tmp_path: Path, personality: Personality) -> tuple[Office, Chain]:
    """Return a centre of one kind and a visit that is not registered yet."""
    office = open_clinics(Office(tmp_path, personality=personality, sign_in=LATE))
    return office, chain(office)


def deliver(visit: Chain, infno: str, content: dict[str, Any], msgid: str = "") -> Outcome:
    """Deliver a request for the first time, as its counter believes, and return what the answer proves."""
    msgid = msgid or visit.counter.new_msgid()
    body = visit.counter.post(visit.counter.envelope(infno, content, msgid=msgid))
    reply = Reply(status=200, content_type="application/json", body=body)
    return classify(infno, reply, msgid=msgid, first_delivery=True, words=Refusals(), content=content)


def bring_to(visit: Chain, infno: str) -> dict[str, Any]:
    """Take the steps before ``infno`` and return its input."""
    before: dict[str, tuple[Callable[[], object], Callable[[], dict[str, Any]]]] = {
        "2201": (lambda: None, visit.register_input),
        "2202": (visit.register, visit.cancel_input),
        "2203": (visit.register, visit.visit_input),
        "2204": (lambda: visit.register().tell(), lambda: visit.upload_input(SMALL)),
        "2205": (lambda: visit.register().tell().upload(), lambda: visit.take_down_input("B1")),
        "2207": (lambda: visit.register().tell().upload(), visit.settle_input),
    }
    if infno == "2208":
        return reversal(visit.register().tell().upload().settle())
    prepare, content = before[infno]
    prepare()
    return content()


STEPS = ("2201", "2202", "2203", "2204", "2205", "2207", "2208")


@pytest.mark.parametrize("infno", STEPS)
@pytest.mark.parametrize("personality", [Personality.IDEMPOTENT, Personality.EXPIRES])
def test_an_idempotent_centre_answers_a_copy_as_the_first(tmp_path: Path, personality: Personality, infno: str) -> None:
    """The same request under the same id: the same output, and nothing moves twice, days later too."""
    office, visit = visit_at(tmp_path, personality)
    content, msgid = bring_to(visit, infno), visit.counter.new_msgid()
    first = visit.counter.output(infno, content, msgid=msgid)
    before = office.ledger()
    office.clock.step(days=40)
    visit.counter.sign_in()

    assert first == visit.counter.output(infno, content, msgid=msgid)
    assert before == office.ledger()


@pytest.mark.parametrize("infno", STEPS)
def test_a_centre_that_refuses_says_duplicate(tmp_path: Path, infno: str) -> None:
    """Whatever became of the first, the copy proves nothing."""
    office, visit = visit_at(tmp_path, Personality.REFUSES)
    content, msgid = bring_to(visit, infno), visit.counter.new_msgid()
    visit.counter.output(infno, content, msgid=msgid)
    before = office.ledger()

    assert Unknown(why="Duplicate", words=f"重复的报文标识：{msgid}") == deliver(visit, infno, content, msgid)
    assert before == office.ledger()


@pytest.mark.parametrize(
    ("infno", "words"),
    [
        ("2201", "重复的门诊号：{number}"),
        ("2202", "挂号已撤销"),
        ("2204", "明细1的流水号已存在"),
        ("2205", "收费批次没有可撤销的费用明细"),
        ("2207", "收费批次已结算，请勿重复结算"),
        ("2208", "原结算已经退费，不能再次退费"),
    ],
)
def test_a_centre_that_re_executes_is_stopped_by_the_visit_itself(tmp_path: Path, infno: str, words: str) -> None:
    """Unlike a pharmacy sale, no step of the chain can be done twice: number, line, batch and settlement are each there once."""
    office, visit = visit_at(tmp_path, Personality.RE_EXECUTES)
    content, msgid = bring_to(visit, infno), visit.counter.new_msgid()
    visit.counter.output(infno, content, msgid=msgid)
    before = office.ledger()

    assert words.format(number=visit.registration.ipt_otp_no) == visit.counter.refusal(infno, content, msgid=msgid)
    assert before == office.ledger()


def test_telling_twice_tells_the_same(tmp_path: Path) -> None:
    """2203 replaces what was told, at a centre that re-executes too."""
    office, visit = visit_at(tmp_path, Personality.RE_EXECUTES)
    content, msgid = bring_to(visit, "2203"), visit.counter.new_msgid()

    for _ in range(2):
        visit.counter.output("2203", content, msgid=msgid)

    assert content == office.ledger()["visits"][0]["told"]


# --- under another id ----------------------------------------------------------------------------------


@every_centre
def test_a_second_registration_under_one_number_is_a_duplicate(tmp_path: Path, personality: Personality) -> None:
    """Also of another department or time, and after a cancellation; the counter reads unknown, asks 5201, and finds the first."""
    office, visit = visit_at(tmp_path, personality)
    visit.register()
    again = replace(visit, registration=replace(visit.registration, begntime="2026-03-02 10:00:00"))

    outcome = deliver(again, "2201", again.register_input())

    assert Unknown(why="Duplicate", words=f"重复的门诊号：{visit.registration.ipt_otp_no}") == outcome
    assert [visit.mdtrt_id] == [row.mdtrt_id for row in visit.visits() if row.ipt_otp_no == visit.registration.ipt_otp_no]
    visit.cancel()
    assert isinstance(deliver(again, "2201", again.register_input()), Unknown)
    assert 1 == len(office.ledger()["visits"])


def test_two_clinics_may_use_one_number(tmp_path: Path) -> None:
    """It is unique within an institution."""
    office, visit = visit_at(tmp_path, Personality.IDEMPOTENT)
    other = replace(chain(office, clinic="H99010000002"), registration=visit.registration)

    assert visit.register().mdtrt_id != other.register().mdtrt_id


@every_centre
def test_a_line_that_goes_up_again(tmp_path: Path, personality: Personality) -> None:
    """The same to the letter: answered as it was, or refused as a duplicate. With a new line beside it: both, or neither."""
    office, visit = visit_at(tmp_path, personality)
    visit.register().tell()
    first = visit.counter.output("2204", visit.upload_input(CONSULTATION[:1]))

    same = deliver(visit, "2204", visit.upload_input(CONSULTATION[:1]))
    more = deliver(visit, "2204", visit.upload_input(CONSULTATION))

    (row,) = office.ledger()["visits"]
    if personality.answers_copies:
        assert Accepted(output=first) == same
        assert isinstance(more, Accepted)
        assert first["result"] == more.output["result"][:1]
        assert 3 == row["lines"]["unsettled"]
    else:
        assert [Unknown(why="Duplicate", words="明细2的流水号已存在")] * 2 == [same, more]
        assert 1 == row["lines"]["unsettled"]


@every_centre
@pytest.mark.parametrize("changed", ["amount", "batch"])
def test_a_line_with_another_content_is_never_the_same_line(tmp_path: Path, personality: Personality, changed: str) -> None:
    """One number, two amounts or two batches: refused as a duplicate, and the first stands."""
    _, visit = visit_at(tmp_path, personality)
    visit.register().tell().upload()
    content = visit.upload_input((fee("1", 30_51),)) if changed == "amount" else visit.upload_input(SMALL, batch="B2")

    assert Unknown(why="Duplicate", words="明细1的流水号已存在") == deliver(visit, "2204", content)
    assert 30_50 == visit.settle().medfee_sumamt


def test_a_settled_line_that_goes_up_again_is_answered_and_not_taken(tmp_path: Path) -> None:
    """Where copies are answered: its batch is paid, and nothing is open."""
    office, visit = visit_at(tmp_path, Personality.IDEMPOTENT)
    visit.register().tell().upload().settle()

    visit.upload()

    assert {"settled": 1, "unsettled": 0} == office.ledger()["visits"][0]["lines"]


@every_centre
def test_a_second_settlement_of_a_batch_is_found_not_booked(tmp_path: Path, personality: Personality) -> None:
    """Under a new id, as a counter would that lost the first: unknown, and 5203 has the first with its msgid."""
    office, visit = visit_at(tmp_path, personality)
    visit.register().tell().upload()
    lost = visit.counter.new_msgid()
    visit.settle(msgid=lost)

    assert Unknown(why="Duplicate", words="收费批次已结算，请勿重复结算") == deliver(visit, "2207", visit.settle_input())
    assert [lost] == [row.medins_setl_id for row in visit.settlements()]
    assert (ACCOUNT_FEN - 30_50, 1) == (office.available_fen(), len(movements(office)))


@every_centre
def test_an_idempotent_centre_or_not_the_id_of_one_request_serves_no_other(tmp_path: Path, personality: Personality) -> None:
    """Another batch under a known id: a duplicate, except where ids mean nothing."""
    office, visit = visit_at(tmp_path, personality)
    visit.register().tell().upload()
    msgid = visit.counter.new_msgid()
    visit.settle(msgid=msgid)
    visit.upload((fee("2", 10_00),), batch="B2")

    outcome = deliver(visit, "2207", visit.settle_input(batch="B2"), msgid)

    if personality is Personality.RE_EXECUTES:
        assert isinstance(outcome, Accepted)
        assert [msgid] * 2 == [row["msgid"] for row in office.ledger()["settlements"]]
    else:
        assert isinstance(outcome, Unknown)
        assert "Duplicate" == outcome.why


# --- what each answer proves ---------------------------------------------------------------------------


def test_a_settlement_is_accepted_with_figures_and_ids(tmp_path: Path) -> None:
    """Each step's answer is believed by the counter's own table."""
    _, visit = visit_at(tmp_path, Personality.IDEMPOTENT)

    registered = deliver(visit, "2201", visit.register_input())
    assert isinstance(registered, Accepted)
    visit.mdtrt_id = registered.mdtrt_id
    assert isinstance(deliver(visit, "2203", visit.visit_input()), Accepted)
    visit.upload()
    settled = deliver(visit, "2207", visit.settle_input())
    assert isinstance(settled, Accepted)
    assert settled.figures is not None
    assert (visit.mdtrt_id, 30_50) == (settled.mdtrt_id, settled.figures.acct_pay)
    (found,) = visit.settlements()
    refund = deliver(visit, "2208", reversal(found))
    assert isinstance(refund, Accepted)
    assert settled.figures.negated().movements() == (refund.figures or settled.figures).movements()
    assert isinstance(deliver(visit, "2207", {"data": {**visit.settle_input()["data"], "psn_setlway": "02"}}), Rejected)


def test_a_settlement_refused_for_its_sign_in_goes_again(tmp_path: Path) -> None:
    """The centre that forgets: nothing was done, and the same msgid settles once signed in."""
    office = open_clinics(Office(tmp_path, personality=Personality.EXPIRES, sign_in=Validity(minutes=30)))
    visit = chain(office).register().tell().upload()
    msgid = visit.counter.new_msgid()
    office.clock.step(minutes=31)

    assert Retry(why="sign_in", words="签到已失效，请重新签到") == deliver(visit, "2207", visit.settle_input(), msgid)
    visit.counter.sign_in()
    assert isinstance(deliver(visit, "2207", visit.settle_input(), msgid), Accepted)
    assert 1 == len(movements(office))


def test_the_centre_and_the_counters_table_agree_on_what_changes_something(tmp_path: Path) -> None:
    """What is remembered is no query, what settles is remembered and thought over, and every query may be asked twice under one id."""
    assert frozenset() == ONCE & codes.QUERIES
    assert codes.SETTLES <= ONCE & codes.REVERSIBLE
    assert codes.SETTLES == THOUGHT_OVER
    office, visit = visit_at(tmp_path, Personality.REFUSES)
    visit.register().tell().upload()
    msgid = visit.counter.new_msgid()
    day = {"begntime": "2026-03-02 00:00:00", "endtime": "2026-03-02 23:59:59"}
    asked = {
        "2206": visit.settle_input(infno="2206"),
        "5201": queries.visits_query(psn_no=visit.presented.psn_no, med_type="", **day),
        "5203": queries.settlement_query(psn_no=visit.presented.psn_no, mdtrt_id=visit.mdtrt_id),
    }

    for infno, content in asked.items():
        assert visit.counter.output(infno, content, msgid=msgid) == visit.counter.output(infno, content, msgid=msgid)
    assert [] == movements(office)
