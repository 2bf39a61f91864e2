"""Readable golden cases, the examples of the documents, and the published totals that hold as identities."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from settlement.money import parse_yuan
from terminal.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CASES = ROOT / "tests" / "cases"
NOT_PRICED = tomllib.loads((CASES / "not-priced.toml").read_text(encoding="utf-8"))
EXAMPLE = re.compile(r"^```toml case exit=(\d)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXAMPLES = EXAMPLE.findall((ROOT / "docs" / "case-format.md").read_text(encoding="utf-8"))


def _settle(capsys: pytest.CaptureFixture[str], case: Path, *more: str) -> tuple[int, dict[str, Any]]:
    code = main(["settle", str(case), "--json", *more])
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, answer


@pytest.mark.parametrize("case", sorted(CASES.glob("*.toml")), ids=lambda path: path.stem)
def test_golden_case(capsys: pytest.CaptureFixture[str], record_property: Callable[[str, object], None], case: Path) -> None:
    """Every case comes out as it expects: an amount, or the code of a refusal."""
    if case.name == "not-priced.toml":
        pytest.skip("lists what is not priced")
    code, answer = _settle(capsys, case, "--explain")
    answers = answer.get("visits", [answer])

    record_property("cases", 1)
    assert [] == [difference for one in answers for difference in one["differences"]]
    assert code in {0, 6}
    assert any("expect" in line for line in case.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize(("exit_code", "text"), EXAMPLES, ids=range(len(EXAMPLES)))
def test_example_of_the_document(capsys: pytest.CaptureFixture[str], tmp_path: Path, exit_code: str, text: str) -> None:
    """What ``docs/case-format.md`` shows is what the command does."""
    case = tmp_path / "case.toml"
    case.write_text(text, encoding="utf-8")

    assert int(exit_code) == _settle(capsys, case)[0]


@pytest.mark.parametrize("name", NOT_PRICED["identities"])
def test_published_total_is_an_identity(record_property: Callable[[str, object], None], name: str) -> None:
    """A published example that today's model does not price still adds up."""
    record_property("identities", 1)
    amounts = {key: parse_yuan(value) for key, value in NOT_PRICED["identities"][name].items()}

    assert amounts["medfee_sumamt"] == amounts["fund_pay_sumamt"] + amounts["acct_pay"] + amounts["psn_cash_pay"]
    assert NOT_PRICED["why"][name]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("not toml at all [", "CASE-MALFORMED"),
        ('admdvs = "990100"\ncolour = "red"\n', "CASE-MALFORMED"),
        ('admdvs = "990100"\nscheme = "310"\npsn_type = "11"\nvenue = "pharmacy"\ndate = 2026-01-01\nin_scope = "1e3"\n', "CASE-MALFORMED"),
        ('scheme = "310"\npsn_type = "11"\nvenue = "pharmacy"\nin_scope = "1.00"\n', "CASE-MALFORMED"),
    ],
)
def test_malformed_case(capsys: pytest.CaptureFixture[str], tmp_path: Path, text: str, code: str) -> None:
    """A case that cannot be read says file, key and cure, in both languages, and exits with 3."""
    case = tmp_path / "case.toml"
    case.write_text(text, encoding="utf-8")
    exit_code, answer = _settle(capsys, case)

    assert (3, code) == (exit_code, answer["error"]["code"])


def test_malformed_pack(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A pack with a value that nobody marks does not load."""
    pack = tmp_path / "pack.toml"
    shipped = (ROOT / "config" / "regions" / "990100" / "2023-02-01.toml").read_text(encoding="utf-8")
    pack.write_text(shipped.replace("allowance_days = 90", "allowance_days = 900"), encoding="utf-8")
    exit_code, answer = _settle(capsys, CASES / "demonstration-pharmacy.toml", "--pack", str(pack))

    assert (3, "PACK-MALFORMED") == (exit_code, answer["error"]["code"])
    assert "allowance_days" in answer["error"]["en"]
