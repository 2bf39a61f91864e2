"""The memory of another process, read from outside as a thief would: every mapping that can be read, byte for byte (Linux)."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_NOT_MEMORY = {"[vvar]", "[vvar_vclock]", "[vsyscall]"}
"""Pages of the kernel, which nobody reads through ``/proc/PID/mem``."""
_PART = 1 << 23
_AROUND = 24
_LINK_BYTES = 8
"""Memory that was given back begins with the allocator's link to the next such piece; the rest is as it was left."""
_INT_BYTES = id(1) - id(0)
"""Small integers stand in one table in every Python; a list of bytes is a row of pointers into it."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """One mapping of a process."""

    start: int
    end: int
    name: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Where something was found: what it looked like, in which mapping, and the bytes around it."""

    form: str
    mapping: str
    around: str


def lacking(process: int) -> str:
    """Say why the memory of this process cannot be read; empty = it can."""
    try:
        with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
            memory.seek(mappings(process)[0].start)
            memory.read(1)
    except OSError as error:
        return f"/proc/PID/mem may not be read here: {error.strerror}"
    return ""


def mappings(process: int) -> list[Mapping]:
    """Return what a process has mapped and may read."""
    found = []
    for row in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        place, rights, _, _, _, *name = row.split(maxsplit=5)
        start, _, end = place.partition("-")
        if rights[0] == "r" and "".join(name) not in _NOT_MEMORY:
            found.append(Mapping(int(start, 16), int(end, 16), "".join(name)))
    return found


def traces(process: int, forms: dict[str, bytes]) -> list[Trace]:
    """Return every place in the memory of a process where one of ``forms`` stands.

    It goes on meanwhile: Textual takes a process that was stopped and woken for one that comes from the background.
    """
    longest = max(map(len, forms.values()))
    found = []
    with Path(f"/proc/{process}/mem").open("rb", buffering=0) as memory:
        for mapping in mappings(process):
            for part in _parts(memory.fileno(), mapping, overlap=longest - 1):
                found += [
                    Trace(form, mapping.name or "anonymous", part[max(at - _AROUND, 0) : at + len(sought) + _AROUND].hex(" "))
                    for form, sought in forms.items()
                    for at in _all(part, sought)
                ]
    return found


def forms_of(pin: str, process: int) -> dict[str, bytes]:
    """Return all forms that a PIN may have in the memory of a till: text of any width, the VERIFY command, and lists of their bytes."""
    verify = bytes.fromhex("0020000003") + bytes.fromhex(pin)
    small = _small_integers(process)
    return {
        "digits": pin.encode("ascii"),
        "digits, two bytes each": pin.encode("utf-16-le"),
        "digits, four bytes each": pin.encode("utf-32-le"),
        "VERIFY": verify,
        "list of digits": _pointers(small, pin.encode("ascii")[_LINK_BYTES // 8 :]),
        "list of VERIFY": _pointers(small, verify[_LINK_BYTES // 8 :]),
    }


def forms_of_change(old: str, new: str, process: int) -> dict[str, bytes]:
    """Return all forms that the command which changes a PIN may have in the memory of a till: whole, its content, its end."""
    content = bytes.fromhex(f"{old}ff{new}")
    command = bytes.fromhex("805e010007") + content
    small = _small_integers(process)
    return {
        "CHANGE": command,
        "content of CHANGE": content,
        "end of CHANGE": command[_LINK_BYTES:] + b"\0",
        "list of CHANGE": _pointers(small, command[_LINK_BYTES // 8 :]),
        "list of the content of CHANGE": _pointers(small, content[_LINK_BYTES // 8 :]),
    }


def _pointers(table: int, values: bytes) -> bytes:
    return struct.pack(f"={len(values)}Q", *(table + value * _INT_BYTES for value in values))


def _small_integers(process: int) -> int:
    """Return where 0 stands in another process that runs the same Python: as far from its program as it does here."""
    program, here = _program(os.getpid(), before=id(0))
    return next(mapping.start for mapping in mappings(process) if mapping.name == program) + id(0) - here


def _program(process: int, *, before: int) -> tuple[str, int]:
    """Return the file that holds an address, and where it begins."""
    own = [mapping for mapping in mappings(process) if mapping.start <= before and mapping.name.startswith("/")]
    name = max(own, key=lambda mapping: mapping.start).name
    return name, min(mapping.start for mapping in own if mapping.name == name)


def _parts(memory: int, mapping: Mapping, *, overlap: int) -> Iterator[bytes]:
    at = mapping.start
    while at < mapping.end:
        try:
            part = os.pread(memory, min(_PART, mapping.end - at), at)
        except OSError:
            return  # given back since it was listed
        if not part:
            return
        yield part
        at += len(part)
        if at < mapping.end and len(part) > overlap:
            at -= overlap


def _all(part: bytes, sought: bytes) -> Iterator[int]:
    """Find it by its middle: most of a memory is zeros, among which a search for zeros is slow."""
    core = sought.strip(b"\0")
    before = sought.index(core)
    at = part.find(core)
    while at >= 0:
        if at >= before and part.startswith(sought, at - before):
            yield at - before
        at = part.find(core, at + 1)
