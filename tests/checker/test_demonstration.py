"""The scripted day, judged by the auditor: what its commands print, its card images, and the journals' files."""

from __future__ import annotations

import json
import subprocess
import sysconfig
from pathlib import Path

import pytest

from tests.checker import card_images
from tests.checker.decide import wrongs
from tests.checker.stored import wrongs as wrongs_of_file

BIN = Path(sysconfig.get_path("scripts"))
SHOPS = ("east", "west", "clinic")


@pytest.mark.timeout(300)
def test_the_day_of_the_demonstration_is_whole(tmp_path: Path) -> None:
    """Sold, torn, killed, cut off, voided, lost and registered: nothing is wrong, and it was more than a sale or two."""
    played = _run("yibao", "demo", "--json", "--seed", "auditor", "--keep", str(tmp_path))
    journals = [json.loads(_run("yibao-journal", "export", "--json", "--reveal", "--data-dir", str(tmp_path / shop))) for shop in SHOPS]
    centre = json.loads(_run("yibao-clearing", "export", "--json", "--data-dir", str(tmp_path / "centre")))
    cards = [card for path in sorted((tmp_path / "cards").glob("*.card")) if (card := card_images.read(path)) is not None]

    assert [] == wrongs(journals, centre, cards)
    assert [] == [wrong for shop in SHOPS for wrong in wrongs_of_file(tmp_path / shop)]
    assert json.loads(played)["settlements"] == len(centre["settlements"]) > 20


def _run(*command: str) -> str:
    ran = subprocess.run([BIN / command[0], *command[1:]], capture_output=True, text=True, check=True)
    return ran.stdout
