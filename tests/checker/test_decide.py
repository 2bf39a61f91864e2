"""The auditor finds a planted wrong of each kind, and nothing where all agree; it loads no product code."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.checker import day
from tests.checker.card_images import Card
from tests.checker.decide import main, wrongs

ROOT = Path(__file__).parents[2]
Export = dict[str, Any]
_LESS = {"total_fen": 1900, "fund_fen": 800, "account_fen": 1100, "cash_fen": 0}
Wrong = Callable[[Export, Export, list[Card]], object]


def _twice(centre: Export, number: int) -> None:
    centre["settlements"].append(dict(centre["settlements"][number]))


def _figure(centre: Export, number: int, name: str, fen: int) -> None:
    centre["settlements"][number]["figures"][name] += fen


WRONGS: dict[str, tuple[str, Wrong]] = {
    "the ledger is out of balance": ("1", lambda _, centre, __: centre.update(balanced=False)),
    "money came from nowhere": ("1", lambda _, centre, __: centre["persons"][0].update(available_fen=3900)),
    "an earmark lost some": ("1", lambda _, centre, __: centre["persons"][0]["earmarks"][0].update(debited_fen=200)),
    "an account below zero": ("1", lambda _, centre, __: centre["persons"][0].update(ledger_fen=-100, available_fen=-4800)),
    "a card that holds more than its earmark": ("2", lambda _, __, cards: cards.append(replace(cards.pop(), amount_fen=5000))),
    "a card of a generation that nobody granted": ("2", lambda _, __, cards: cards.append(replace(cards.pop(), generation=3))),
    "a card that is torn": ("2", lambda _, __, cards: cards.append(replace(cards.pop(), amount_fen=None))),
    "a counter used twice": ("4", lambda journal, _, __: journal["debits"].append({**journal["debits"][0], "msgid": day.LATER})),
    "a receipt that is missing": ("5", lambda journal, _, __: journal["settlements"][1].update(receipt="01-1-000009")),
    "done without a receipt": ("5", lambda journal, _, __: journal["settlements"][3].update(receipt="")),
    "a message settled twice": ("7", lambda _, centre, __: _twice(centre, 3)),
    "a settlement voided twice": ("7", lambda _, centre, __: centre["settlements"].append({**centre["settlements"][1], "msgid": "x"})),
    "a void of a sale that still stands": ("9", lambda journal, _, __: journal["settlements"][0].update(standing="accepted")),
    "lines that do not add up": ("8", lambda _, centre, __: _figure(centre, 3, "inscp_scp_amt", 1)),
    "shares that do not add up": ("8", lambda _, centre, __: _figure(centre, 3, "psn_cash_pay", 1)),
    "a fund that nobody named": ("8", lambda _, centre, __: _figure(centre, 3, "hifp_pay", -1)),
    "a void of less": ("8", lambda _, centre, __: _figure(centre, 1, "act_pay_dedc", 1)),
    "a void of nothing": ("8", lambda _, centre, __: centre["settlements"].pop(0)),
    "settled there and not here": ("12", lambda journal, _, __: journal["settlements"].pop()),
    "settled here and not there": ("12", lambda _, centre, __: centre["settlements"].pop()),
    "other amounts here than there": ("12", lambda journal, _, __: journal["settlements"][3].update(movements=_LESS)),
    "a visit that came to nothing": ("12", lambda _, centre, __: centre["visits"][0].update(lines={"settled": 0, "unsettled": 2})),
    "a queue that is not empty": ("14", lambda journal, _, __: journal.update(queue=1)),
    "a doubt that was left": ("14", lambda journal, _, __: journal["doubts"].append({"subject": day.LATER, "amount_fen": 1})),
    "more spent than granted": ("16", lambda journal, _, __: journal["debits"][0].update(debit_fen=5001)),
}


def test_nothing_is_wrong_where_all_agree() -> None:
    """The day as it was: drained, and while it still may have been open."""
    assert [] == wrongs([day.journal()], day.centre(), day.cards())
    assert [] == wrongs([day.journal()], day.centre(), day.cards(), drained=False)


@pytest.mark.parametrize("name", WRONGS)
def test_a_planted_wrong_is_found(name: str) -> None:
    """One thing broken, and the invariant that it breaks is named."""
    invariant, plant = WRONGS[name]
    journal, centre, cards = day.journal(), day.centre(), day.cards()
    plant(journal, centre, cards)

    assert invariant in {wrong.partition(":")[0] for wrong in wrongs([journal], centre, cards)}


def test_a_copy_is_taken_back_by_its_own_void() -> None:
    """The centre executed a message twice, with other figures the second time: each void is held against the settlement that it undoes."""
    journal, centre = day.journal(), day.centre()
    sold, void = centre["settlements"][:2]
    less = {name: fen // 2 for name, fen in sold["figures"].items()}
    back = {**void["figures"], **{name: -fen for name, fen in less.items() if void["figures"][name]}}
    copied, undone = {**sold, "setl_id": "S9", "figures": less}, {**void, "msgid": "V9", "setl_id": "S10", "undoes": "S9", "figures": back}
    centre["settlements"] += [copied, undone]
    found = wrongs([journal], centre, day.cards(), drained=False)
    undone["undoes"] = sold["setl_id"]

    assert [] == [wrong for wrong in found if wrong.startswith(("7", "8"))]
    assert "8" in {wrong[0] for wrong in wrongs([journal], centre, day.cards(), drained=False)}


def test_what_is_in_doubt_is_left_aside_while_the_day_is_open() -> None:
    """A doubt is its amount, whether the centre has it or not; when the day is drained it is a wrong."""
    journal, centre = day.journal(), day.centre()
    journal["settlements"][3].update(done=False, receipt="", standing="in doubt")
    journal["doubts"].append({"subject": day.LATER, "amount_fen": 2000})

    assert [] == wrongs([journal], centre, day.cards(), drained=False)
    assert {"12", "14"} == {wrong.partition(":")[0] for wrong in wrongs([journal], centre, day.cards())}


def test_command_ends_with_what_it_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files in, sentences out, and an exit code."""
    (tmp_path / "till.json").write_text(json.dumps(day.journal()), encoding="utf-8")
    (tmp_path / "centre.json").write_text(json.dumps(day.centre()), encoding="utf-8")
    image: Export = {
        "kind": "card",
        "records": {"SSSE|EF05": {"07": day.CARD.encode().hex()}, "DF04|EF06": {"90": "35", "92": "0000125C", "93": "0202"}},
        "cyclic": {"DF04|EF15": ["0007", None]},
    }
    (tmp_path / "one.card").write_text(json.dumps(image), encoding="utf-8")
    (tmp_path / "psam.card").write_text(json.dumps({"kind": "psam"}), encoding="utf-8")
    command = ["--centre", str(tmp_path / "centre.json"), "--cards", str(tmp_path), str(tmp_path / "till.json")]

    assert (0, "4 settlements, 1 cards, 0 wrong\n") == (main(command), capsys.readouterr().out)
    image["records"]["DF04|EF06"]["92"] = "00001388"
    (tmp_path / "one.card").write_text(json.dumps(image), encoding="utf-8")
    assert 1 == main(command)
    assert f"2: card {day.CARD} holds 5000 in generation 2, and should hold 4700" in capsys.readouterr().out


def test_it_loads_no_product_code() -> None:
    """An auditor who used the product's own arithmetic would share its mistakes."""
    loaded = "import sys, tests.checker.decide, tests.checker.stored; print(*{name.partition('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", loaded], cwd=ROOT, capture_output=True, text=True, check=True)

    assert set() == {"settlement", "nhsa", "terminal", "offline_queue", "config", "clearing", "simulator"} & set(ran.stdout.split())
