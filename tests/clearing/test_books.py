"""The centre's books: what the ledger itself refuses, who is taken in, and what the export says."""

from __future__ import annotations

from pathlib import Path

import pytest

from clearing import cli
from clearing.errors import CentreDamaged, RosterMalformed, Unbalanced
from clearing.ledger import available, balanced, post
from clearing.roster import enrol_all
from tests.clearing.clinic import chain, fee
from tests.clearing.counter import ACCOUNT_FEN, ANNA, CARD_NO, CARD_SN, OTHER, Office, sale

ROW = f"""
[[person]]
psn_no = "{ANNA.psn_no}"
psn_name = "{ANNA.psn_name}"
certno = "{ANNA.certno}"
card_no = "{CARD_NO}"
card_sn = "{CARD_SN}"
admdvs = "990100"
psn_type = "11"
account = "500.00"
"""


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Return a centre with two people of 1000 yuan."""
    return Office(tmp_path / "books")


def take_in(office: Office, roster: Path, text: str) -> None:
    """Take a roster into the books."""
    roster.write_text(text, encoding="utf-8")
    with office.database.transaction() as db:
        enrol_all(db, roster, office.clock.at)


# --- the ledger's own guards -----------------------------------------------------------------------------


def test_the_database_refuses_to_overdraw_a_person(office: Office) -> None:
    """Whatever the code believes, a person's account does not fall below zero, and the transaction is gone."""
    entries = {available(ANNA.psn_no): -ACCOUNT_FEN - 1, "institution/P": ACCOUNT_FEN + 1}

    def overdraw() -> None:
        with office.database.transaction() as db:
            post(db, "settlement", "x", office.clock.at, entries)

    with pytest.raises(CentreDamaged, match="nobody_overdrawn"):
        overdraw()
    assert (ACCOUNT_FEN, True) == (office.available_fen(), office.ledger()["balanced"])


def test_a_movement_adds_up_to_zero(office: Office) -> None:
    """One that does not is a bug: nothing of it is booked."""

    def lose_a_fen() -> None:
        with office.database.transaction() as db:
            post(db, "settlement", "x", office.clock.at, {available(ANNA.psn_no): -2, "institution/P": 1})

    with pytest.raises(Unbalanced):
        lose_a_fen()
    assert (ACCOUNT_FEN, True) == (office.available_fen(), office.ledger()["balanced"])


@pytest.mark.parametrize("damage", ["UPDATE account SET balance_fen = balance_fen + 1", "UPDATE entry SET amount_fen = amount_fen + 1"])
def test_books_that_were_touched_do_not_balance(office: Office, capsys: pytest.CaptureFixture[str], damage: str) -> None:
    """A changed balance and a changed entry are noticed, and the export's exit code says so."""
    with office.database.transaction() as db:
        db.exec_driver_sql(f"{damage} WHERE rowid = 1")
        assert not balanced(db)

    assert cli.FOUND == cli.main(["export", "--data-dir", str(office.directory)])
    assert "不平 / NOT BALANCED" in capsys.readouterr().out


# --- who is taken in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (ROW.replace(ANNA.psn_no, OTHER.psn_no), "person 1: psn_no/certno"),
        (ROW.replace(ANNA.certno, OTHER.certno), "person 1: psn_no/certno"),
        (ROW + ROW.replace(ANNA.psn_no, "1").replace(ANNA.certno, "1"), "person 2: card_no"),
    ],
)
def test_a_number_belongs_to_one_person(office: Office, tmp_path: Path, text: str, why: str) -> None:
    """A roster that gives it to another is refused as a whole."""
    before = office.ledger()

    with pytest.raises(RosterMalformed, match=why):
        take_in(office, tmp_path / "roster.toml", text)

    assert before == office.ledger()


def test_a_person_may_have_two_cards(office: Office, tmp_path: Path) -> None:
    """A second row adds the card and no money."""
    take_in(office, tmp_path / "roster.toml", ROW.replace(CARD_NO, "00000000X"))
    office.report_loss("00000000X")

    assert (ACCOUNT_FEN, 1) == (office.available_fen(), office.ledger()["hotlist"]["version"])
    office.counter().sell(sale(30_50))


PLACE = '\n[[institution]]\nfixmedins_code = "H99010000001"\nvenue = "clinic"\nhosp_lv = "1"\n'


def test_a_clinic_in_the_roster_may_open_visits(office: Office, tmp_path: Path) -> None:
    """Before it may not; what the file says of it later is what it is then: another level, another share."""
    visit = chain(office)
    assert "该机构未在本中心登记为门诊定点医疗机构" == visit.counter.refusal("2201", visit.register_input())

    take_in(office, tmp_path / "roster.toml", ROW + PLACE)
    first = visit.register().tell().upload((fee("1", 800_00),)).settle().figures()
    take_in(office, tmp_path / "roster.toml", ROW + PLACE.replace('hosp_lv = "1"', 'hosp_lv = "3"'))
    second = chain(office).register().tell().upload((fee("1", 100_00),)).settle().figures()

    assert [(80_00, 8000), (50_00, 5000)] == [(one.hifp_pay, one.pool_prop_selfpay) for one in (first, second)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (PLACE.replace("clinic", "pharmacy"), "institution 1: venue"),
        (PLACE.replace('hosp_lv = "1"', 'hosp_lv = ""'), "institution 1: hosp_lv"),
        (PLACE.replace("H99010000001", "H990100000011"), "institution 1: fixmedins_code"),
        (PLACE + 'surprise = "1"\n', "institution 1: surprise"),
        (PLACE + PLACE.replace('venue = "clinic"\n', ""), "institution 2: venue"),
    ],
)
def test_an_institution_that_is_not_right_is_refused_with_its_roster(office: Office, tmp_path: Path, text: str, why: str) -> None:
    """The words name the entry and the key; nothing of the file is taken."""
    before = office.ledger()

    with pytest.raises(RosterMalformed, match=why):
        take_in(office, tmp_path / "roster.toml", ROW.replace(CARD_NO, "00000000X") + text)

    assert before == office.ledger()
    assert "该机构未在本中心登记为门诊定点医疗机构" == chain(office).counter.refusal("2201", chain(office).register_input())


# --- what the export says --------------------------------------------------------------------------------


def test_the_export_in_words_counts(office: Office, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json one line says how many and whether it balances."""
    office.counter().sell(sale(30_50))

    assert 0 == cli.main(["export", "--data-dir", str(office.directory)])
    assert "2 人 / persons, 1 笔 / settlements, 平 / balanced; --json 看全部 / shows all\n" == capsys.readouterr().out


def test_exported_movements_are_those_of_the_figures(office: Office) -> None:
    """Total, fund, account and cash of a row follow from its national names."""
    office.counter().sell(sale(1_200_00))
    (row,) = office.ledger()["settlements"]

    figures = row["figures"]

    assert {
        "total_fen": figures["medfee_sumamt"],
        "fund_fen": figures["fund_pay_sumamt"],
        "account_fen": figures["acct_pay"],
        "cash_fen": figures["psn_cash_pay"],
    } == row["movements"]
    assert (1_200_00, 0, 1_000_00, 200_00) == tuple(row["movements"].values())
