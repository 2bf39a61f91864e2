"""What another program has seen of a prescription: read whole, or refused by the key that is wrong and never by what stands there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from settlement.drugs import NO_PAPERS, Buyer, Papers, Prescription
from terminal import handed_in
from terminal.handed_in import BillUnreadable

BUYER = "990100197001010005"
LINE = {
    "name": "演示处方片",
    "code": "R001",
    "price": "16.00",
    "quantity": "1",
    "class": "01",
    "kind": "国药准字",
    "controls": ["rx", "ephedrine"],
}
PAPERS = {
    "patient": "演示甲",
    "written_on": "2026-03-02",
    "supply_days": 7,
    "kind": "chronic",
    "counts_days": 3,
    "doctor": "演示医师",
    "pharmacist": "演示药师",
    "buyer": {"name": "演示乙", "certno": BUYER},
}


def bill(directory: Path, **more: object) -> Path:
    """Write a bill and return its file."""
    path = directory / "A-1.json"
    path.write_text(json.dumps({"id": "A-1", "lines": [LINE], **more}, ensure_ascii=False), encoding="utf-8")
    return path


def test_papers_come_with_the_bill(tmp_path: Path) -> None:
    """All of them, to the screen's own bill; without any there are none."""
    given = handed_in.read(bill(tmp_path, papers=PAPERS, prescription="RX-1"))
    seen = Prescription(patient="演示甲", written_on="2026-03-02", supply_days=7, kind="chronic", counts_days=3, doctor="演示医师")
    assert Papers(prescription=seen, pharmacist="演示药师", buyer=Buyer(psn_name="演示乙", certno=BUYER)) == given.papers
    assert ("rx", "ephedrine") == given.lines[0].controls
    assert NO_PAPERS == handed_in.read(bill(tmp_path)).papers


@pytest.mark.parametrize(
    ("papers", "key"),
    [
        ([], "papers"),
        ({**PAPERS, "signed": True}, "papers.signed"),
        ({**PAPERS, "written_on": "2026-02-30"}, "papers.written_on"),
        ({**PAPERS, "supply_days": "7"}, "papers.supply_days"),
        ({**PAPERS, "kind": "forever"}, "papers.kind"),
        ({**PAPERS, "counts_days": 0}, "papers.counts_days"),
        ({**PAPERS, "buyer": {"name": "演示乙"}}, "papers.buyer.certno"),
        ({**PAPERS, "buyer": {"name": "演示乙", "certno": "990100197001010004"}}, "papers.buyer.certno"),
        ({**PAPERS, "buyer": {"name": "", "certno": BUYER}}, "papers.buyer.name"),
    ],
)
def test_wrong_papers_are_named(tmp_path: Path, papers: object, key: str) -> None:
    """By the key: names and numbers of persons are in no message."""
    with pytest.raises(BillUnreadable) as caught:
        handed_in.read(bill(tmp_path, papers=papers))
    assert key == caught.value.details["what"]
    assert not any(word in caught.value.say("zh") for word in ("演示乙", "9901001970"))


def test_a_line_is_sold_under_rules_that_exist(tmp_path: Path) -> None:
    """A word that nobody knows is no rule."""
    path = tmp_path / "A-1.json"
    path.write_text(json.dumps({"id": "A-1", "lines": [{**LINE, "controls": ["secret"]}]}), encoding="utf-8")
    with pytest.raises(Exception, match="controls"):
        handed_in.read(path)
