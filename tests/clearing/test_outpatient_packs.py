"""The out-patient chain under packs of the centre's own: what they say of maternity, of a registration fee, and what they do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhsa import fee_lines
from settlement.visit import Maternity
from tests.clearing.clinic import (
    CONSULTATION,
    REGISTRATION_FEE,
    SMALL,
    chain,
    fee,
    open_clinics,
)
from tests.clearing.counter import AREA, Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan and two clinics."""
    return open_clinics(Office(tmp_path))


def shipped_pack() -> str:
    """Return the demonstration area's pack."""
    path = Path(__file__).parents[2] / "config" / "regions" / AREA / "2023-02-01.toml"
    return path.read_text(encoding="utf-8")


def packs(tmp_path: Path, text: str) -> Path:
    """Write a pack of the centre's own."""
    pack = tmp_path / "packs" / AREA / "2023-02-01.toml"
    pack.parent.mkdir(parents=True, exist_ok=True)
    pack.write_text(text, encoding="utf-8")
    return tmp_path / "packs"


def test_a_maternity_visit_is_kept_with_its_date_and_not_priced_without_a_rule(office: Office) -> None:
    """2203A takes date, type and weeks; no pack has a rule for 51, so its lines are refused in words and nothing hangs on it."""
    told = Maternity(birctrl_type="1", birctrl_matn_date="2026-07-01", matn_type="1", geso_val="22")
    visit = chain(office).register().tell("51", maternity=told)

    words = visit.counter.refusal("2204", visit.upload_input(SMALL))

    assert words.startswith("政策包 990100/2023-02-01 没有说明此处是否有统筹支付")
    assert "med_type=51" in words
    (row,) = office.ledger()["visits"]
    kept = row["told"]["mdtrtinfo"]
    assert ("51", "2026-07-01", "22", 0) == (row["med_type"], kept["birctrl_matn_date"], kept["geso_val"], row["lines"]["unsettled"])
    visit.cancel()


def test_a_maternity_visit_is_priced_by_a_pack_with_a_rule_of_its_own(tmp_path: Path) -> None:
    """Rows that name 51 price it: no deductible, half shared."""
    row = '\n[[{table}]]\nmed_type = "51"\n{venue}value = {value}\nstatus = "invented"\nsource = "demonstration"\n'
    own = {"pooling": "true", "deductible": '"0.00"', "ratio": '"0.50"', "ceiling": '"1000.00"'}
    venue = {"pooling": 'venue = "clinic"\n'}
    text = shipped_pack() + "".join(row.format(table=table, venue=venue.get(table, ""), value=value) for table, value in own.items())
    office = open_clinics(Office(tmp_path / "centre", regions=packs(tmp_path, text)))

    figures = chain(office).register().tell("51").upload((fee("1", 100_00),)).settle(med_type="51").figures()

    assert (100_00, 50_00, 50_00, 0, 0) == (*figures.movements(), figures.act_pay_dedc)


def test_another_pack_splits_differently_from_the_counters(tmp_path: Path) -> None:
    """The account is closed to what is in scope: the centre answers a difference, dry run and settlement alike."""
    text = shipped_pack().replace('cost = "in_scope"\nvalue = true', 'cost = "in_scope"\nvalue = false')
    office = open_clinics(Office(tmp_path / "centre", regions=packs(tmp_path, text)))
    visit = chain(office).register().tell().upload()

    dry, settled = visit.dry_run().figures(), visit.settle().figures()

    assert (30_50, 0, 0, 30_50) == dry.movements() == settled.movements()


def test_a_pack_that_does_not_speak_of_a_registration_fee_refuses_it(tmp_path: Path) -> None:
    """The words name the missing key; the counter offers full self-pay."""
    text = shipped_pack().replace(
        'med_type = "12"\nvalue = false\nstatus = "invented"\nsource = "demonstration"\n',
        'med_type = "12"\nstatus = "missing"\nnote = "没有来源"\n',
    )
    office = open_clinics(Office(tmp_path / "centre", regions=packs(tmp_path, text)))
    visit = chain(office).register().tell("12")

    assert "med_type=12" in visit.counter.refusal("2204", visit.upload_input(REGISTRATION_FEE))


def test_lines_whose_pack_changed_since_are_uploaded_anew(tmp_path: Path) -> None:
    """What was cut by one pack is not settled by another."""
    regions = packs(tmp_path, shipped_pack())
    office = open_clinics(Office(tmp_path / "centre", regions=regions))
    visit = chain(office).register().tell().upload(CONSULTATION)
    changed = shipped_pack().replace(
        'kind = "国药准字"\nvalue = true', 'kind = "国药准字"\nvalue = false\nclause_zh = "改"\nclause_en = "changed"'
    )
    packs(tmp_path, changed)

    assert "费用明细的计算依据已变，请撤销明细后再上传" == visit.counter.refusal("2207", visit.settle_input())

    visit.take_down()
    assert 30_00 == visit.upload(CONSULTATION).settle().fulamt_ownpay_amt


def test_a_damaged_pack_puts_off_and_refuses_nothing_for_good(tmp_path: Path) -> None:
    """The counter is told to come back, and the same msgid uploads and settles once the pack is mended."""
    regions = packs(tmp_path, "format = 1\n")
    office = open_clinics(Office(tmp_path / "centre", regions=regions))
    visit = chain(office).register().tell()
    msgid = visit.counter.new_msgid()

    assert "中心的政策包暂不可用，请稍后再试" == visit.counter.refusal("2204", visit.upload_input(SMALL), msgid=msgid)
    packs(tmp_path, shipped_pack())

    output = visit.counter.output("2204", visit.upload_input(SMALL), msgid=msgid)
    assert 30_50 == fee_lines.uploaded(fee_lines.read_results(output)).inscp_scp_amt
