"""One list of exchanges with a card and one with a PSAM, for every way to reach them: what each answers is written down.

Commands that prove something are made from the answers before them, so a list is a conversation; with the same random bytes it is the
same bytes everywhere.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from simulator import crypto
from simulator.image import CardImage
from terminal.cards import ldt

Transmit = Callable[[bytes], tuple[bytes, int]]
Exchange = tuple[str, str]
"""Command and answer, hexadecimal."""
TERMINAL, MOMENT = "990100000001", "20260729101500"
NEW = "975310"
SSSE, DF04 = "00A404000F7378312E73682EC9E7BBE1B1A3D5CF", "00A4040006D15600000503"
DF01, DF03 = "00A4040006D15600000500", "00A4000002DF03"


class Repeatable:
    """Random bytes that are the same ones each time: the hashes of 1, 2, 3 and so on."""

    def __init__(self) -> None:
        self._asked = 0

    def __call__(self, size: int) -> bytes:
        """Return the next ``size`` bytes."""
        self._asked += 1
        return hashlib.sha256(self._asked.to_bytes(8)).digest()[:size]


class Conversation:
    """Talks to one card, as somebody who knows all its keys."""

    def __init__(self, transmit: Transmit, image: CardImage) -> None:
        self._transmit = transmit
        self._keys = image.keys
        self._algorithm = crypto.Algorithm(image.algorithm)
        self._version = image.version
        self.exchanges: list[Exchange] = []

    def hold(self, pin: str) -> list[Exchange]:
        """Say everything that can be said, the end of the card last; return what was said."""
        self._strangers()
        self._environment()
        self._insurances(pin)
        self._medical(pin)
        self._money()
        self._office(pin)
        return self.exchanges

    def send(self, command: str) -> str:
        """Send a command and write it down with its answer."""
        content, sw = self._transmit(bytes.fromhex(command))
        answer = f"{content.hex().upper()}{sw:04X}"
        self.exchanges.append((command.upper(), answer))
        return answer

    def collect(self, command: str) -> str:
        """Send a case-4 command, fetch what waits, and return it."""
        waiting = self.send(command)
        return self.send(f"00C00000{waiting[2:4]}")[:-4] if waiting.startswith("61") else ""

    def prove(self, name: str) -> None:
        """Authenticate externally."""
        challenge = self.send("0084000008")[:16]
        content = bytes.fromhex(challenge)
        answer = crypto.cryptogram(self._key(name), content, content, self._algorithm).hex()
        self.send(f"008200{ldt.KEYS[name].card_key:02X}10{answer}{challenge}")

    def _key(self, name: str) -> bytes:
        return bytes.fromhex(self._keys[ldt.key_place(name)])

    def _process(self, name: str, random: str) -> bytes:
        return crypto.process_key(self._key(name), bytes.fromhex(random), self._algorithm)

    def _mac(self, process: bytes, content: str) -> str:
        return crypto.mac(self._algorithm, process, bytes.fromhex(content)).hex()

    def _secure(self, header: str, name: str, plain: str = "") -> None:
        process = self._process(name, self.send("0084000008")[:16])
        content = crypto.encrypt(self._algorithm, process, bytes.fromhex(plain)).hex() if plain else ""
        head = f"{header}{len(content) // 2 + 4:02X}{content}"
        self.send(head + self._mac(process, head))

    # --- what is said ---------------------------------------------------------------------------------------

    def _strangers(self) -> None:
        for command in ("00A40000023F00", DF04, "00B2012812", "0020000003246813", "00C0000008", "00CA000000", "10A4000002EF05"):
            self.send(command)
        for command in ("00A40400", "00A4040005737831", "0084000008", "0084000004", "00840000", "00820000", "FFFFFFFF00"):
            self.send(command)

    def _environment(self) -> None:
        self.collect(SSSE)
        self.send("00B2010012")
        self._read_all("SSSE")
        self.prove("RKSSSE")
        self._read_all("SSSE")
        self.collect("00A4000002EF05")
        self.send("00B2030006")
        self.collect(f"0088000010{'11' * 8}{'22' * 8}")
        self.prove("UKSSSE")
        self.send("00DC0528060504" + "20260729")
        self.send("00DC0528050504202607")
        self.send("00B2052806")
        self.send("00D6870003A1B2C3")
        self.send("00B0870008")
        self.send("00B0870000")

    def _insurances(self, pin: str) -> None:
        self.collect(DF01)
        self._read_all("DF01")
        self.prove("UK2DF01")
        self.send("00DC293803290131")
        self._read_all("DF01")
        self.collect(DF03)
        self._read_all("DF03")
        self.send(f"0020000003{pin}")
        self.prove("RK1DF03")
        self.prove("UK1DF03")
        self.send("00DC602806600420260101")
        self._read_all("DF03")

    def _medical(self, pin: str) -> None:
        self.collect(DF04)
        self.send("0020000003000000")
        self.send("00200000022468")
        self.send(f"0020000003{pin}")
        self._read_all("DF04")
        self.prove("RK1DF04")
        self.prove("UK2DF04")
        for number in range(10):
            self.send(f"00E200A803BEE{number:X}31")
        for command in ("00DC933006930202FF", "00DC930004", "00DC92300692040000C350", "00B201AD18", "00B209AC03", "00B201441C"):
            self.send(command)
        self._read_all("DF04")
        self.send(f"0082008410{'00' * 16}")
        self.send("0084000008")
        self.send(f"0082008410{'00' * 16}")

    def _read_all(self, application: str) -> None:
        """Read every record of an application by tag and by ordinal, with the wrong length and the right one."""
        for file in ldt.files_of(application, self._version).values():
            for number, item in enumerate(file.items, 1):
                self.send(f"00B2{item.tag:02X}{file.sfi << 3:02X}00")
                self.send(f"00B2{number:02X}{file.sfi << 3 | 4:02X}{item.length + 2:02X}")
            self.send(f"00B201{file.sfi << 3 | 4:02X}{file.record_bytes & 0xFF:02X}")

    def _money(self) -> None:
        begun = self.collect(f"B02800010B01{2500:08X}{TERMINAL}")
        process = self._process("DLKDF04", f"{begun[16:24]}{begun[8:12]}8000")
        self.collect(f"805200000B{MOMENT}{self._mac(process, f'{2500:08X}31{TERMINAL}{MOMENT}')}")
        begun = self.collect(f"B02801010F01{700:08X}{300:08X}{TERMINAL}")
        process = self._process("DPKDF04", f"{begun[16:24]}{begun[8:12]}0007")
        mac1 = self._mac(process, f"00000000{700:08X}{300:08X}{TERMINAL}{MOMENT}")
        self.collect(f"805401000F00000007{MOMENT}{mac1}")
        self.collect(f"805A003202{begun[8:12]}")
        self.send(f"805401000F00000008{MOMENT}00000000")
        self.send("00B201441C")
        self.send("00B202441C")

    def _office(self, pin: str) -> None:
        block = f"03{NEW}80".ljust(2 * self._algorithm.block, "0")
        self.send(f"805E010007{NEW}FF{pin}")
        self.send(f"805E010007{pin}FF{NEW}")
        for _ in range(4):
            self.send("0020000003000000")
        self._secure("84240000", "PUK")
        self.prove("PUK")
        self._secure("84240000", "PUK")
        self._secure("84D40000", "PUK", block)
        self.send(f"0020000003{NEW}")
        for header in ("841E0000", "84180000", "841E0001"):
            self._secure(header, "BK")
            self.send("00B2803006")
        self.collect(SSSE)
        self.send(DF04)
        self._secure("84160000", "BK")
        self.send(SSSE)
        self.send("0084000008")


def with_psam(transmit: Transmit) -> list[Exchange]:
    """Say what is said to a PSAM: numbers, a cryptogram of each level, a MAC, and what it refuses."""
    found: list[Exchange] = []
    commands = [
        "00A4040006D15600000503",
        "BFDE672D20" + "00" * 32,
        "00A4040006D15600000590",
        "00C000000A",
        "00B0960006",
        "00B095000A",
        "00B0960000",
    ]
    for key in ldt.KEYS.values():
        for mark in (0, ldt.SM4_KEY):
            size = 8 * (key.levels + 1)
            commands += [f"BFDE{key.purpose:02X}{key.psam_key | mark:02X}{size:02X}{bytes(range(size)).hex()}"]
            commands += ["80FA000008" + "A5" * 8, "00C0000008", "80FA050010" + "00" * 8 + "A5" * 8, "00C0000004"]
    commands += ["BFDE67FF20" + "00" * 32, "80FA000008" + "00" * 8, "BFDE672D18" + "00" * 24, "00CA000000"]
    for command in commands:
        content, sw = transmit(bytes.fromhex(command))
        found.append((command, f"{content.hex().upper()}{sw:04X}"))
    return found
