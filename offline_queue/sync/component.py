"""The bureau's decoding component for e-certificates, reached by the sender because the till opens no connection of its own."""

from __future__ import annotations

from config.settings import Settings
from nhsa import ecert
from offline_queue.gateways.http import HttpGateway
from offline_queue.journal import EnquiryAnswer


class Component:
    """What ``[ecert]`` names. It says nothing of the line to the centre, and changes nothing."""

    def __init__(self, settings: Settings) -> None:
        centre, own = settings.centre, settings.ecert
        self._fixmedins_code = settings.counter.fixmedins_code
        self._gateway = None
        if own.kind == "simulated":
            self._gateway = HttpGateway(own.url, connect_s=centre.connect_s, exchange_s=centre.exchange_s, byte_cap=centre.byte_cap)

    def decode(self, scanned: str) -> EnquiryAnswer:
        """Have a code decoded. The answer's output is a token; nothing of either is logged."""
        if self._gateway is None:
            return EnquiryAnswer(outcome="unreachable", words="none")
        try:
            request = ecert.DecodeRequest(scanned=scanned, fixmedins_code=self._fixmedins_code)
        except ValueError:
            return EnquiryAnswer(outcome="refused")
        said = ecert.read_decoded(self._gateway.exchange(request.encode()))
        if isinstance(said, str):
            return EnquiryAnswer(outcome="unknown", words=said)
        if not said.success:
            return EnquiryAnswer(outcome="refused", words=said.message)
        return EnquiryAnswer(outcome="answered", output={"ecToken": said.ec_token})

    def cut(self) -> None:
        """End what is under way."""
        if self._gateway is not None:
            self._gateway.cut()

    def close(self) -> None:
        """Let the connection go."""
        if self._gateway is not None:
            self._gateway.close()
