"""Which other programs may hold the reader: those that have the PC/SC library loaded, as the system tells it.

The service itself does not say who holds a card. Only processes that this user may look at are seen; nothing is done to any.
"""

from __future__ import annotations

import os
from pathlib import Path

_PROC = Path("/proc")
_LIBRARY = b"libpcsclite"
_OWN = {"pcscd"}
"""The service."""
_NAMED_MOST = 3
_MAPS_MOST = 4_000_000


def programs(proc: Path = _PROC, own: int | None = None) -> str:
    """Return them as ``name (pid), …``, empty when none is seen or this system does not tell.

    The one that was started last comes first: what always ran here has never been in the way before.
    """
    mine = os.getpid() if own is None else own
    try:
        numbers = sorted((int(entry.name) for entry in proc.iterdir() if entry.name.isdigit()), reverse=True)
    except OSError:
        return ""
    found = [f"{name} ({number})" for number in numbers if number != mine and (name := _user(proc / str(number)))]
    return ", ".join(found[:_NAMED_MOST]) + (" …" if len(found) > _NAMED_MOST else "")


def _user(process: Path) -> str:
    """Return the process's name when it uses the library; empty when not, or when it may not be looked at or is gone."""
    try:
        with (process / "maps").open("rb") as maps:
            if _LIBRARY not in maps.read(_MAPS_MOST):
                return ""
        name = (process / "comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
    return "" if name in _OWN else name
