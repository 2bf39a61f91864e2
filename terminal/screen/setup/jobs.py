"""What the set-up has done elsewhere: the screen's side of what takes time, and of what only a screen can do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from settlement.errors import OperatorError

if TYPE_CHECKING:
    from terminal.setup.trials import CardSeen

_T = TypeVar("_T")


class Jobs(Protocol):
    """What takes time and happens elsewhere."""

    def aside(self, work: Callable[[], _T], then: Callable[[_T], None], failed: Callable[[OperatorError], None]) -> None:
        """Do ``work`` on a thread of its own and give what it returns or raises to the screen's thread."""

    def wait_for_card(
        self, table: dict[str, Any], then: Callable[[CardSeen | None], None], failed: Callable[[OperatorError], None]
    ) -> None:
        """Wait for a card in the reader of these settings; it ends the waiting before."""

    def stop_waiting(self) -> None:
        """Wait for no card any more."""

    def dress(self) -> None:
        """Put on the colours that are chosen."""

    def show(self) -> None:
        """Paint again."""

    def leave(self, *, written: bool) -> None:
        """End the set-up."""
