"""Text of others in a sentence moves no cursor and turns no direction: in errors, refusals and what the commands print."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import pytest

from config.case_file import CaseMalformed
from offline_queue.journal.values import Entry
from offline_queue.journal_command import main as journal_main
from settlement.errors import Refusal
from settlement.plain import one_line
from settlement.unpriced import NO_RATIO
from terminal.cli import main
from tests.journal.entries import ONE, opened, sale
from tests.screen.hostile import HOSTILE

if TYPE_CHECKING:
    from pathlib import Path

STORED = {name: text for name, text in HOSTILE.items() if not any("\ud800" <= character <= "\udfff" for character in text)}
"""Half of a pair is no text that a file or a journal holds."""
_MOVES = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def moves(text: str) -> list[str]:
    """Return what of ``text`` a terminal obeys instead of showing."""
    return [repr(character) for character in text if unicodedata.category(character) in _MOVES and character != "\n"]


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_one_line(text: str) -> None:
    """Nothing is obeyed, marks do not pile up, and plain text is as it was."""
    plain = one_line(text)

    assert [] == moves(plain)
    assert "\n" not in plain
    assert 2 >= max((sum(unicodedata.category(mark).startswith("M") for mark in plain[at : at + 3]) for at in range(len(plain))), default=0)
    assert plain == one_line(plain)
    assert "国药准字 A-1 ✓" == one_line("国药准字 A-1 ✓")


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_errors_and_refusals(text: str) -> None:
    """What a file or a pack calls a thing stands in a sentence as text; the details themselves stay as they are."""
    error = CaseMalformed(file=text, key=text, cure_zh="改", cure_en="mend")
    refusal = Refusal(NO_RATIO, {"key": text, "pack": text})

    assert [] == [moves(said.say(language)) for said in (error, refusal) for language in ("zh", "en") if moves(said.say(language))]
    assert text == error.details["file"]


@pytest.mark.parametrize("text", STORED.values(), ids=STORED.keys())
def test_the_log_on_a_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """``yibao-journal show``: the centre's words in a record."""
    (tmp_path / "settings.toml").touch()
    with opened(tmp_path) as till:
        till.commit([sale(ONE)])
        till.commit([Entry(kind="refused", subject=ONE, body={"code": "X", "words": text, "why": text})])

    journal_main(["show", ONE, "--data-dir", str(tmp_path)])

    assert [] == moves(capsys.readouterr().out)


@pytest.mark.parametrize(
    "text", [text for text in STORED.values() if "/" not in text and "\0" not in text and len(text.encode("utf-8", "ignore")) < 200]
)
def test_the_name_of_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str) -> None:
    """A case that is called so and is none."""
    case = tmp_path / f"{text}.toml"
    case.write_text(f"{text}", encoding="utf-8")

    main(["settle", str(case)])

    captured = capsys.readouterr()
    assert [] == moves(captured.err + captured.out)
