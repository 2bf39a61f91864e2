"""``yibao settle --what-if``: past settlements under a candidate pack, against the same worked out by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pytest

from config.regions import SHIPPED
from offline_queue.journal import Entry, Journal
from settlement.bill import Benefit, Bill, Split, Venue
from settlement.facts import Done, SaleIntended
from settlement.figures import Figures
from settlement.money import format_yuan
from settlement.split import price
from terminal.cli import main
from terminal.what_if import LARGEST, what_if
from tests.journal.entries import OTHER, PERSON, opened, void, void_done
from tests.oracle.engine import settle
from tests.settlement.priced_bills import benefit, bill, policy, rule
from tests.world.explore import AT, HOTLIST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from settlement.policy import Policy

OLD = policy()
CANDIDATE = replace(policy(ratio=(rule(9000, "ratio"),), deductible=(rule(300_00, "deductible"),)), effective="2027-01-01")


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """Return a new till's journal."""
    with opened(tmp_path) as till:
        yield till


class Year:
    """Books one person's bills, each with what the ones before it left."""

    def __init__(self, journal: Journal, person: dict[str, str], **who: Any) -> None:  # noqa: ANN401 - members of a benefit
        self.journal, self.person = journal, person
        self.benefit: Benefit = benefit(**{"account_fen": 100_00, **who})
        self.bills: list[tuple[str, Bill]] = []

    def buy(self, in_scope_fen: int, *, told: bool = True, **members: Any) -> str:  # noqa: ANN401 - members of a bill
        """Book a bill at the plain area's rules and return its subject."""
        of = bill(in_scope_fen=in_scope_fen, **members)
        split = price(of, OLD, self.benefit)
        assert isinstance(split, Split)
        subject = self.journal.notes.issue_msgid(writer="till")
        _book(self.journal, subject, of, split.figures, self.person, self.benefit if told else None)
        self.bills.append((subject, of))
        used = split.figures
        self.benefit = replace(
            self.benefit,
            deductible_used_fen=self.benefit.deductible_used_fen + used.act_pay_dedc,
            fund_paid_fen=self.benefit.fund_paid_fen + used.hifp_pay,
            account_fen=used.balc,
        )
        return subject


def _book(journal: Journal, subject: str, of: Bill, figures: Figures, person: dict[str, str], who: Benefit | None) -> None:
    intent = SaleIntended(
        subject=subject,
        way="online",
        at=AT,
        bill=of,
        figures=figures,
        left_out=(),
        pack=OLD.pack,
        explanation="",
        hotlist=HOTLIST,
        benefit=who,
    )
    done = Done(subject=subject, infno="2102", figures=figures, outside_fen=0, offline=False)
    journal.commit([Entry(kind=intent.kind, subject=subject, body=intent.body(), private=person, owner=person["certno"])])
    journal.commit([Entry(kind=done.kind, subject=subject, body=done.body())])


def report(journal: Journal, candidate: Policy = CANDIDATE) -> dict[str, Any]:
    """Return what the candidate would have changed."""
    return what_if(journal, candidate, lambda _done, _total: None).answer()


def test_the_pack_that_priced_them_changes_nothing(journal: Journal) -> None:
    """Whatever was booked comes out as it was booked, the year's deductible and ceiling with it."""
    year = Year(journal, PERSON)
    for in_scope_fen in (500_00, 400_00, 5000_00, 100_00):
        year.buy(in_scope_fen)

    found = report(journal, OLD)

    assert (4, 0, 0, []) == (found["sales"], found["changed"], found["people"], found["largest"])


def test_money_moved_is_that_of_the_whole_year(journal: Journal) -> None:
    """Each sale is priced with what the candidate would have left before it: the sum is that of the second engine over the year."""
    year = Year(journal, PERSON)
    for in_scope_fen in (200_00, 200_00, 600_00, 900_00):
        year.buy(in_scope_fen)

    found = report(journal)

    who, fund = benefit(account_fen=100_00), Fraction(0)
    for _, of in year.bills:
        outcome = settle(of, CANDIDATE, who)
        fund += outcome.amounts["fund_pay_sumamt"]
        who = replace(
            who,
            deductible_used_fen=who.deductible_used_fen + int(outcome.amounts["act_pay_dedc"] * 100),
            fund_paid_fen=who.fund_paid_fen + int(outcome.amounts["hifp_pay"] * 100),
            account_fen=int(outcome.amounts["balc"] * 100),
        )
    moved_fen = int(fund * 100) - year.benefit.fund_paid_fen
    assert format_yuan(moved_fen) == found["moved"]["pool"]["more"]
    assert (format_yuan(0), 1) == (found["moved"]["pool"]["less"], found["people"])
    assert moved_fen == _fen(found, "account", "less") + _fen(found, "cash", "less") - _fen(found, "account", "more") - _fen(
        found, "cash", "more"
    )


def _fen(found: dict[str, Any], side: str, which: str) -> int:
    return int(found["moved"][side][which].replace(".", ""))


def test_each_change_names_its_rule(journal: Journal) -> None:
    """The deductible where it is not yet filled, the ratio where it is."""
    year = Year(journal, PERSON, deductible_used_fen=200_00)
    first = year.buy(400_00)
    Year(journal, OTHER, deductible_used_fen=700_00).buy(100_00)

    found = report(journal)

    assert {"deductible": 1, "ratio": 1} == found["rules"]
    assert 2 == found["people"]
    assert (first, "deductible") == (found["largest"][0]["subject"], found["largest"][0]["rule"])
    assert {"was": "0.00", "would": "270.00"} == found["largest"][0]["pool"]
    assert PERSON["certno"] not in json.dumps(found)


def test_only_the_largest_are_kept(journal: Journal) -> None:
    """In their order; everything is counted."""
    for number in range(LARGEST + 5):
        Year(journal, {**PERSON, "certno": f"99{number}"}, deductible_used_fen=700_00).buy(100_00 + number * 10_00)

    found = report(journal)

    assert (LARGEST + 5, LARGEST) == (found["changed"], len(found["largest"]))
    pools = [int(change["pool"]["would"].replace(".", "")) for change in found["largest"]]
    assert sorted(pools, reverse=True) == pools
    assert 90_00 + (LARGEST + 4) * 9_00 == pools[0]


def test_what_is_not_priced_is_said(journal: Journal) -> None:
    """What was reversed does not count; another area, an old record and what the candidate does not say are counted apart."""
    year = Year(journal, PERSON)
    undone = year.buy(100_00)
    number = journal.notes.issue_msgid(writer="till")
    journal.commit([void(number, undone)])
    journal.commit([void_done(number)])
    year.buy(100_00, told=False)
    at_pharmacy: dict[str, Any] = {"venue": Venue.PHARMACY, "hosp_lv": "", "med_type": "41"}
    year.buy(100_00, **at_pharmacy)

    silent = replace(CANDIDATE, pooling=(rule(1, venues=(Venue.HOSPITAL,)),))
    found, elsewhere = report(journal, silent), report(journal, replace(CANDIDATE, admdvs="990800"))

    assert (2, 1, {"PACK-NO-POOLING": 1}) == (found["sales"], found["unknown"], found["refused"])
    assert (0, 2) == (elsewhere["sales"], elsewhere["elsewhere"])


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Text and JSON; a directory without a journal exits with 3 and says so."""
    pack = str(SHIPPED / "990100" / "2023-02-01.toml")
    with opened(tmp_path) as till:
        Year(till, PERSON).buy(100_00)

    said = [main(["settle", "--what-if", pack, "--data-dir", str(tmp_path), *more]) for more in ([], ["--json"])]
    out = capsys.readouterr().out
    missing = main(["settle", "--what-if", pack, "--data-dir", str(tmp_path / "nothing"), "--json"])

    assert [0, 0, 3] == [*said, missing]
    assert "elsewhere" in out
    assert "JOURNAL-MISSING" == json.loads(capsys.readouterr().out)["error"]["code"]
