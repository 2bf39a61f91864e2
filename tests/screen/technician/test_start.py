"""What ``yibao log`` loads before its first frame, and the command itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from offline_queue.log.entry import Filter
from offline_queue.log.file import NAME
from offline_queue.log.reading import LogReader
from terminal import cli
from tests.screen.technician.day import lived

ROOT = Path(__file__).parents[3]
HEAVY = ("sqlalchemy", "pydantic", "httpx", "cryptography", "smartcard", "fastapi", "simulator", "nhsa", "offline_queue.journal.journal")
PROGRAM = """
import json, os, sys
os.environ["TEXTUAL_DISABLE_KITTY_KEY"] = "1"
import terminal.cli
from terminal import log_command
from terminal.screen import launch
from terminal.screen.technician.app import LogApp
from terminal.screen.technician.screen import newest
from pathlib import Path
app = LogApp(Path(sys.argv[1]), first=newest(Path(sys.argv[1])))
print(json.dumps({"rows": len(app._first[0]), "loaded": sorted(sys.modules)}))
"""


def test_nothing_heavy_stands_before_the_first_frame(till: Path) -> None:
    """The log is read by the driver alone: neither the journal nor what it is made with is loaded for it."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(till)], capture_output=True, text=True, check=True, cwd=ROOT)
    found = json.loads(done.stdout)

    assert 7 == found["rows"]
    assert [] == [name for name in HEAVY if name in found["loaded"]]


def test_log_is_rebuilt_by_the_command(tmp_path: Path) -> None:
    """``yibao log --rebuild`` deletes the file and makes it from the journal, and ends."""
    lived(tmp_path)
    (tmp_path / NAME).write_bytes(b"rubbish")

    assert 0 == cli.main(["log", "--rebuild", "--data-dir", str(tmp_path)])
    with LogReader(tmp_path) as log:
        assert 7 == len(log.page(Filter()))


def test_no_journal_is_a_problem_in_words(tmp_path: Path) -> None:
    """Without a journal there is nothing to make a log of: exit code 1 and four sentences."""
    program = "import sys; from terminal.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", program, "log", "--rebuild", "--data-dir", str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)

    assert 1 == done.returncode
    assert "JOURNAL-MISSING" in done.stderr
