"""A playground in English: its screen speaks it from the first day, and the one in Chinese is not touched."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

import pytest

from config.settings import Settings
from terminal.demo import try_command
from terminal.demo.playground_settings import DESK, PLAIN, Outfit, in_language

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("outfit", [PLAIN, DESK], ids=["counter", "desk"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_its_settings_say_the_language(tmp_path: Path, outfit: Outfit, language: str) -> None:
    """And nothing else changes."""
    file = tmp_path / "settings.toml"
    file.write_text(in_language(outfit, language).settings, encoding="utf-8")
    plain = tmp_path / "plain.toml"
    plain.write_text(outfit.settings, encoding="utf-8")

    settings = Settings.load(file)

    assert language == settings.ui.language
    assert Settings.load(plain).counter == settings.counter


def test_the_option() -> None:
    """Chinese unless asked otherwise; another language is a wrong use of the command."""
    parser = argparse.ArgumentParser(exit_on_error=False)
    try_command.add_parser(parser.add_subparsers())

    assert ["zh", "en"] == [parser.parse_args(["try", *more]).language for more in ([], ["--language", "en"])]
    with pytest.raises((argparse.ArgumentError, SystemExit)):
        parser.parse_args(["try", "--language", "fr"])
