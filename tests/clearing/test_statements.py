"""3201, 3202 with its files, 3203: what the centre finds when an institution states its day."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from clearing import cli
from nhsa import clearing, statement
from nhsa.settlement import SetlInfo
from settlement.statement import BALANCED, CENTRE_MORE, COUNTER_MORE, DIFFERENT, Amounts, Group, Stated, Totals, total_of
from tests.clearing.clinic import chain, open_clinics
from tests.clearing.counter import AREA, OTHER_SHOP, SHOP, Counter, Office, sale

DAY = "2026-03-02"
GROUP = Group(insutype="310", clr_type="41", setl_optins=AREA)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan."""
    return Office(tmp_path / "books")


def row(info: SetlInfo, *, refund: bool = False) -> statement.Row:
    """Return a settlement as its counter states it."""
    amounts = Amounts(total_fen=info.medfee_sumamt, fund_fen=info.fund_pay_sumamt, account_fen=info.acct_pay)
    stated = Stated(setl_id=info.setl_id, mdtrt_id=info.mdtrt_id, msgid="", refund=refund, amounts=amounts)
    return statement.Row(psn_no=info.psn_no, stated=stated)


def totals(counter: Counter, rows: list[statement.Row], *, day: str = DAY, group: Group = GROUP) -> str:
    """State a day's sums and return the result."""
    said = total_of(one.stated for one in rows)
    return statement.read_totals(counter.output("3201", statement.totals_input(group, day, said))).stmt_rslt


def details(counter: Counter, rows: list[statement.Row]) -> dict[str, str]:
    """State a day's rows by a file and return what differs, by setl_id."""
    return {one.told.row.setl_id: one.told.result for one in results(counter, rows)}


def results(counter: Counter, rows: list[statement.Row]) -> tuple[statement.ResultRow, ...]:
    """State a day's rows by a file and return the rows of the result."""
    said = total_of(one.stated for one in rows)
    packed = statement.write_rows(rows, "rows.txt")
    sent = statement.read_uploaded(counter.output("9101", statement.upload_input(packed, "rows.zip", counter.shop)))
    query = statement.details_input(sent.file_qury_no, setl_optins=AREA, clr_type="41", day=DAY, totals=said, cash_fen=0)
    ready = statement.read_details(counter.output("3202", query))
    return statement.read_results(download(counter, ready.file_qury_no, ready.filename))


def download(counter: Counter, file_qury_no: str, filename: str) -> bytes:
    """Return the file that lies ready."""
    return counter.post(counter.envelope("9102", statement.download_input(file_qury_no, filename, counter.shop)))


def test_a_day_with_a_refund_is_a_pair_of_rows(office: Office) -> None:
    """A sale, and another with its void: three rows, one of them below zero, and the sums are net."""
    counter = office.counter()
    first, second = counter.sell(sale(500)), counter.sell(sale(300))
    void = counter.void(second)
    rows = [row(first), row(second), row(void, refund=True)]

    assert (3, 500) == (total_of(one.stated for one in rows).count, total_of(one.stated for one in rows).amounts.total_fen)
    assert BALANCED == totals(counter, rows)
    assert {} == details(counter, rows)
    assert [CENTRE_MORE, COUNTER_MORE] == [totals(counter, rows[:2]), totals(counter, [*rows, row(first)])]
    assert {void.setl_id: CENTRE_MORE} == details(counter, rows[:2])


def test_what_the_counter_lost_comes_with_msgid_and_setl_id(office: Office) -> None:
    """The result row of a settlement that the counter does not know names the message that made it."""
    counter = office.counter()
    kept = counter.sell(sale(500))
    lost = counter.sell(sale(300), msgid="P9901000000120260302090000009")
    found = results(counter, [row(kept)])

    assert [(lost.setl_id, lost.mdtrt_id, "P9901000000120260302090000009", CENTRE_MORE)] == [
        (one.told.row.setl_id, one.told.row.mdtrt_id, one.told.row.msgid, one.told.result) for one in found
    ]
    assert [(lost.psn_no, 300)] == [(one.psn_no, one.told.row.amounts.total_fen if one.told.row.amounts else 0) for one in found]


def test_other_amounts_and_rows_that_the_centre_never_had(office: Office) -> None:
    """Same sums do not hide it: one row a fen more, one a fen less."""
    counter = office.counter()
    first, second = counter.sell(sale(500)), counter.sell(sale(300))
    bent = [row(first.model_copy(update={"medfee_sumamt": 501})), row(second.model_copy(update={"medfee_sumamt": 299}))]
    strange = row(first.model_copy(update={"setl_id": "99010020260302000000099"}))

    assert BALANCED == totals(counter, bent)
    assert {first.setl_id: DIFFERENT, second.setl_id: DIFFERENT} == details(counter, bent)
    assert DIFFERENT == totals(counter, [row(first), row(second.model_copy(update={"acct_pay": 0}))])
    assert {strange.stated.setl_id: COUNTER_MORE} == details(counter, [row(first), row(second), strange])


def test_a_day_is_that_of_the_centres_time_and_each_institution_sees_its_own(office: Office) -> None:
    """Sold before midnight, voided after: each row on its own day."""
    counter, other = office.counter(), office.counter(shop=OTHER_SHOP)
    office.clock.at = "2026-03-02 23:59:50"
    sold = counter.sell(sale(500))
    office.clock.step(seconds=20)
    void = counter.void(sold)

    assert [BALANCED, BALANCED] == [totals(counter, [row(sold)]), totals(counter, [row(void, refund=True)], day="2026-03-03")]
    assert BALANCED == totals(other, [])
    assert {sold.setl_id: COUNTER_MORE} == details(other, [row(sold)])


def test_what_2601_undid_is_no_row(office: Office) -> None:
    """Corrected, as if it had not been."""
    counter = office.counter()
    msgid = counter.new_msgid()
    sold = counter.sell(sale(500), msgid=msgid)
    counter.output("2601", {"data": {"psn_no": sold.psn_no, "omsgid": msgid, "oinfno": "2102"}})

    assert BALANCED == totals(counter, [])
    assert {sold.setl_id: COUNTER_MORE} == details(counter, [row(sold)])


def test_a_clinic_is_cleared_as_outpatient(tmp_path: Path) -> None:
    """The same day of a clinic is another group."""
    office = open_clinics(Office(tmp_path / "books"))
    visit = chain(office).register().tell().upload()
    settled = visit.settle()
    group = Group(insutype="310", clr_type="11", setl_optins=AREA)

    assert BALANCED == totals(visit.counter, [row(settled)], group=group)
    assert BALANCED == totals(visit.counter, [])


@pytest.mark.parametrize(
    "content",
    [b"", b"not a zip", statement.write_rows([], "rows.txt")[:-5], b"PK\x03\x04" + b"0" * 40],
    ids=["empty", "text", "cut", "no archive"],
)
def test_a_file_that_is_none_is_refused(office: Office, content: bytes) -> None:
    """Nothing is concluded from it."""
    counter = office.counter()
    sent = statement.read_uploaded(counter.output("9101", statement.upload_input(content, "rows.zip", SHOP)))
    query = statement.details_input(sent.file_qury_no, setl_optins=AREA, clr_type="41", day=DAY, totals=total_of([]), cash_fen=0)

    assert "对账文件内容不正确" == counter.refusal("3202", query)


def test_a_file_belongs_to_who_sent_it(office: Office) -> None:
    """Another institution neither states by it nor takes it."""
    counter, other = office.counter(), office.counter(shop=OTHER_SHOP)
    sent = statement.read_uploaded(counter.output("9101", statement.upload_input(statement.write_rows([], "r.txt"), "r.zip", SHOP)))
    query = statement.details_input(sent.file_qury_no, setl_optins=AREA, clr_type="41", day=DAY, totals=total_of([]), cash_fen=0)

    assert "文件不存在" == other.refusal("3202", query)
    assert "文件不存在" == other.refusal("9102", statement.download_input(sent.file_qury_no, "r.zip", OTHER_SHOP))
    said = Totals(count=1, amounts=Amounts(total_fen=1))
    wrong = statement.details_input(sent.file_qury_no, setl_optins=AREA, clr_type="41", day=DAY, totals=said, cash_fen=0)
    assert "对账文件的合计与上报的合计不符" == counter.refusal("3202", wrong)


def test_bytes_may_come_as_numbers() -> None:
    """As Java writes an array, signed."""
    numbers: Any = {"in": [80, 75, -1, 255], "filename": "r.zip", "fixmedins_code": SHOP}

    assert (b"PK\xff\xff", "r.zip") == statement.read_upload(numbers)


def test_what_was_cleared_is_reversed_by_nobody(office: Office) -> None:
    """After 3203 neither 2103 nor 2601; after 3204 again. Only days that are over, with the centre's sums, and once."""
    counter = office.counter()
    msgid = counter.new_msgid()
    sold = counter.sell(sale(500), msgid=msgid)
    said = total_of([row(sold).stated])
    early = counter.refusal("3203", clearing.application_input(GROUP, DAY, DAY, said))
    office.clock.step(days=1)
    wrong = counter.refusal("3203", clearing.application_input(GROUP, DAY, DAY, total_of([])))
    number = clearing.read_applied(counter.output("3203", clearing.application_input(GROUP, DAY, DAY, said))).clr_appy_evt_id
    again = counter.refusal("3203", clearing.application_input(GROUP, DAY, DAY, said))
    reversal = {"data": {"psn_no": sold.psn_no, "setl_id": sold.setl_id, "mdtrt_id": sold.mdtrt_id}}
    before = office.available_fen()
    refused = counter.refusal("2103", reversal)
    corrected = counter.refusal("2601", {"data": {"psn_no": sold.psn_no, "omsgid": msgid, "oinfno": "2102"}})

    assert ["清算期间不正确", "清算申请的合计与中心不符，请先对账", "清算期间内已有清算申请"] == [early, wrong, again]
    assert {"原结算已清算，不能退费，请到经办机构手工办理"} == {refused, corrected}
    assert before == office.available_fen()
    counter.output("3204", clearing.cancellation_input(number))
    assert "清算申请不存在" == counter.refusal("3204", clearing.cancellation_input(number))
    assert sold.medfee_sumamt == -counter.void(sold).medfee_sumamt
    assert office.ledger()["balanced"]


def test_the_command_says_the_side_and_the_action(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """A day that was stated, one row short: exit code 1, the row and what closes it; stated in full, nothing is left."""
    counter = office.counter()
    first, second = counter.sell(sale(500)), counter.sell(sale(300))
    command = ["reconcile", "--data-dir", str(office.directory), "--day", DAY]
    unstated = cli.main(command)
    assert "未上报 / not stated" in capsys.readouterr().out
    totals(counter, [row(first)])
    details(counter, [row(first)])
    short = cli.main([*command, "--json"])
    told = json.loads(capsys.readouterr().out)["institutions"]
    text = cli.main(command)
    shown = capsys.readouterr().out
    totals(counter, [row(first), row(second)])
    details(counter, [row(first), row(second)])
    whole = cli.main(command)

    assert [1, 1, 1, 0] == [unstated, short, text, whole]
    assert [(SHOP, second.setl_id, CENTRE_MORE, 300)] == [
        (one["fixmedins_code"], gap["setl_id"], gap["stmt_rslt"], gap["here"]["total_fen"]) for one in told for gap in one["differences"]
    ]
    assert (2, 800, 1, 500) == tuple(told[0]["groups"][0][side][key] for side in ("centre", "stated") for key in ("count", "total_fen"))
    assert "中心有、机构没有" in shown
    assert "→ 机构按报文编号采纳或撤销" in shown
