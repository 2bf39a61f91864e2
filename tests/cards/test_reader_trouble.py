"""Readers in real life: the service late, killed and back, the reader unplugged, a slow card, a mute one; nothing is left behind."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cards.namespaces import played


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Play the trouble once."""
    outcome: dict[str, Any] = played("reader_trouble.py", tmp_path_factory.mktemp("trouble"))
    return outcome


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("before the service", "CARD-NO-PCSC"),
        ("the service came late", True),
        ("killed before a write", "CARD-TORN"),
        ("let go soon", True),
        ("looked at without service", "CARD-NO-PCSC"),
        ("no reader", "CARD-NO-READER"),
        ("no reader to connect", "CARD-NO-READER"),
        ("plugged in again", True),
        ("nothing left behind", True),
        ("a slow card takes its time", True),
        ("and others go on", True),
        # The virtual reader takes a card without an answer to reset for none; a real one says so (test_pcsc_foreign).
        ("a mute card", "CARD-NONE"),
        ("every thread ended", []),
    ],
)
def test_trouble(met: dict[str, Any], moment: str, expected: object) -> None:
    """Each kind of trouble is one of its own errors, and the same objects work when it is over."""
    assert expected == met[moment]
