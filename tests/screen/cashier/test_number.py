"""The one huge number in the narrowest column: each label in both languages beside amounts of every length, never cut."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import terminal.screen.cashier
from settlement.errors import Language
from settlement.money import format_yuan
from terminal.screen import words
from terminal.screen.cashier.painting import COLUMNS_MIN, right_column
from terminal.screen.cashier.view import Number, View
from terminal.screen.literal import width
from tests.screen.cashier.looked_at import named

COLUMNS = 30
"""Of the right column at 80."""
AMOUNTS = tuple(format_yuan(fen) for fen in (0, 5, -300, 1_000, 10_655_200, 123_456_789, -123_456_789))
LABELS = sorted(
    label
    for path in Path(terminal.screen.cashier.__file__).parent.glob("*.py")
    for label in re.findall(r'\bNumber\(\s*label=tr\("([^"]+)"\)', path.read_text("utf-8"))
)


def test_labels_are_found() -> None:
    """The table below is over what the code says."""
    assert {"Drawer difference (yuan)", "Account paid (yuan)", "Total (yuan)"} <= {*LABELS}
    assert COLUMNS < COLUMNS_MIN


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("label", sorted({*LABELS}))
def test_amount_is_whole_beside_its_label(label: str, language: Language) -> None:
    """On its row, or on the one below where both are too wide for one."""
    words.use(language)
    for amount in AMOUNTS:
        view = View(number=Number(label=words.tr(label), amount=amount))
        for rows in range(12, 24):
            lines = ["".join(span.text for span in row.spans) for row in right_column(view, COLUMNS, rows, tier=0)]
            assert rows == len(lines)
            assert {COLUMNS} == {width(line) for line in lines}
            assert named("\n".join(lines), view.number.label if view.number else "", amount), (amount, rows)


@pytest.mark.parametrize("rows", [9, 10])
def test_the_label_yields_where_there_is_one_row(rows: int) -> None:
    """The amount stands whole where nothing else does."""
    view = View(number=Number(label="Drawer difference (yuan)", amount="-1234567.89"))
    text = "\n".join("".join(span.text for span in row.spans) for row in right_column(view, COLUMNS, rows, tier=0))
    assert "-1234567.89" in text


@pytest.mark.parametrize("rows", range(14, 40))
def test_a_reminder_is_whole_where_there_is_room(rows: int) -> None:
    """What may not be paid from the account is a rule: it is folded, the next one keeps a row, and what is cut says so."""
    rule, other = "本单不得用个人账户支付（国办发〔2021〕14号），请改用现金", "第二条提醒"
    view = View(number=Number(label="", amount="1.00"), reminders=[("attention", rule), ("attention", other)])
    lines = ["".join(span.text for span in row.spans).strip("│ ").removeprefix("▲ ") for row in right_column(view, COLUMNS, rows, tier=1)]
    text = "".join(lines)

    assert rows == len(lines)
    assert (rule in text) == (rows >= 21), lines
    assert (rule[:8] in text) == (rule in text or "…" in text)
