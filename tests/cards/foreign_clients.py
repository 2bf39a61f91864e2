"""Programs that nobody here wrote, at a simulated card behind the real pcscd.

Run by ``test_foreign_clients.py``, prints what they said as JSON:

``unshare --mount --net python tests/cards/foreign_clients.py DIRECTORY``
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from simulator.personalise import make  # noqa: E402 - the path comes first
from tests.cards.people import entry, roster  # noqa: E402
from tests.cards.real_reader import inserted, service, shut_out, until  # noqa: E402

READER = "Virtual PCD 00 00"
SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
COMMANDS = {
    "select": SSSE,
    "version by tag": "00B2032806",
    "version by ordinal": "00B2032C06",
    "length of one's own": "00B2032800",
    "no length at all": "00B20328",
    "number by tag": "00B2083014",
    "number by ordinal": "00B2013414",
    "no such record": "00B2043003",
    "wrong PIN": "0020000003000000",
    "right PIN": "0020000003246813",
    "medical": "00A4040006D15600000503",
    "behind a key": "00B2923006",
}
"""Each is sent as it stands."""


def said(directory: Path, *command: str) -> str:
    """Run a client to its end and return what it prints; its caches and settings stay in the test's folder."""
    home = os.environ | {"HOME": str(directory), "LC_ALL": "C", "OPENSC_CONF": str(directory / "opensc.conf")}
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=True, timeout=30, env=home)
    return done.stdout


def sees(directory: Path) -> bool:
    """Whether the service has noticed the card."""
    return " Yes " in said(directory, "opensc-tool", "-l")


def main() -> None:
    """Shut the machine out, insert a card, let the clients speak."""
    shut_out()
    directory = Path(sys.argv[1])
    (directory / "opensc.conf").write_text("app default {}\n")
    make(roster(directory, entry("a"), entry("c", version="3.00")), directory, seed="reader")
    script = directory / "script"
    script.write_text("\n".join(["reset", *COMMANDS.values()]) + "\n")
    sent = [word for command in COMMANDS.values() for word in ("-s", command)]
    met = {}
    for image in ("a.card", "c.card"):
        with service(directory), inserted(directory / image, 35_963):
            until(lambda: sees(directory))
            met[image] = {
                "opensc-tool": said(directory, "opensc-tool", "-r", "0", "-c", "default", *sent),
                "scriptor": said(directory, "scriptor", "-r", READER, "-p", "T=0", str(script)),
                "pcsc_scan": said(directory, "pcsc_scan", "-n", "-t", "1"),
                "opensc-tool ATR": said(directory, "opensc-tool", "-r", "0", "-a"),
                "image": json.loads((directory / image).read_text(encoding="utf-8")),
            }
    sys.stdout.write(json.dumps(met))


if __name__ == "__main__":
    main()
