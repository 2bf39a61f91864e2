"""The application of a clinic's registration desk: the till's, with departments instead of goods."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from typing_extensions import override

from terminal.screen.app import CounterApp

if TYPE_CHECKING:
    from terminal.screen.cashier.seller import Seller
    from terminal.screen.registration.registrar import Registrar


class RegistrationApp(CounterApp):
    """One desk."""

    REGISTERS: ClassVar[bool] = True

    @override
    def _kind(self) -> type[Seller | Registrar]:
        from terminal.screen.registration.registrar import Registrar  # noqa: PLC0415 - after the first frame

        return Registrar
