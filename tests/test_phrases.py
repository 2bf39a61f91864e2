"""Every error and refusal says its four things in both languages, under a code of its own."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

import pytest

from settlement.errors import OperatorError, Phrase
from tests.phrasebook import document, error_classes, phrases

ERRORS_PAGE = Path(__file__).parents[1] / "docs" / "errors.md"
CHINESE = re.compile(r"[\u4e00-\u9fff]|\{\w+_zh\}")
PARTS = ("happened", "money", "do", "avoid")


def details(phrase: Phrase, language: str) -> set[str]:
    """Name the details that the words of one language ask for, without the language's own ending."""
    words = phrase.zh if language == "zh" else phrase.en
    found = {name for part in PARTS for _, name, _, _ in string.Formatter().parse(getattr(words, part)) if name}
    return {name.removesuffix(f"_{language}") for name in found}


@pytest.mark.parametrize("kind", error_classes(), ids=lambda kind: kind.__name__)
def test_each_error_has_its_phrase(kind: type[OperatorError]) -> None:
    """An error that can be raised has words."""
    assert isinstance(getattr(kind, "phrase", None), Phrase)


def test_codes_are_unique() -> None:
    """A code leads to one phrase."""
    assert [] == [code for code, times in Counter(phrase.code for phrase in phrases()).items() if times > 1]


@pytest.mark.parametrize("phrase", phrases(), ids=lambda phrase: phrase.code)
def test_each_phrase_says_four_things_in_two_languages(phrase: Phrase) -> None:
    """Code, four Chinese sentences and four English ones, about the same details; a detail may end the sentence itself."""
    assert re.fullmatch(r"[A-Z][A-Z0-9]*(-[A-Z0-9]+)+", phrase.code)
    for part in PARTS:
        assert CHINESE.search(getattr(phrase.zh, part)), f"{phrase.code}: zh.{part} is no Chinese"
        assert re.match(r"[A-Z{]", getattr(phrase.en, part)), f"{phrase.code}: en.{part} is no English sentence"
        assert getattr(phrase.zh, part).endswith(("。", "！", "？", "}")), f"{phrase.code}: zh.{part} does not end"
        assert getattr(phrase.en, part).endswith((".", "!", "?", "}")), f"{phrase.code}: en.{part} does not end"
    assert details(phrase, "zh") == details(phrase, "en")


@pytest.mark.parametrize("phrase", phrases(), ids=lambda phrase: phrase.code)
def test_each_phrase_fills_in(phrase: Phrase) -> None:
    """A detail that was not given shows as a dash, never as an error inside an error."""
    given = dict.fromkeys(details(phrase, "zh"), "x")

    for language in ("zh", "en"):
        assert "{" not in str(phrase.say(language, given))
        assert "{" not in str(phrase.say(language))


def test_errors_page_is_generated_from_the_phrases() -> None:
    """``docs/errors.md`` is what the code says; ``make docs`` writes it anew."""
    assert document() == ERRORS_PAGE.read_text(encoding="utf-8")
