"""What a process asked of the disk, in order: its system calls by strace, as operations on files of one folder."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CALLS = (
    "openat,close,dup,dup2,dup3,write,pwrite64,writev,pwritev,ftruncate,fallocate,fsync,fdatasync,"
    "sync_file_range,rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir,mkdirat,fcntl"
)
_LINE = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes at a place of a file; not on the disk before the file is flushed."""

    file: int
    offset: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file is made ``size`` bytes long."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Flushed:
    """All of a file so far is on the disk."""

    file: int


@dataclass(frozen=True, slots=True)
class Named:
    """A name in the folder leads to a file, or to none; not on the disk before the folder is flushed."""

    name: str
    file: int | None


@dataclass(frozen=True, slots=True)
class NamesFlushed:
    """All names so far are on the disk."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The process was told that its records up to ``count`` are safe."""

    count: int


Operation = Write | Cut | Flushed | Named | NamesFlushed | Acknowledged


STRACE = shutil.which("strace") or ""


def available() -> str:
    """Return why nothing can be recorded here; empty when it can."""
    if not STRACE:
        return "strace is not installed (apt install strace)"
    tried = subprocess.run([STRACE, "-o", "/dev/null", sys.executable, "-V"], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"no tracing here: {tried.stderr.strip()}"


def record(directory: Path, work: Path, *, sales: int) -> list[Operation]:
    """Have the workload write a journal of ``sales`` in ``directory`` and return what it asked of the disk."""
    log, acknowledged = work / "calls.log", work / "acknowledged"
    program = [sys.executable, "-m", "tests.crash.workload", str(directory), str(acknowledged), str(sales)]
    subprocess.run([STRACE, "-xx", "-s", "100000000", "-e", f"trace={_CALLS}", "-o", str(log), *program], cwd=ROOT, check=True)
    with log.open(encoding="ascii") as lines:
        return list(_Reading(directory, acknowledged).operations(lines))


class _Reading:
    """Descriptors and names as the calls go by. A file is a number: it keeps it whatever it is called."""

    def __init__(self, directory: Path, acknowledged: Path) -> None:
        self._directory = directory
        self._acknowledged = str(acknowledged)
        self._open: dict[int, int | str] = {}
        self._names: dict[str, int] = {}
        self._files = 0

    def operations(self, lines: Iterator[str] | list[str]) -> Iterator[Operation]:
        for line in lines:
            found = _LINE.match(line)
            if found is None or found[3].startswith("-"):
                continue
            yield from self._call(found[1], found[2], int(found[3]))

    def _call(self, name: str, given: str, result: int) -> Iterator[Operation]:
        texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(given)]
        if name == "openat":
            yield from self._opened(texts[0].decode(), given, result)
        elif name.startswith(("rename", "unlink", "link", "mkdir")):
            yield from self._renamed(name, [text.decode() for text in texts])
        else:
            yield from self._on_descriptor(name, given, result, texts)

    def _opened(self, path: str, flags: str, descriptor: int) -> Iterator[Operation]:
        self._open.pop(descriptor, None)
        if path == self._acknowledged:
            self._open[descriptor] = "acknowledged"
        elif path == str(self._directory):
            self._open[descriptor] = "names"
        elif Path(path).parent == self._directory:
            key = Path(path).name
            if key not in self._names:
                assert "O_CREAT" in flags, path
                self._names[key] = self._files
                self._files += 1
                yield Named(key, self._names[key])
            elif "O_TRUNC" in flags:
                yield Cut(self._names[key], 0)
            self._open[descriptor] = self._names[key]

    def _renamed(self, call: str, paths: list[str]) -> Iterator[Operation]:
        if not any(Path(path).parent == self._directory for path in paths):
            return
        assert call.startswith(("rename", "unlink")), f"{call} of {paths} is not modelled"
        file = self._names.pop(Path(paths[0]).name)
        if call.startswith("rename"):
            self._names[Path(paths[1]).name] = file
            yield Named(Path(paths[1]).name, file)
        yield Named(Path(paths[0]).name, None)

    def _on_descriptor(self, name: str, given: str, result: int, texts: list[bytes]) -> Iterator[Operation]:
        descriptor, *rest = (part.strip() for part in given.split(","))
        held = self._open.get(int(descriptor))
        if held is None:
            return
        if held == "acknowledged" and name == "write":
            yield Acknowledged(int(texts[0]))
            return
        if name == "close":
            del self._open[int(descriptor)]
        elif name.startswith("dup") or "F_DUPFD" in given:
            self._open[result] = held
        elif name in {"fsync", "fdatasync"}:
            yield NamesFlushed() if held == "names" else Flushed(int(held))
        elif name != "fcntl":
            yield _changed(int(held), name, rest, texts, result)


def _changed(file: int, name: str, given: list[str], texts: list[bytes], result: int) -> Operation:
    match name:
        case "pwrite64":
            return Write(file, int(given[-1]), texts[0][:result])
        case "ftruncate":
            return Cut(file, int(given[0]))
        case "fallocate":
            return Cut(file, int(given[1]) + int(given[2]))
        case "write":
            # Only files that are written once from their start are written without a place.
            return Write(file, 0, texts[0][:result])
    message = f"{name} is not modelled"
    raise AssertionError(message)
