"""The settings of the playground's counter and of its office, and the one value that changes in them: the port of the line."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

_URL = re.compile(r'^(url = "http://127\.0\.0\.1:)(\d+)(/.*)$', re.MULTILINE)


def port_of(settings: str) -> str:
    """Return the port that the line had, "0" when the text names none."""
    found = _URL.search(settings)
    return found[2] if found else "0"


def with_port(settings: str, port: str) -> str:
    """Return the text with the port of the line put in; a centre elsewhere that a person wrote in stays."""
    return _URL.sub(rf"\g<1>{port}\g<3>", settings)


@dataclass(frozen=True, slots=True)
class Outfit:
    """What a counter begins with, and what its settings must never become."""

    settings: str
    goods: Path | None = None
    """A catalogue whose copy the till sells from at each start; None = the demonstration's goods, which a person may replace."""
    departments: tuple[str, ...] = ()
    """Codes of departments to type; not empty = a clinic's registration desk, with the demonstration's departments and no goods."""
    institutions: str = ""
    """What the centre's roster says of the counter's institution: who opens visits is named there."""

    def check(self, text: str, path: Path, port: str = "") -> None:
        """Look at the settings before anything starts, and with ``port``, the line's, before the till may open. A playground's are free."""


COUNTER = """# 试用收银台：只写一次，之后可以改。The counter of the playground: written once, yours to change.
[counter]
fixmedins_code = "P99010000001"
fixmedins_name = "演示大药房"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:0/fsi/api/callService"
connect_s = 1
exchange_s = 5
query_every_s = 0.5
hotlist_every_s = 3

[reader]
kind = "simulated"
slot_dir = "slot"

[printer]
kind = "simulated"
address = "printer"

[ecert]
kind = "simulated"
url = "http://127.0.0.1:0/ecert/decode"
"""
OFFICE = """# The insurer's office, which gives the cards their first allowance.
[counter]
fixmedins_code = "P99010000009"
fixmedins_name = "演示医保经办处"
admdvs = "990100"
venue = "pharmacy"
till = "01"
operator = "demo"
operator_name = "演示"

[centre]
url = "http://127.0.0.1:0/fsi/api/callService"
connect_s = 1
exchange_s = 5

[reader]
kind = "simulated"
slot_dir = "slot"
"""
PLAIN = Outfit(COUNTER)
"""The counter of ``yibao try``."""
_CLINIC, _LEVEL = "H99010000001", "1"
DESK = Outfit(
    COUNTER.replace("试用收银台", "试用挂号处")
    .replace("The counter of", "The desk of")
    .replace("P99010000001", _CLINIC)
    .replace("演示大药房", "演示门诊部")
    .replace('venue = "pharmacy"', f'venue = "clinic"\nhosp_lv = "{_LEVEL}"'),
    departments=("K01", "K02", "K07"),
    institutions=f'\n[[institution]]\nfixmedins_code = "{_CLINIC}"\nvenue = "clinic"\nhosp_lv = "{_LEVEL}"\n',
)
"""The registration desk of ``yibao try --desk``."""


def in_language(outfit: Outfit, language: str) -> Outfit:
    """Return an outfit whose screen speaks ``language`` from its first day."""
    return replace(outfit, settings=f'{outfit.settings}\n[ui]\nlanguage = "{language}"\n')
