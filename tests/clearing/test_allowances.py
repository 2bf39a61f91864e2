"""The off-line allowance at the centre: granted, seen, debited, returned, lost, torn, overdue."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from nhsa import extension
from settlement.allowance import CardRecord
from tests.clearing.counter import ACCOUNT_FEN, ANNA, AREA, CARD_NO, Office, debit, on_card, sale, seen

FRESH = on_card(0, 0, 0)
"""A card as it is issued."""
LIMIT_FEN = 500_00


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre where Anna holds 1000 yuan."""
    return Office(tmp_path)


def written(office: Office, read: CardRecord, *, limit_fen: int = LIMIT_FEN) -> CardRecord:
    """Refresh a card to the end and show what was read back; return that."""
    counter = office.counter()
    grant = counter.refresh(read, limit_fen=limit_fen)
    after = on_card(grant.generation, 1, grant.grant_fen)
    counter.show(after)
    return after


def spent(read: CardRecord, fen: int) -> CardRecord:
    """Return the record after an off-line sale."""
    assert read.counter is not None
    assert read.amount_fen is not None
    return replace(read, counter=read.counter + 1, amount_fen=read.amount_fen - fen)


def offline(office: Office, before: CardRecord, fen: int, *, total_fen: int | None = None, begntime: str = "2026-03-02 09:00:00") -> int:
    """Upload an off-line sale; return its account share."""
    assert before.generation is not None
    assert before.counter is not None
    evidence = debit(before.generation, before.counter, fen)
    return office.counter().sell(sale(total_fen or fen, debit=evidence, begntime=begntime)).acct_pay


# --- granting ----------------------------------------------------------------------------------------


def test_a_grant_is_earmarked_at_once(office: Office) -> None:
    """The first generation is 1; its grant is the pack's limit here, taken out of what is available."""
    grant = office.counter().refresh(FRESH)

    assert (1, 500_00, "5", 500_00) == (grant.generation, grant.grant_fen, grant.not_after, grant.available_fen)
    assert (ACCOUNT_FEN - 500_00, {1: 500_00}) == (office.available_fen(), office.open_fen())
    assert ACCOUNT_FEN == office.person()["ledger_fen"]


@pytest.mark.parametrize(
    ("spend_fen", "limit_fen", "grant_fen"),
    [(0, 500_00, 500_00), (0, 2_000_00, 500_00), (0, 120_00, 120_00), (400_00, 500_00, 300_00), (399_99, 500_00, 300_00), (0, 0, 0)],
)
def test_a_grant_is_at_most_limit_and_half_of_what_is_available(office: Office, spend_fen: int, limit_fen: int, grant_fen: int) -> None:
    """The least of what is asked, what the pack allows, and half of what is available, rounded down."""
    if spend_fen:
        office.counter().sell(sale(spend_fen))

    assert grant_fen == office.counter().refresh(FRESH, limit_fen=limit_fen).grant_fen


def test_what_was_read_returns_when_the_next_generation_is_seen(office: Office) -> None:
    """Until g+1 is seen both stay earmarked; then the amount read on g is available again, once."""
    first = written(office, FRESH)
    grant = office.counter().refresh(first)
    assert (2, 250_00, 750_00) == (grant.generation, grant.grant_fen, grant.available_fen)
    assert (250_00, {1: 500_00, 2: 250_00}) == (office.available_fen(), office.open_fen())

    after = on_card(2, 1, 250_00)

    assert [750_00] * 2 == [office.counter().show(after) for _ in range(2)]
    assert {1: 0, 2: 250_00} == office.open_fen()
    assert ["closed", "open"] == [row["state"] for row in office.person()["earmarks"]]


def test_the_next_request_is_evidence_too(office: Office) -> None:
    """When the evidence was lost, the next refresh settles the generation before."""
    grant = office.counter().refresh(FRESH)
    second = office.counter().refresh(on_card(grant.generation, 1, grant.grant_fen))
    third = office.counter().refresh(on_card(second.generation, 1, second.grant_fen))

    assert [1, 2, 3] == [grant.generation, second.generation, third.generation]
    assert {1: 0, 2: 250_00, 3: third.grant_fen} == office.open_fen()


def test_a_lost_grant_stays_earmarked_and_its_byte_unused(office: Office) -> None:
    """The answer to a request was lost: the card still shows g, and the next grant passes over the lost byte."""
    first = written(office, FRESH, limit_fen=100_00)
    office.counter().refresh(first, limit_fen=100_00)

    grant = office.counter().refresh(first, limit_fen=100_00)
    office.counter().show(on_card(grant.generation, 1, 100_00))

    assert 3 == grant.generation
    assert {1: 0, 2: 100_00, 3: 100_00} == office.open_fen()
    assert [True, False, True] == [row["seen"] for row in office.person()["earmarks"]]


def test_seeing_the_old_generation_later_cancels_nothing(office: Office) -> None:
    """A late sight of g leaves g+1 as it is."""
    first = written(office, FRESH, limit_fen=100_00)
    office.counter().show(on_card(office.counter().refresh(first, limit_fen=100_00).generation, 1, 100_00))

    office.counter().show(first)

    assert {1: 0, 2: 100_00} == office.open_fen()


def test_a_refresh_to_nothing_gives_everything_back(office: Office) -> None:
    """Limit 0: generation 2 with 0; once seen, all is available for a sale that needs it."""
    first = written(office, FRESH)

    grant = office.counter().refresh(first, limit_fen=0)

    assert (2, 0, ACCOUNT_FEN) == (grant.generation, grant.grant_fen, grant.available_fen)
    assert ACCOUNT_FEN == office.counter().show(on_card(2, 1, 0))


def test_bytes_go_round_and_pass_over_what_is_in_use(office: Office) -> None:
    """After 255 comes 0; a generation that still holds something is skipped."""
    lost = office.counter().refresh(on_card(254, 1, 0), limit_fen=10_00)
    assert 255 == lost.generation

    assert 0 == office.counter().refresh(on_card(254, 1, 0), limit_fen=10_00).generation
    assert 1 == office.counter().refresh(on_card(254, 1, 0), limit_fen=10_00).generation


def test_no_byte_left_is_refused(office: Office) -> None:
    """With 255 lost grants in use there is none to give, and nothing is earmarked."""
    counter = office.counter()
    for _ in range(255):
        counter.refresh(FRESH, limit_fen=0)

    assert "该卡的脱机额度尚未了结的过多，暂不能刷新" == counter.refusal("YX01", {"data": {**seen(FRESH), "limit_fen": 0}})


# --- torn and unreadable ------------------------------------------------------------------------------


def test_a_torn_refresh_gives_back_both(office: Office) -> None:
    """g+1 seen with counter 0: nothing of it was spendable, so it returns whole, with what was read on g."""
    first = written(office, FRESH)
    grant = office.counter().refresh(first)

    again = office.counter().refresh(on_card(grant.generation, 0, 500_00))

    assert 3 == again.generation
    assert {1: 0, 2: 0, 3: 500_00} == office.open_fen()
    assert 500_00 == office.available_fen()


def test_an_unreadable_amount_returns_nothing(office: Office) -> None:
    """The amount could not be read in the session that wrote g+1: g stays earmarked."""
    first = written(office, FRESH, limit_fen=100_00)
    written(office, replace(first, amount_fen=None), limit_fen=100_00)

    assert {1: 100_00, 2: 100_00} == office.open_fen()


def test_an_unreadable_generation_proves_nothing(office: Office) -> None:
    """93 torn: whichever of g and g+1 is on the card, both stay earmarked, and the next byte is a fresh one."""
    first = written(office, FRESH, limit_fen=100_00)
    office.counter().refresh(first, limit_fen=100_00)

    after = written(office, on_card(None, None, 100_00), limit_fen=100_00)

    assert 3 == after.generation
    assert {1: 100_00, 2: 100_00, 3: 100_00} == office.open_fen()


def test_more_than_is_earmarked_never_returns(office: Office) -> None:
    """A record that claims more than its earmark holds gives back what there is."""
    first = written(office, FRESH, limit_fen=100_00)
    written(office, replace(first, amount_fen=900_00), limit_fen=100_00)

    assert (ACCOUNT_FEN - 100_00, {1: 0, 2: 100_00}) == (office.available_fen(), office.open_fen())


# --- debits -------------------------------------------------------------------------------------------


def test_an_offline_sale_lowers_the_earmark_and_nothing_else(office: Office) -> None:
    """What is available stays; the ledger falls by the account share."""
    card = written(office, FRESH)

    assert 80_00 == offline(office, card, 80_00)

    assert ({1: 420_00}, 500_00) == (office.open_fen(), office.available_fen())
    assert ACCOUNT_FEN - 80_00 == office.person()["ledger_fen"]
    assert [(True, 80_00)] == [(row["offline"], row["covered_fen"]) for row in office.ledger()["settlements"]]


def test_a_smaller_account_share_returns_to_available(office: Office) -> None:
    """The card was debited 80, the claim here needs only 50: the earmark falls by 80, 30 are available."""
    card = written(office, FRESH)

    assert 50_00 == offline(office, card, 80_00, total_fen=50_00)

    assert ({1: 420_00}, 530_00) == (office.open_fen(), office.available_fen())


def test_a_larger_account_share_is_capped_by_the_debit(office: Office) -> None:
    """The claim comes to 120, the card was debited 80: the rest is the person's cash, and available is not touched."""
    card = written(office, FRESH)
    evidence = debit(1, 1, 80_00)

    figures = office.counter().sell(sale(120_00, debit=evidence)).figures()

    assert (80_00, 40_00, 500_00) == (figures.acct_pay, figures.psn_cash_pay, figures.balc)
    assert ({1: 420_00}, 500_00) == (office.open_fen(), office.available_fen())
    assert card.amount_fen == 500_00


def test_debits_beyond_the_earmark_are_borne_by_the_shop(office: Office) -> None:
    """A cloned card can spend no more than was earmarked: the rest is booked as cash that the shop is owed."""
    written(office, FRESH, limit_fen=100_00)

    shares = [office.counter().sell(sale(70_00, debit=debit(1, 1, 70_00))).acct_pay for _ in range(2)]

    assert [70_00, 30_00] == shares
    assert {1: 0} == office.open_fen()


def test_a_debit_that_arrives_after_the_refresh_finds_its_generation(office: Office) -> None:
    """A sale of g waits in a queue while g+1 is written: what was read returns, what was debited stays for it."""
    first = written(office, FRESH)
    second = written(office, spent(first, 80_00))
    assert {1: 80_00, 2: second.amount_fen} == office.open_fen()

    assert 80_00 == offline(office, first, 80_00)

    assert {1: 0, 2: second.amount_fen} == office.open_fen()
    assert ["closed", "open"] == [row["state"] for row in office.person()["earmarks"]]


def test_a_debit_is_evidence_of_its_generation(office: Office) -> None:
    """Evidence was lost, but a sale of g+1 arrives: g+1 was on the card, so what was read on g returns."""
    first = written(office, FRESH)
    grant = office.counter().refresh(first)

    offline(office, on_card(grant.generation, 1, grant.grant_fen), 10_00)

    assert {1: 0, 2: grant.grant_fen - 10_00} == office.open_fen()
    assert [True, True] == [row["seen"] for row in office.person()["earmarks"]]


def test_the_reversal_of_an_offline_sale_releases_to_available(office: Office) -> None:
    """Never to the earmark: the card does not know of the void until it is refreshed."""
    card = written(office, FRESH)
    counter = office.counter()
    settled = counter.sell(sale(50_00, debit=debit(1, 1, 80_00)))

    counter.void(settled)

    assert ({1: 420_00}, 580_00, ACCOUNT_FEN) == (office.open_fen(), office.available_fen(), office.person()["ledger_fen"])
    assert card.amount_fen == 500_00


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (debit(1, 1, 80_00).model_copy(update={"counter_after": 3}), "脱机凭证的计数不连续"),
        (debit(1, 1, 80_00).model_copy(update={"card_no": "00000000X"}), "脱机凭证与就诊凭证不符"),
        (debit(1, 1, 80_00).model_copy(update={"card_sn": "0"}), "卡识别码与中心登记不符"),
    ],
)
def test_evidence_that_contradicts_itself_is_refused(office: Office, evidence: extension.Debit, words: str) -> None:
    """Counter, card and card id must fit, else nothing is booked."""
    written(office, FRESH)

    assert words == office.counter().refusal("2102", sale(80_00, debit=evidence))
    assert {1: 500_00} == office.open_fen()


# --- overdue ------------------------------------------------------------------------------------------


def test_what_is_never_seen_returns_after_not_after_and_the_longest_queue(office: Office) -> None:
    """90 days from 2 March end in May; a doubt may wait 30 days more: on 1 July the lost grant is available."""
    office.counter().refresh(FRESH)
    office.clock.at = "2026-06-30 23:59:59"
    office.counter()
    assert {1: 500_00} == office.open_fen()

    office.clock.step(seconds=1)
    office.counter()

    assert (ACCOUNT_FEN, {1: 0}) == (office.available_fen(), office.open_fen())
    assert ["closed"] == [row["state"] for row in office.person()["earmarks"]]


def test_an_offline_sale_that_comes_too_late_is_all_cash(office: Office) -> None:
    """After its earmark was returned nothing covers the debit: the shop bears it, nobody is overdrawn."""
    card = written(office, FRESH)
    office.clock.at = "2026-07-01 00:00:00"

    assert 0 == offline(office, card, 80_00)
    assert (ACCOUNT_FEN, ACCOUNT_FEN) == (office.available_fen(), office.person()["ledger_fen"])


# --- who gets one, who does not ------------------------------------------------------------------------


def test_an_area_that_forbids_grants_nothing(office: Office) -> None:
    """The insured area decides, not the counter's."""
    counter = office.counter()
    query = {"data": {**seen(FRESH), "limit_fen": 0}}
    other = {**query["data"], "psn_no": "990200000000000002", "card_no": "87654321X", "card_sn": "990200D15600000587654321FFFFFFFF"}

    assert "该统筹区不支持脱机额度" == counter.refusal("YX01", {"data": other})


def test_a_reported_card_gets_no_allowance(office: Office) -> None:
    """Its earmark stays as it was."""
    card = written(office, FRESH)
    office.report_loss(CARD_NO)

    assert "该社会保障卡已挂失，不能使用" == office.counter().refusal("YX01", {"data": {**seen(card), "limit_fen": 0}})
    assert {1: 500_00} == office.open_fen()


def test_a_sale_before_the_report_is_paid_and_one_after_it_is_not(office: Office) -> None:
    """The time of the sale decides, whenever it arrives."""
    card = written(office, FRESH)
    office.clock.at = "2026-03-02 12:00:00"
    office.report_loss(CARD_NO)
    office.clock.at = "2026-03-03 12:00:00"

    assert 80_00 == offline(office, card, 80_00, begntime="2026-03-02 11:59:59")
    late = sale(70_00, debit=debit(1, 2, 70_00), begntime="2026-03-02 12:00:00")
    assert "该社会保障卡已挂失，不能使用" == office.counter().refusal("2102", late)
    assert {1: 420_00} == office.open_fen()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"card_no": "00000000X"}, "未查询到参保人信息"),
        ({"psn_no": "990200000000000002"}, "卡与人员编号不符"),
        ({"card_sn": "0"}, "卡识别码与中心登记不符"),
        ({"record": {**seen(FRESH)["record"], "generation": 256}}, "FSI-交易报文不正确：record.generation less_than_equal"),
        ({"limit_fen": -1}, "FSI-交易报文不正确：limit_fen greater_than_equal"),
    ],
)
def test_a_request_that_is_not_right_is_refused(office: Office, members: dict[str, Any], words: str) -> None:
    """Another's card, an unknown one, or a value out of bounds: nothing is earmarked."""
    query = {"data": {**seen(FRESH), "limit_fen": 0, **members}}

    assert words == office.counter().refusal("YX01", query)
    assert {} == office.open_fen()
    assert (AREA, "11") == (ANNA.admdvs, ANNA.psn_type)
