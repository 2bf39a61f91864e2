"""Which program holds the reader, by what the system tells of each; nothing is done to any."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from terminal.cards import sharing
from terminal.cards.errors import ReaderBusy

HOLDER = (
    "import sys, mmap; f = open(sys.argv[1], 'rb'); m = mmap.mmap(f.fileno(), 0, prot=mmap.PROT_READ); print(flush=True); sys.stdin.read()"
)


def process(proc: Path, number: int, name: str, maps: str | None) -> None:
    """Describe a process as the system does."""
    (proc / str(number)).mkdir(parents=True)
    (proc / str(number) / "comm").write_text(name + "\n")
    if maps is not None:
        (proc / str(number) / "maps").write_text(maps)


def test_those_with_the_library(tmp_path: Path) -> None:
    """Neither the service, nor this program, nor one that is gone or may not be looked at."""
    library = "7f0 r-xp 0 08:01 1 /usr/lib/x86_64-linux-gnu/libpcsclite.so.1.0.0\n"
    process(tmp_path, 7, "pcscd", library)
    process(tmp_path, 8, "bash", "7f0 r-xp 0 08:01 1 /usr/lib/libc.so.6\n")
    process(tmp_path, 20, "hospital-his", library)
    process(tmp_path, 21, "gone", None)
    process(tmp_path, 100, "yibao", library)
    (tmp_path / "meminfo").write_text("")

    assert "hospital-his (20)" == sharing.programs(tmp_path, own=100)
    assert "hospital-his (20)" in ReaderBusy(program=sharing.programs(tmp_path, own=100)).say("zh")


def test_only_the_first_of_many(tmp_path: Path) -> None:
    """A sentence stays one, and what was started last is in it."""
    for number in range(10, 16):
        process(tmp_path, number, "p", "libpcsclite")

    assert "p (15), p (14), p (13) …" == sharing.programs(tmp_path, own=1)


def test_a_system_that_does_not_tell(tmp_path: Path) -> None:
    """Then nobody is named."""
    assert "" == sharing.programs(tmp_path / "none")


def test_a_real_process(tmp_path: Path) -> None:
    """A process of this machine that has a file of that name mapped is seen, and is still there afterwards."""
    library = tmp_path / "libpcsclite.so.1"
    library.write_bytes(bytes(4096))
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(library)], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as held:
        assert held.stdout is not None
        held.stdout.readline()
        seen = sharing._user(Path("/proc") / str(held.pid))
        running = held.poll() is None
        held.communicate(b"")

    assert "" != seen
    assert running
    assert "" == sharing._user(Path("/proc") / str(os.getpid())) or "smartcard" in sys.modules
