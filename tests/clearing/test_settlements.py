"""Settling, reversing and correcting: what each does to the ledger and to the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from clearing.personality import Personality
from nhsa import correction, pharmacy, queries
from nhsa.settlement import SetlInfo
from tests.clearing.counter import ACCOUNT_FEN, ANNA, CARD_NO, OTHER, OTHER_CARD_NO, OTHER_SHOP, SHOP, Office, sale


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan."""
    return Office(tmp_path)


def reversal(settled: SetlInfo) -> dict[str, Any]:
    """Return the input of 2103."""
    return pharmacy.reversal_input(psn_no=settled.psn_no, setl_id=settled.setl_id, mdtrt_id=settled.mdtrt_id)


def correct(msgid: str, *, psn_no: str = ANNA.psn_no, oinfno: str = "2102") -> dict[str, Any]:
    """Return the input of 2601."""
    return correction.correction_input(psn_no=psn_no, omsgid=msgid, oinfno=oinfno)


def movements(office: Office) -> list[tuple[str, int, int, int, int]]:
    """Return (infno, total, fund, account, cash) of everything in the ledger."""
    return [(row["infno"], *row["movements"].values()) for row in office.ledger()["settlements"]]


def test_a_sale_spends_what_is_available(office: Office) -> None:
    """The account pays, the answer echoes the msgid, the balance is what is left, and the ledger balances."""
    counter = office.counter()
    msgid = counter.new_msgid()

    settled = counter.sell(sale(30_50), msgid=msgid)

    figures = settled.figures()
    assert msgid == settled.medins_setl_id
    assert (30_50, 30_50, 0, ACCOUNT_FEN - 30_50) == (figures.medfee_sumamt, figures.acct_pay, figures.psn_cash_pay, figures.balc)
    assert () == figures.broken_identities()
    assert ACCOUNT_FEN - 30_50 == office.available_fen() == office.person()["ledger_fen"]
    assert [("2102", 30_50, 0, 30_50, 0)] == movements(office)
    assert office.ledger()["balanced"]


def test_what_the_account_does_not_cover_is_cash(office: Office) -> None:
    """A sale beyond the balance takes the balance and leaves the rest to the person."""
    figures = office.counter().sell(sale(1_200_00)).figures()

    assert (ACCOUNT_FEN, 200_00, 0) == (figures.acct_pay, figures.psn_cash_pay, figures.balc)
    assert 0 == office.available_fen()


def test_a_dry_run_books_nothing(office: Office) -> None:
    """2101 gives the amounts of 2102, without an id."""
    counter = office.counter()

    dry = SetlInfo.model_validate(counter.output("2101", sale(30_50))["setlinfo"])

    assert ("", "", 30_50) == (dry.setl_id, dry.setl_time, dry.acct_pay)
    assert dry.figures() == counter.sell(sale(30_50)).figures()
    assert 1 == len(movements(office))


def test_a_line_that_the_centre_leaves_out_stays_in_the_claim_as_cash(office: Office) -> None:
    """What the counter claimed and this pack does not permit is paid by the person; the total stays."""
    counter = office.counter()

    output = counter.output("2102", sale(30_50, kind="日用品"))

    figures = SetlInfo.model_validate(output["setlinfo"]).figures()
    assert (30_50, 30_50, 0, 30_50) == (figures.medfee_sumamt, figures.fulamt_ownpay_amt, figures.acct_pay, figures.psn_cash_pay)
    assert () == figures.broken_identities()
    assert "30.50" == output["detlcutinfo"][0]["fulamt_ownpay_amt"]


def test_another_pack_prices_differently(tmp_path: Path) -> None:
    """A centre with packs of its own comes to another split: the counter sees a difference, not an error."""
    shipped = Path(__file__).parents[2] / "config" / "regions" / "990100"
    own = tmp_path / "packs" / "990100"
    own.mkdir(parents=True)
    for pack in shipped.glob("*.toml"):
        opened = 'cost = "in_scope"\nvalue = true'
        text = pack.read_text(encoding="utf-8")
        assert opened in text
        (own / pack.name).write_text(text.replace(opened, opened.replace("true", "false")), encoding="utf-8")
    office = Office(tmp_path / "centre", regions=tmp_path / "packs")

    figures = office.counter().sell(sale(30_50)).figures()

    assert (0, 30_50) == (figures.acct_pay, figures.psn_cash_pay)


def test_a_damaged_pack_puts_off_and_refuses_nothing_for_good(tmp_path: Path) -> None:
    """The counter is told to come back, and the same msgid settles once the pack is mended."""
    pack = tmp_path / "packs" / "990100" / "2023-02-01.toml"
    pack.parent.mkdir(parents=True)
    pack.write_text("format = 1\n", encoding="utf-8")
    office = Office(tmp_path / "centre", regions=tmp_path / "packs")
    counter = office.counter()
    msgid = counter.new_msgid()

    assert "中心的政策包暂不可用，请稍后再试" == counter.refusal("2102", sale(30_50), msgid=msgid)

    pack.write_bytes((Path(__file__).parents[2] / "config" / "regions" / "990100" / pack.name).read_bytes())
    assert msgid == counter.sell(sale(30_50), msgid=msgid).medins_setl_id


# --- reversal ----------------------------------------------------------------------------------------


def test_a_reversal_is_a_new_negative_record(office: Office) -> None:
    """2103 gives a new id, the other spelling, some nulls, negative amounts, and the money back to what is available."""
    counter = office.counter()
    settled = counter.sell(sale(30_50))

    raw = counter.output("2103", reversal(settled))["setlinfo"]

    reversed_ = SetlInfo.model_validate(raw)
    assert "psn_part_amt" not in raw
    assert "psn_cash_pay" not in raw
    assert (None, None, None, "-30.50", "0.00") == tuple(
        raw[name] for name in ("psn_pay", "hosp_part_amt", "acct_mulaid_pay", "acct_pay", "cash_payamt")
    )
    assert reversed_.setl_id != settled.setl_id
    assert reversed_.mdtrt_id == settled.mdtrt_id
    assert settled.figures().negated().movements() == reversed_.figures().movements()
    assert () == reversed_.figures().broken_identities()
    assert ACCOUNT_FEN == office.available_fen()
    assert [("2102", 30_50, 0, 30_50, 0), ("2103", -30_50, 0, -30_50, 0)] == movements(office)
    assert office.ledger()["balanced"]


def test_a_settlement_is_reversed_once(office: Office) -> None:
    """The second reversal is refused and moves nothing."""
    counter = office.counter()
    settled = counter.sell(sale(30_50))
    counter.void(settled)

    assert "原结算已经退费，不能再次退费" == counter.refusal("2103", reversal(settled))
    assert ACCOUNT_FEN == office.available_fen()


def test_only_the_shop_that_settled_reverses(office: Office) -> None:
    """Another institution does not find the settlement; nor is a settlement found that never was."""
    settled = office.counter().sell(sale(30_50))
    stranger = office.counter(shop=OTHER_SHOP)

    assert "未找到原结算记录，不能退费" == stranger.refusal("2103", reversal(settled))
    assert "未找到原结算记录，不能退费" == stranger.refusal("2103", reversal(settled.model_copy(update={"setl_id": "0"})))


# --- correction --------------------------------------------------------------------------------------


def test_a_correction_undoes_as_if_it_had_never_been(office: Office) -> None:
    """2601 puts the money back, takes the settlement out of every query and refuses its id from then on."""
    counter = office.counter()
    msgid = counter.new_msgid()
    settled = counter.sell(sale(30_50), msgid=msgid)

    answer = counter.ask("2601", correct(msgid))

    assert (0, {}) == (answer.infcode, answer.output)
    assert ACCOUNT_FEN == office.available_fen()
    assert [] == movements(office)
    assert [msgid] == [row["msgid"] for row in office.ledger()["corrected"]]
    assert office.ledger()["balanced"]
    query = queries.settlement_query(psn_no=ANNA.psn_no, mdtrt_id=settled.mdtrt_id)
    assert "未查询到结算信息" == counter.refusal("5203", query)
    assert "该报文已被冲正，不予受理" == counter.refusal("2102", sale(30_50), msgid=msgid)
    assert "未找到原结算记录，不能退费" == counter.refusal("2103", reversal(settled))


@pytest.mark.parametrize("personality", list(Personality))
def test_what_was_corrected_before_it_came_is_refused_when_it_comes(tmp_path: Path, personality: Personality) -> None:
    """A msgid that 2601 named is remembered although nothing had come under it, at every kind of centre."""
    office = Office(tmp_path, personality=personality)
    counter = office.counter()
    late = counter.new_msgid()

    assert 0 == counter.ask("2601", correct(late)).infcode

    assert "该报文已被冲正，不予受理" == counter.refusal("2102", sale(30_50), msgid=late)
    assert [] == movements(office)


def test_a_refunded_settlement_cannot_be_corrected(office: Office) -> None:
    """2601 refuses in the words that were captured from a real centre, and books nothing."""
    counter = office.counter()
    msgid = counter.new_msgid()
    counter.void(counter.sell(sale(30_50), msgid=msgid))

    assert "冲正的结算信息退费结算标志不为未退费，不能办理冲正交易" == counter.refusal("2601", correct(msgid))
    assert 2 == len(movements(office))


def test_a_corrected_reversal_lets_the_settlement_stand(office: Office) -> None:
    """2601 of a 2103 takes the money again, and the settlement may be reversed anew."""
    counter = office.counter()
    msgid = counter.new_msgid()
    settled = counter.sell(sale(30_50))
    counter.void(settled, msgid=msgid)

    assert 0 == counter.ask("2601", correct(msgid, oinfno="2103")).infcode

    assert ACCOUNT_FEN - 30_50 == office.available_fen()
    counter.void(settled)
    assert ACCOUNT_FEN == office.available_fen()


def test_a_reversal_whose_money_is_spent_cannot_be_corrected(office: Office) -> None:
    """What a reversal gave back and somebody spent is not taken twice."""
    counter = office.counter()
    msgid = counter.new_msgid()
    settled = counter.sell(sale(900_00))
    counter.void(settled, msgid=msgid)
    counter.sell(sale(500_00))

    assert "退回账户的金额已被使用，不能办理冲正交易" == counter.refusal("2601", correct(msgid, oinfno="2103"))
    assert 500_00 == office.available_fen()


def test_a_correction_names_person_and_shop_of_the_original(office: Office) -> None:
    """Nobody undoes what is not theirs."""
    counter = office.counter()
    msgid = counter.new_msgid()
    counter.sell(sale(30_50), msgid=msgid)

    assert "冲正信息与原交易不符" == counter.refusal("2601", correct(msgid, psn_no=OTHER.psn_no))
    assert "冲正信息与原交易不符" == office.counter(shop=OTHER_SHOP).refusal("2601", correct(msgid))
    assert 1 == len(movements(office))


# --- what is refused ---------------------------------------------------------------------------------


def spoiled(content: dict[str, Any], node: str, **members: object) -> dict[str, Any]:
    """Return ``content`` with other members in its head or first line."""
    part = content[node]
    return {**content, node: {**part, **members} if isinstance(part, dict) else [{**part[0], **members}]}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (spoiled(sale(30_50), "druginfo", medfee_sumamt="30.51"), "医疗费总额与明细合计不符"),
        (spoiled(sale(30_50), "drugdetail", cnt="2.0000"), "明细1的金额与数量、单价不符"),
        (spoiled(sale(30_50), "drugdetail", expContent=""), "明细1未说明费用等级和种类"),
        (spoiled(sale(30_50), "druginfo", medfee_sumamt="-30.50"), "FSI-交易报文不正确：druginfo.medfee_sumamt string_pattern_mismatch"),
        (spoiled(sale(30_50), "druginfo", begntime="2026-02-30 09:00:00"), "FSI-交易报文不正确：druginfo.begntime value_error"),
        (spoiled(sale(30_50), "druginfo", begntime="2020-01-01 09:00:00"), "没有统筹区 990100 在 2020-01-01 有效的政策包。"),
        (spoiled(sale(30_50), "druginfo", surprise="1"), "FSI-交易报文不正确：druginfo.surprise extra_forbidden"),
        (spoiled(sale(30_50), "druginfo", expContent='{"yibao_debit":{}}'), "脱机凭证内容不正确"),
        (spoiled(sale(30_50), "druginfo", mdtrt_cert_no=OTHER_CARD_NO), "卡与人员编号不符"),
        (spoiled(sale(30_50), "druginfo", mdtrt_cert_type="02", mdtrt_cert_no=OTHER.certno), "就诊凭证与人员编号不符"),
        (spoiled(sale(30_50), "druginfo", psn_no="1"), "未查询到参保人信息"),
        ({"druginfo": sale(30_50)["druginfo"]}, "FSI-交易报文不正确：drugdetail list_type"),
        ({"druginfo": sale(30_50)["druginfo"], "drugdetail": []}, "FSI-交易报文不正确：drugdetail too_short"),
    ],
)
def test_a_claim_that_is_not_right_is_refused(office: Office, content: dict[str, Any], words: str) -> None:
    """Each fault has its words, which name nobody, and nothing is booked."""
    assert words == office.counter().refusal("2102", content)
    assert [] == movements(office)


def test_an_identity_card_settles_too(office: Office) -> None:
    """The person may come without the card."""
    settled = office.counter().sell(spoiled(sale(30_50), "druginfo", mdtrt_cert_type="02", mdtrt_cert_no=ANNA.certno))

    assert 30_50 == settled.acct_pay
    assert "" == office.ledger()["settlements"][0]["card_no"]


def test_a_reported_card_settles_nothing(office: Office) -> None:
    """From the report on, the card is refused on-line, for the dry run too."""
    counter = office.counter()
    office.report_loss(CARD_NO)

    assert "该社会保障卡已挂失，不能使用" == counter.refusal("2102", sale(30_50))
    assert "该社会保障卡已挂失，不能使用" == counter.refusal("2101", sale(30_50))


def test_a_back_dated_sale_is_accepted(office: Office) -> None:
    """A sale of an earlier day keeps its own time, as a cash slip that is settled later does."""
    settled = office.counter().sell(sale(30_50, begntime="2026-02-27 18:00:00"))

    assert "2026-03-02 09:00:00" == settled.setl_time
    assert "2026-02-27 18:00:00" == office.ledger()["settlements"][0]["begntime"]


def test_the_export_says_who_and_what(office: Office) -> None:
    """A row names infno, msgid, original, person, card and amounts."""
    counter = office.counter()
    first, second = counter.new_msgid(), counter.new_msgid()
    counter.void(counter.sell(sale(30_50), msgid=first), msgid=second)

    rows = office.ledger()["settlements"]

    assert [("2102", first, ""), ("2103", second, first)] == [(row["infno"], row["msgid"], row["original"]) for row in rows]
    assert {(ANNA.psn_no, ANNA.certno, CARD_NO)} == {(row["psn_no"], row["certno"], row["card_no"]) for row in rows}
    assert [SHOP] * 2 == [row["msgid"][:12] for row in rows]
