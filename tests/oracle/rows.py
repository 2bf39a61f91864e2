"""How the second engine reads a pack's rows and rounds: its own reading, of the same words."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from settlement.bill import Benefit, Bill, Line
    from settlement.rule import Rule

Yuan = Fraction


class Refused(Exception):
    """The pack does not say what this bill needs; its one argument is the table."""


# --- rounding ------------------------------------------------------------------------------------------


def to_fen(amount: Yuan, how: str = "half_up") -> Yuan:
    """Return the amount, not negative, in whole fen."""
    fen = amount * 100
    below = floor(fen)
    part = fen - below
    if how == "down":
        up = False
    elif how == "up":
        up = part != 0
    elif how == "half_even":
        up = part > Fraction(1, 2) or (part == Fraction(1, 2) and below % 2 != 0)
    else:
        up = part >= Fraction(1, 2)
    return Fraction(below + (1 if up else 0), 100)


# --- rows ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Asker:
    """Who or what a table is asked about."""

    bill: Bill
    person: Benefit
    line: Line | None = None
    account: str = ""

    def speaks(self, row: Rule, *, age_aside: bool = False) -> bool:
        """Whether a row is about this."""
        bill, person, line = self.bill, self.person, self.line
        holds = set(bill.conditions) | set(person.conditions) | set(line.conditions if line else ())
        tests = [
            (row.venues, bill.venue),
            (row.levels, "" if bill.venue == "pharmacy" else bill.hosp_lv),
            (row.insutypes, bill.insutype),
            (row.med_types, bill.med_type),
            (row.rx_levels, bill.rx_level),
            (row.classes, line.chrgitm_lv if line else bill.chrgitm_lv),
            (row.accounts, self.account),
        ]
        if any(wanted and has not in wanted for wanted, has in tests):
            return False
        if row.psn_types and not any(person.psn_type[: len(code)] == code for code in row.psn_types):
            return False
        if row.prescription is not None and row.prescription != bool(line.rxno if line else bill.rxno):
            return False
        if row.ages is not None and not age_aside and (person.age is None or not row.ages[0] <= person.age <= row.ages[1]):
            return False
        return row.when.issubset(holds) and row.unless.isdisjoint(holds)

    def row(self, table: str, rows: Iterable[Rule], about: str = "") -> Rule | None:
        """Return the only row about this; None where there is none."""
        asked = [row for row in rows if row.about == about]
        found = [row for row in asked if self.speaks(row)]
        assert len(found) <= 1, (table, found)
        if found and found[0].value is None:
            raise Refused(table)
        if not found and self.person.age is None and any(row.ages is not None and self.speaks(row, age_aside=True) for row in asked):
            raise Refused(table)
        return found[0] if found else None

    def need(self, table: str, rows: Iterable[Rule], about: str = "") -> Rule:
        """Return the row; nobody guesses where there is none."""
        row = self.row(table, rows, about)
        if row is None:
            raise Refused(table)
        return row


def yuan_of(row: Rule | None) -> Yuan:
    """Return an amount; nothing where there is no row."""
    return Fraction(row.value, 100) if row is not None and row.value is not None else Fraction(0)


def ratio_of(row: Rule | None) -> Fraction:
    """Return a ratio; nothing where there is no row."""
    return Fraction(row.value, 10_000) if row is not None and row.value is not None else Fraction(0)
