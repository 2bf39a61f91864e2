"""The PC/SC back-end at the real service, with card and PSAM behind virtual readers."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cards.namespaces import played


@pytest.fixture(scope="module")
def met(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Play the day at the reader once."""
    outcome: dict[str, Any] = played("real_reader.py", tmp_path_factory.mktemp("reader"))
    return outcome


@pytest.mark.pcscd
@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("without service", "CARD-NO-PCSC"),
        ("listed without service", "SETUP-NO-PCSCD"),
        ("listed", [["00 00", "card"], ["00 01", "psam"]]),
        ("without card", True),
        ("nobody in sight", ""),
        ("the same card in sight", True),
        ("another insertion in sight", True),
        ("in sight after a restart", True),
        ("identified", "测试人员a"),
        ("keys of its own", False),
        ("wrong PIN", "CARD-PIN-WRONG"),
        ("allowance", [True, 9000]),
        ("sold", ["done", 7766, [0x0202, 0x0101]]),
        ("held by another", "CARD-READER-BUSY"),
        ("another program, by name", True),
        ("another program that shares, by name", True),
        ("another program in a transaction, by name", True),
        ("pulled between commands", True),
        ("empty again", True),
        ("reinserted, the PIN forgotten", ["测试人员a", "CARD-REFUSED"]),
        ("pulled during a write", "CARD-TORN"),
        ("and judged", "aborted"),
        ("after a restart of the service", "ok"),
        ("PSAM, first card", "SELECT"),
        ("PSAM, second card", "PROCESS KEY"),
        ("PSAM, reset by another program", "SELECT"),
        ("PSAM, held by another program", "CARD-READER-BUSY"),
        ("PSAM, let go by another program", "SELECT"),
        ("PSAM, looked at meanwhile", "ok"),
        ("PSAM, after that", "SELECT"),
        ("PSAM, out", "CARD-NO-PSAM"),
        ("PSAM, in again", "SELECT"),
        ("PSAM, another service", "SELECT"),
    ],
)
def test_real_reader(met: dict[str, Any], moment: str, expected: object) -> None:
    """Each thing that happens at a reader ends in its result or its own error."""
    assert expected == met[moment]
