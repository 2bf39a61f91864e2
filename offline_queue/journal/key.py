"""The journal's key: 32 raw bytes in a file of mode 0600, labelled for development."""

from __future__ import annotations

from pathlib import Path

from offline_queue import operating_system
from offline_queue.journal.errors import KeyExposed, WrongKey

KEY_NAME = "journal.key"
KEY_BYTES = 32
_LABEL = b"# yibao journal key, DEVELOPMENT: a production counter keeps it in the system's key store\n"


def make(directory: Path) -> None:
    """Make a key unless there is one."""
    path = directory / KEY_NAME
    if path.exists():
        return
    # The one secret that comes straight from the system, whatever seed a demonstration has.
    from secrets import token_hex  # noqa: PLC0415

    operating_system.write_private(path, _LABEL + token_hex(KEY_BYTES).encode() + b"\n")


def read(directory: Path) -> bytes:
    """Return the key. Raises :class:`KeyExposed` when others can read it, :class:`WrongKey` when it is none."""
    path = directory / KEY_NAME
    if not path.exists():
        raise WrongKey
    if operating_system.readable_by_others(path):
        raise KeyExposed(file=path.name)
    try:
        lines = [line for line in path.read_text(encoding="ascii").splitlines() if line and not line.startswith("#")]
        key = bytes.fromhex(lines[0])
    except (IndexError, ValueError):
        raise WrongKey from None
    if len(key) != KEY_BYTES:
        raise WrongKey
    return key
