"""Putting a catalogue in place of the one that is there."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from offline_queue.catalogue.building import build
from offline_queue.catalogue.catalogue import NAME
from offline_queue.catalogue.errors import CATALOGUE_ERRORS
from offline_queue.catalogue.item import Item
from offline_queue.replica.placing import put_in_place


def replace_catalogue(
    directory: Path, items: Iterable[Item], about: dict[str, str], progress: Callable[[int, int], None], *, over: bool
) -> None:
    """Make ``items`` the catalogue of ``directory``; ``over`` allows it where there is one.

    Raises :class:`CatalogueExists`, :class:`CatalogueBusy` while another import runs, and :class:`CatalogueUnwritable`:
    what was there is there then.
    """
    put_in_place(directory / NAME, lambda fresh: build(fresh, items, about, progress), CATALOGUE_ERRORS, over=over)
