"""What the law asks of a drug at the counter, rule by rule."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from settlement import drugs
from settlement.bill import EPHEDRINE, RX, Bill, Line, Venue
from settlement.drugs import KINDS, NATIONAL, NOBODY, Buyer, DrugRules, Insured, Kind, Papers, Prescription, papers_of

TODAY = "2026-03-02"
HOLDER = Insured(psn_name="演示甲", certno="990100197001010000")
SEEN = Prescription(patient="演示甲", written_on=TODAY, supply_days=7, doctor="演示医师")
PAPERS = Papers(prescription=SEEN, pharmacist="演示药师")
BUYER = Buyer(psn_name="演示乙", certno="990100197001010001")


def line(*controls: str, cnt_e4: int = 10_000, rxno: str = "R1", sn: str = "1") -> Line:
    """Return a box that is sold under ``controls``."""
    goods: dict[str, Any] = {"medins_list_codg": "A", "name": "演示片", "pric_e6": 1_000_000, "chrgitm_lv": "01", "goods_kind": "国药准字"}
    return Line(feedetl_sn=sn, cnt_e4=cnt_e4, rxno=rxno, controls=controls, **goods)


def bill(*lines: Line) -> Bill:
    """Return a bill of these."""
    return Bill(admdvs="990100", begntime=f"{TODAY} 09:00:00", venue=Venue.PHARMACY, lines=lines)


def why(*lines: Line, papers: Papers = PAPERS, rules: DrugRules = NATIONAL, insured: Insured = HOLDER) -> str:
    """Return the code of the refusal, empty for none."""
    refusal = drugs.refusal(bill(*lines), papers, rules, insured=insured, today=TODAY)
    return refusal.code if refusal is not None else ""


def seen(**changed: Any) -> Papers:  # noqa: ANN401 - any field
    """Return the papers with another prescription."""
    return replace(PAPERS, prescription=replace(SEEN, **changed))


def test_what_is_free_asks_for_nothing() -> None:
    """Over the counter, by card or for cash."""
    assert "" == why(line(), papers=drugs.NO_PAPERS) == why(line(), papers=drugs.NO_PAPERS, insured=NOBODY)


def test_a_prescription_drug_wants_its_prescription() -> None:
    """Its number on the line, and what stands on the paper."""
    assert "" == why(line(RX))
    assert "DRUG-PRESCRIPTION" == why(line(RX), papers=drugs.NO_PAPERS) == why(line(RX, rxno=""))
    assert "DRUG-PRESCRIPTION" == why(line(RX), line(RX, rxno="", sn="2"))


@pytest.mark.parametrize(
    ("written_on", "counts_days", "code"),
    [
        (TODAY, 1, ""),
        ("2026-03-01", 1, "DRUG-PRESCRIPTION-EXPIRED"),
        ("2026-03-01", 2, ""),
        ("2026-02-28", 3, ""),
        ("2026-02-27", 3, "DRUG-PRESCRIPTION-EXPIRED"),
        ("2026-03-03", 3, "DRUG-PRESCRIPTION-EXPIRED"),
        (TODAY, 0, "DRUG-PRESCRIPTION-DAYS"),
        (TODAY, 4, "DRUG-PRESCRIPTION-DAYS"),
    ],
)
def test_it_counts_on_its_day_and_at_most_three(written_on: str, counts_days: int, code: str) -> None:
    """The day on which it was written is the first; one of tomorrow counts no more than one of last week."""
    assert code == why(line(RX), papers=seen(written_on=written_on, counts_days=counts_days))


@pytest.mark.parametrize(("kind", "most"), list(zip(KINDS, (3, 7, 84, 84), strict=True)))
def test_days_supply_by_kind(kind: Kind, most: int) -> None:
    """The national limits; none at all is no supply."""
    assert "" == why(line(RX), papers=seen(kind=kind, supply_days=most))
    assert "DRUG-SUPPLY" == why(line(RX), papers=seen(kind=kind, supply_days=most + 1)) == why(line(RX), papers=seen(supply_days=0))


def test_an_area_may_be_stricter() -> None:
    """Its figures stand in its pack."""
    strict = DrugRules(supply_chronic=15, prescription_days=1, ephedrine_packs=1)
    assert "DRUG-SUPPLY" == why(line(RX), papers=seen(kind="chronic", supply_days=16), rules=strict)
    assert "DRUG-PRESCRIPTION-DAYS" == why(line(RX), papers=seen(counts_days=2), rules=strict)
    assert "DRUG-EPHEDRINE-PACKS" == why(line(EPHEDRINE, cnt_e4=20_000), rules=strict)


def test_it_names_the_person_who_pays() -> None:
    """As two papers may write one name; for cash nobody is compared, but somebody is named."""
    assert "DRUG-OTHER-PATIENT" == why(line(RX), papers=seen(patient="演示乙")) == why(line(RX), papers=seen(patient=""))
    dotted = replace(HOLDER, psn_name="演示·甲")
    assert (
        "" == why(line(RX), papers=seen(patient="演示 甲"), insured=dotted) == why(line(RX), papers=seen(patient="演示•甲"), insured=dotted)
    )
    assert "" == why(line(RX), papers=seen(patient="演示乙"), insured=NOBODY)
    assert "DRUG-OTHER-PATIENT" == why(line(RX), papers=seen(patient=""), insured=NOBODY)


def test_a_pharmacist_has_reviewed_it() -> None:
    """Without a name nobody has."""
    assert "DRUG-PHARMACIST" == why(line(RX), papers=replace(PAPERS, pharmacist=""))


def test_two_packs_of_ephedrine_at_most() -> None:
    """Over all lines of the bill; a part of a pack is of one pack. Its buyer is named: by the card, or by what was shown."""
    free = drugs.NO_PAPERS
    assert "" == why(line(EPHEDRINE, cnt_e4=20_000), papers=free) == why(line(EPHEDRINE), line(EPHEDRINE, sn="2"), papers=free)
    assert "DRUG-EPHEDRINE-PACKS" == why(line(EPHEDRINE, cnt_e4=20_001), papers=free)
    assert "DRUG-EPHEDRINE-PACKS" == why(line(EPHEDRINE, cnt_e4=15_000), line(EPHEDRINE, sn="2"), papers=free)
    assert "DRUG-EPHEDRINE-IDENTITY" == why(line(EPHEDRINE), papers=free, insured=NOBODY)
    assert "" == why(line(EPHEDRINE), papers=Papers(buyer=BUYER), insured=NOBODY)


def test_a_proxy_shows_both_certificates() -> None:
    """Name and number, or neither."""
    assert "" == why(line(RX), papers=replace(PAPERS, buyer=BUYER)) == why(line(), papers=Papers(buyer=BUYER))
    for half in (replace(BUYER, psn_name=""), replace(BUYER, certno="")):
        assert "DRUG-PROXY" == why(line(RX), papers=replace(PAPERS, buyer=half)) == why(line(), papers=Papers(buyer=half))


def test_strong_compounds_are_on_prescription_too() -> None:
    """Both rules hold of one drug."""
    assert "DRUG-PRESCRIPTION" == why(line(RX, EPHEDRINE), papers=Papers(buyer=BUYER))
    assert "" == why(line(RX, EPHEDRINE))


def test_papers_read_back() -> None:
    """As the unfinished bill keeps them; nobody's name is in their representation."""
    whole = replace(PAPERS, buyer=BUYER)
    body = {"prescription": {**vars_of(SEEN)}, "pharmacist": "演示药师", "buyer": {"psn_name": BUYER.psn_name, "certno": BUYER.certno}}
    assert whole == papers_of(body)
    assert drugs.NO_PAPERS == papers_of(None)
    assert not any(name in f"{whole}{HOLDER}" for name in ("演示甲", "演示乙", BUYER.certno))


def vars_of(prescription: Prescription) -> dict[str, Any]:
    """Return the members of a prescription."""
    return {name: getattr(prescription, name) for name in prescription.__slots__}
