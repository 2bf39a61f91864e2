"""Putting a catalogue in place: built aside, flushed, renamed in one step. A till that is open reads on in the old one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import sqlcipher3.dbapi2 as sqlite

from offline_queue import operating_system
from offline_queue.catalogue.building import build
from offline_queue.catalogue.catalogue import NAME
from offline_queue.catalogue.errors import CatalogueBusy, CatalogueExists, CatalogueUnwritable
from offline_queue.catalogue.item import Item

_LOCK_NAME = "catalogue.lock"


def replace_catalogue(
    directory: Path, items: Iterable[Item], about: dict[str, str], progress: Callable[[int, int], None], *, over: bool
) -> None:
    """Make ``items`` the catalogue of ``directory``; ``over`` allows it where there is one.

    Raises :class:`CatalogueExists`, :class:`CatalogueBusy` while another import runs, and :class:`CatalogueUnwritable`:
    what was there is there then.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        held = operating_system.lock(directory / _LOCK_NAME)
    except OSError as error:
        raise CatalogueUnwritable(what=str(error.strerror)) from error
    if held is None:
        raise CatalogueBusy
    path = directory / NAME
    fresh = directory / f"{NAME}.new"
    try:
        if path.exists() and not over:
            raise CatalogueExists(directory=str(directory))
        # Left by an import that was killed.
        fresh.unlink(missing_ok=True)
        build(fresh, items, about, progress)
        operating_system.flush_file(fresh)
        operating_system.move(fresh, path)
    except (sqlite.OperationalError, OSError) as error:
        raise CatalogueUnwritable(what=str(error)) from error
    finally:
        fresh.unlink(missing_ok=True)
        operating_system.unlock(held)
