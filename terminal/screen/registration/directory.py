"""The departments, doctors and fee classes as the open desk finds them, and which of them are still free in this half-day."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from typing_extensions import override

from offline_queue.registry import Department, Offer, Registry
from settlement.errors import OperatorError
from terminal.following import FollowedReplica

Key = tuple[str, str, str]
"""Department, doctor and fee class, by their codes."""


def key_of(offer: Offer) -> Key:
    """Return what an offer is found by."""
    return offer.department.dept_code, offer.atddr_no, offer.fee_class


@dataclass(frozen=True, slots=True, kw_only=True)
class Available:
    """One offer, and how many may still register for it in this half-day."""

    offer: Offer
    left: int | None
    """None without a limit."""

    @property
    def free(self) -> bool:
        """Whether somebody may still register for it."""
        return self.left is None or self.left > 0


class Directory(FollowedReplica[Registry]):
    """The registry of one data directory, for one thread."""

    def __init__(self, directory: Path, *, told: Callable[[OperatorError], None] = lambda _: None) -> None:
        """``told`` hears of a registry that cannot be read, once for each."""
        self._offers: dict[tuple[str, str], list[Offer]] = {}
        self._taken: Mapping[Key, int] = {}
        self.path = directory
        super().__init__(directory, Registry, told=told)

    def take_counts(self, taken: Mapping[Key, int]) -> None:
        """Hear how many have registered for each offer in this half-day."""
        self._taken = taken

    def find(self, query: str, at: str, limit: int) -> list[Department]:
        """Return the departments that a query finds and that offer something at that moment."""
        return self.ask(lambda registry: registry.departments(query, at, limit), [])

    def available(self, dept_code: str, at: str) -> list[Available]:
        """Return what a department offers at that moment, in the order of the file."""
        if (dept_code, at) not in self._offers:
            offers: list[Offer] = self.ask(lambda registry: registry.offers(dept_code, at), [])
            # Of this moment only: the next minute asks anew.
            self._offers = {key: kept for key, kept in self._offers.items() if key[1] == at} | {(dept_code, at): offers}
        return [Available(offer=offer, left=self._left(offer)) for offer in self._offers.get((dept_code, at), [])]

    def _left(self, offer: Offer) -> int | None:
        return None if offer.quota is None else max(offer.quota - self._taken.get(key_of(offer), 0), 0)

    @override
    def _drop(self) -> None:
        super()._drop()
        self._offers = {}
