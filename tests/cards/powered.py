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
SELECT = {"SSSE": SELECT_SSSE, "DF01": "00A4040006D15600000500", "DF03": "00A4040006D15600000502", "DF04": SELECT_DF04}
SEED = "test"


class Powered:
    """A powered card whose image the test sees."""

    def __init__(self, version: str = "2.00", **changes: str) -> None:
        person = {"version": version} | entry("a", **changes)
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
        if application != "SSSE":
            self.send(SELECT[application])
        if pin:
            assert "9000" == self.send(f"0020000003{PIN.hex()}")
        if key:
            assert "9000" == self.prove(key)

    def prove(self, key: str) -> str:
        """Authenticate externally with the key's own value, as a PSAM would."""
        challenge = self.challenge()
        identifier = ldt.KEYS[key].card_key
        answer = crypto.cryptogram(self.key(key), challenge, challenge, crypto.Algorithm(self.image.algorithm))
        return self.send(f"008200{identifier:02X}10{answer.hex()}{challenge.hex()}")

    def key(self, name: str) -> bytes:
        """Return one of the card's keys, as its issuer knows it."""
        return bytes.fromhex(self.image.keys[ldt.key_place(name)])

    def challenge(self) -> bytes:
        """Ask for a challenge."""
        return bytes.fromhex(self.send("0084000008"))[:8]
