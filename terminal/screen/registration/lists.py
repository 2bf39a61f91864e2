"""F6 at the desk: what of today may be cancelled, in the desk's own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from terminal.screen.cashier.lists import VoidsMode
from terminal.screen.list_news import PickRow
from terminal.screen.words import tr

if TYPE_CHECKING:
    from terminal.screen.cashier.model import Cashier


class CancelMode(VoidsMode):
    """Enter takes the registration or charge, a digit the reason, F8 cancels: a visit's is cancelled as a whole."""

    parts = False

    def __init__(self, till: Cashier, rows: tuple[PickRow, ...]) -> None:
        super().__init__(till, rows)
        self.title = tr("Cancel a registration or charge of today")

    @property
    @override
    def heading(self) -> str:
        return tr("Department")

    @property
    @override
    def reasons(self) -> tuple[str, ...]:
        return (
            tr("patient withdraws"),
            tr("wrong department"),
            tr("wrong doctor, fee class or amount"),
            tr("wrong person"),
            tr("other"),
        )
