"""Settings files of shops that do not exist, for the tests of the set-up."""

from __future__ import annotations

from pathlib import Path

from config.settings_text import Leaf
from simulator.personalise import make
from terminal.cards.simulated import Hands
from terminal.setup import draft
from terminal.setup.draft import Draft
from tests.cards.people import roster

OWN = """\
# 本店的说明：别删
[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示大药房"
admdvs = "990100"
venue = "pharmacy"
till = "01"   # 靠门的那台
operator = "0001"
operator_name = "测试人员"

[centre]
url = "http://127.0.0.1:9/fsi/api/callService"
exchange_s = 20
[centre.capabilities]
query_by_msgid = true
[ui.keys]
find = "f2,f11"
"""
ANSWERS: dict[Leaf, str] = {
    draft.CODE: "P99010000001",
    draft.NAME: "演示大药房（总店）",
    draft.AREA: "990100",
    draft.TILL: "07",
    draft.OPERATOR: "0001",
    draft.OPERATOR_NAME: "测试人员",
    draft.URL: "http://127.0.0.1:9/fsi/api/callService",
}
"""What must be answered."""


def shop(directory: Path, text: str = OWN) -> Path:
    """Lay a settings file and return its path."""
    directory.mkdir(exist_ok=True)
    path = directory / "settings.toml"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def answered(text: str | None = None) -> Draft:
    """Return a draft in which all that must be answered is."""
    made = Draft(text)
    made.typed.update(ANSWERS)
    return made


def card_table(folder: Path) -> Hands:
    """Make a card and a PSAM, and an empty reader ``slot`` of ``folder`` with the PSAM in it."""
    images = folder / "cards"
    images.mkdir()
    make(roster(images), images, seed="setup")
    hands = Hands(folder / "slot", images)
    hands.clear("psam.card")
    return hands
