"""The register of compound ephedrine preparations (含麻黄碱类复方制剂登记): who bought what, from the journal.

What it holds is asked by 国食药监办〔2012〕260号: name, specification, quantity, maker, batch, buyer and identity number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from offline_queue.fold import Standing
from offline_queue.journal import Journal
from settlement.bill import EPHEDRINE
from settlement.facts import bill_of
from settlement.masks import mask_name, mask_number
from settlement.money import format_scaled


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """One line of the register."""

    subject: str
    at: str
    """``yyyy-MM-dd HH:mm:ss``."""
    name: str
    spec: str
    quantity: str
    """Exact decimal; what a void took back is 0."""
    prodentp_name: str
    manu_lotnum: str
    buyer: str = field(repr=False)
    certno: str = field(repr=False)
    """Both empty when the person was erased."""

    @property
    def masked(self) -> tuple[str, str]:
        """Buyer and number as anybody may see them."""
        return mask_name(self.buyer), mask_number(self.certno)


def rows(journal: Journal) -> Iterator[Registered]:
    """Yield the register, oldest first; what was not booked is not in it. Raises :class:`~settlement.errors.JournalError`."""
    for subject in journal.sold_by_name():
        folded = journal.standing(subject)
        if not folded.done and folded.standing is not Standing.CASH:
            continue
        records = journal.records(subject)
        bill, (buyer, certno) = bill_of(records[0].body["bill"]), _person([record.private or {} for record in records])
        for line in bill.lines:
            if EPHEDRINE in line.controls:
                yield Registered(
                    subject=subject,
                    at=bill.begntime,
                    name=line.name,
                    spec=line.spec,
                    quantity="0" if folded.reversed_by else format_scaled(line.cnt_e4, 4).rstrip("0").rstrip("."),
                    prodentp_name=line.prodentp_name,
                    manu_lotnum=line.manu_lotnum,
                    buyer=buyer,
                    certno=certno,
                )


def _person(private: list[dict[str, str]]) -> tuple[str, str]:
    """Return who bought: the proxy where there was one, else the person of the card."""
    for name, number in (("buyer_name", "buyer_certno"), ("psn_name", "certno")):
        for held in private:
            if held.get(number):
                return held.get(name, ""), held[number]
    return "", ""
