"""Steps of two visits in any order, each sent once or twice, accepted or refused: money and lines stay whole.

After every step: the ledger balances; a visit's live settlements come to exactly the lines that are paid; a visit that
was taken back has neither lines nor settlements.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from clearing import fee_lines
from nhsa import correction, outpatient
from settlement.figures import Figures
from settlement.money import parse_yuan
from tests.clearing.clinic import Chain, chain, fee, open_clinics
from tests.clearing.counter import ACCOUNT_FEN, ANNA, Office

VISITS = st.integers(0, 1)
BATCHES = st.sampled_from(("B1", "B2"))
NUMBERS = st.lists(st.integers(1, 4), min_size=1, max_size=2, unique=True)
RIGHT = st.sampled_from((True, True, True, False))
"""Mostly a step is what the visit waits for, else nothing would ever be there to take back."""
TWICE = st.booleans()


class Clinic(RuleBasedStateMachine):
    """One person, two visits, one account."""

    def __init__(self) -> None:
        super().__init__()
        self.directory = Path(tempfile.mkdtemp())
        self.office = open_clinics(Office(self.directory))
        self.chains = [chain(self.office).register().tell() for _ in range(2)]
        self.done: list[tuple[str, str, dict[str, Any]]] = []
        """(infno, msgid, setlinfo) of what was settled or reversed."""

    def teardown(self) -> None:
        """Remove the centre."""
        self.office.database.close()
        shutil.rmtree(self.directory)

    def send(self, visit: Chain, infno: str, content: dict[str, Any], *, twice: bool) -> None:
        """Send a request, and once more as if its answer had been lost: the copy is answered as the first."""
        msgid = visit.counter.new_msgid()
        first = visit.counter.ask(infno, content, msgid=msgid)
        assert "FSI-交易报文不正确" not in first.err_msg
        if twice:
            copy = visit.counter.ask(infno, content, msgid=msgid)
            assert (first.infcode, first.output, first.err_msg) == (copy.infcode, copy.output, copy.err_msg)
        if infno in {"2207", "2208"} and not first.infcode:
            self.done.append((infno, msgid, first.output["setlinfo"]))

    @rule(which=VISITS, numbers=NUMBERS, med_type=st.sampled_from(("11", "12")), right=RIGHT, twice=TWICE)
    def upload(self, which: int, numbers: list[int], med_type: str, *, right: bool, twice: bool) -> None:
        """Tell what the visit is now and upload lines, some of which may be there, with the same amount or another."""
        visit = self.chains[which]
        self.send(visit, "2203", visit.visit_input(med_type), twice=twice)
        lines = [fee(str(number), 90_00 + (not right)) for number in numbers]
        self.send(visit, "2204", visit.upload_input(lines, batch="B1" if 1 in numbers else "B2"), twice=twice)

    @rule(which=VISITS, batch=BATCHES, right=RIGHT, twice=TWICE)
    def settle(self, which: int, batch: str, *, right: bool, twice: bool) -> None:
        """Settle what is open of a batch, with a line that was not; nothing may be open, and the total may be wrong."""
        visit = self.chains[which]
        visit.counter.ask("2204", visit.upload_input([fee("1" if batch == "B1" else "2", 90_00)], batch=batch))
        with self.office.database.transaction() as db:
            lines = fee_lines.unsettled(db, visit.mdtrt_id, batch)
        total_fen = sum(_amount_fen(line) for line in lines) + (not right)
        visit.figures = Figures(medfee_sumamt=total_fen, inscp_scp_amt=total_fen)
        med_type = lines[0]["med_type"] if lines else "11"
        self.send(visit, "2207", visit.settle_input(batch=batch, med_type=med_type), twice=twice)

    @rule(data=st.data(), twice=TWICE)
    def reverse(self, data: st.DataObject, *, twice: bool) -> None:
        """Release a settlement, which may be released or undone already."""
        settled = [setlinfo for infno, _, setlinfo in self.done if infno == "2207"]
        if settled:
            one = data.draw(st.sampled_from(settled[::-1]))
            content = outpatient.reversal_input(psn_no=ANNA.psn_no, setl_id=one["setl_id"], mdtrt_id=one["mdtrt_id"])
            self.send(self.chains[0], "2208", content, twice=twice)

    @rule(data=st.data(), twice=TWICE)
    def correct(self, data: st.DataObject, *, twice: bool) -> None:
        """Undo a settlement or a reversal by its message id."""
        if self.done:
            infno, msgid, _ = data.draw(st.sampled_from(self.done[::-1]))
            content = correction.correction_input(psn_no=ANNA.psn_no, omsgid=msgid, oinfno=infno)
            self.send(self.chains[0], "2601", content, twice=twice)

    @rule(which=VISITS, step=st.sampled_from(("B1", "0000", "cancel")), twice=TWICE)
    def take_back(self, which: int, step: str, *, twice: bool) -> None:
        """Cancel lines, or the visit: then the person comes again, and a new visit stands in its place."""
        visit = self.chains[which]
        if step != "cancel":
            self.send(visit, "2205", visit.take_down_input(step), twice=twice)
            return
        self.send(visit, "2202", visit.cancel_input(), twice=twice)
        if visit.counter.ask("2203", visit.visit_input()).infcode:
            self.chains[which] = chain(self.office).register().tell()

    @invariant()
    def money_is_whole(self) -> None:
        """Hold: what is available is the account less what live settlements took of it, by two ways of counting."""
        ledger = self.office.ledger()
        spent_fen = sum(row["movements"]["account_fen"] for row in ledger["settlements"])
        assert ledger["balanced"]
        assert ACCOUNT_FEN - spent_fen == self.office.available_fen() == self.office.person()["ledger_fen"]

    @invariant()
    def what_is_settled_is_what_is_paid(self) -> None:
        """Hold: live settlements less reversals are the paid lines to the fen, and a cancelled visit has none of either."""
        ledger = self.office.ledger()
        for visit in ledger["visits"]:
            with self.office.database.transaction() as db:
                there = fee_lines.lines_of(db, visit["mdtrt_id"])
                unpaid = {line["number"] for line in fee_lines.unsettled(db, visit["mdtrt_id"])}
            paid_fen = sum(_amount_fen(line) for line in there if line["number"] not in unpaid)
            booked = [row["movements"]["total_fen"] for row in ledger["settlements"] if row["mdtrt_id"] == visit["mdtrt_id"]]
            assert sum(booked) == paid_fen
            assert not visit["cancelled"] or (paid_fen, len(there)) == (0, 0)


def _amount_fen(line: Any) -> int:  # noqa: ANN401 - a row
    return parse_yuan(json.loads(line["result"])["det_item_fee_sumamt"])


TestClinic = Clinic.TestCase
TestClinic.settings = settings(max_examples=12, stateful_step_count=20)
