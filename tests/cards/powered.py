"""A powered card in memory, for tests: hexadecimal in, hexadecimal out."""

from __future__ import annotations

from simulator import crypto, image
from simulator.card import CardSystem
from simulator.personalise import card_of
from terminal.cards import ldt
from tests.cards.people import entry

PIN = bytes.fromhex("246813")
SELECT_SSSE = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF"
SELECT_DF04 = "00A4040006D15600000503"
SEED = "test"


class Powered:
    """A powered card whose image the test sees."""

    def __init__(self, version: str = "2.00", **changes: str) -> None:
        person = {"version": version, "issued": "20240101", "valid_until": "20331231", "pin_tries": "3"} | entry("a", **changes)
        self.image: image.CardImage = card_of(person, SEED)
        self.saved = 0
        self.system = CardSystem(self.image, self._save)

    def _save(self) -> None:
        self.saved += 1

    def send(self, command: str) -> str:
        """Send hexadecimal, return data and status word as hexadecimal."""
        content, sw = self.system.execute(bytes.fromhex(command))
        return f"{content.hex().upper()}{sw:04X}"

    def enter(self, application: str, *, pin: bool = False, key: str = "") -> None:
        """Select an application and prove what is asked for."""
        self.send(SELECT_SSSE)
        if application == "DF04":
            self.send(SELECT_DF04)
        if pin:
            assert "9000" == self.send(f"0020000003{PIN.hex()}")
        if key:
            assert "9000" == self.prove(key)

    def prove(self, key: str) -> str:
        """Authenticate externally with the key's own value, as a PSAM would."""
        challenge = bytes.fromhex(self.send("0084000008"))[:8]
        identifier = ldt.KEYS[key].card_key
        answer = crypto.cryptogram(bytes.fromhex(self.image.keys[f"{identifier:02X}"]), challenge, challenge)
        return self.send(f"008200{identifier:02X}10{answer.hex()}{challenge.hex()}")
