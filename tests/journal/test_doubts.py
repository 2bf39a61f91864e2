"""``yibao-journal doubts`` and ``reconcile``: a journal alone says what is open, until when, and what the last statement found."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from offline_queue import journal_command
from offline_queue.journal import Entry
from settlement.facts import GoodsAnswered
from tests.journal.entries import ONE, PERSON, THREE, TWO, answered, done, opened, sale, sending

STATED: dict[str, Any] = {
    "day": "2026-03-02",
    "at": "2026-03-03T00:10:00+08:00",
    "upto": 3,
    "groups": [
        {
            "insutype": "310",
            "clr_type": "41",
            "setl_optins": "990100",
            "count": 2,
            "total_fen": 5000,
            "fund_fen": 0,
            "account_fen": 5000,
            "stmt_rslt": "000101",
            "words": "",
            "explained": "000000",
        }
    ],
    "files": [],
    "differences": [
        {
            "cause": "missing-there",
            "right": "counter",
            "action": "claim",
            "automatic": False,
            "setl_id": "S1",
            "mdtrt_id": "M1",
            "msgid": ONE,
            "refund": False,
            "here": {"total_fen": 2500, "fund_fen": 0, "account_fen": 2500},
            "there": None,
            "gap": {"total_fen": -2500, "fund_fen": 0, "account_fen": -2500},
        }
    ],
    "balanced": False,
    "explained": True,
}


def ask(capsys: pytest.CaptureFixture[str], directory: Path, *words: str) -> tuple[int, str]:
    """Run the command and return its exit code and what it said."""
    code = journal_command.main([*words, "--data-dir", str(directory)])
    return code, capsys.readouterr().out


def test_doubts_with_what_may_be_done(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A sale without its answer: text in both languages and JSON, exit code 1; none: 0."""
    with opened(tmp_path) as till:
        till.commit([sale(ONE)])
        till.commit([done(ONE)])
        assert (0, []) == (ask(capsys, tmp_path, "doubts")[0], json.loads(ask(capsys, tmp_path, "doubts", "--json")[1])["doubts"])
        till.commit([sale(TWO)])
        till.commit([sending(TWO)])
        till.commit([answered(TWO, "unknown")])
        goods = GoodsAnswered(subject=TWO, released=True)
        till.commit([Entry(kind=goods.kind, subject=TWO, body=goods.body())])
        code, text = ask(capsys, tmp_path, "doubts")
        doubt = json.loads(ask(capsys, tmp_path, "doubts", "--json")[1])["doubts"][0]

    assert (1, TWO, 2500, True) == (code, doubt["subject"], doubt["amount_fen"], doubt["goods_released"])
    assert (["query", "statement", "deadline"], "2026-04-01", "customer") == (doubt["asked"], doubt["deadline"], doubt["bearer"])
    assert "对账文件（3202）" in text
    assert "the centre: its statement (3202)" in text
    assert PERSON["psn_name"] not in text


def test_the_last_statement(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The day that was reconciled last, its sums, each difference with its side and action; none yet: said so."""
    with opened(tmp_path) as till:
        assert 1 == ask(capsys, tmp_path, "reconcile")[0]
        till.commit([Entry(kind="day_stated", subject="statement 2026-03-02", body=STATED)])
        code, text = ask(capsys, tmp_path, "reconcile")
        found = json.loads(ask(capsys, tmp_path, "reconcile", "--day", "2026-03-02", "--json")[1])
        balanced = {**STATED, "differences": [], "balanced": True}
        till.commit([Entry(kind="day_stated", subject="statement 2026-03-02", body=balanced)])
        same = ask(capsys, tmp_path, "reconcile")

    assert (1, STATED, []) == (code, found["statement"], found["standing_alone"])
    assert "以本机为准 / the counter is right" in text
    assert "差异已解释到分" in text
    assert THREE not in text
    assert (0, True) == (same[0], "两边一致" in same[1])
