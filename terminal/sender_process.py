"""The sender beside the till: a process of its own that outlives it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from config import log_file
from offline_queue import operating_system


def start(directory: Path) -> None:
    """Start the sender unless one runs. It outlives the till: what is owed goes up also when nobody sells."""
    if operating_system.locked(directory / "sender.lock"):
        return
    command = [str(Path(sys.executable).with_name("yibao-sync")), "run", "--data-dir", str(directory)]
    folder = directory / log_file.FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    # What the sender could not say in its log, of this start only: so it never grows.
    with (folder / "sender.stderr").open("wb") as said:
        subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True)
