"""The LD/T card as a card operating system: applications, and what each command goes to.

What the tables of :mod:`terminal.cards.ldt` say is enforced here; a till that reads or writes without the
right gets 6982. What a tear leaves of a record is :mod:`simulator.tear`'s; several records are never atomic together.
"""

from __future__ import annotations

from collections.abc import Callable
from secrets import token_bytes

from simulator import rights
from simulator.account import ALGORITHM_IDS, CREDIT, DEBIT, INITIALIZE, PROOF, Account
from simulator.file_system import APPEND_RECORD, READ_BINARY, READ_RECORD, UPDATE_BINARY, UPDATE_RECORD, FileSystem
from simulator.image import CardImage
from simulator.rights import CHANGE_PIN, Rights
from simulator.state import CardState
from simulator.t0 import Answer, Command, Refused, Transfer
from simulator.tear import UNREADABLE, Tear
from terminal.cards import ldt
from terminal.cards.ldt import SW

_SELECT, _VERIFY, _CHALLENGE, _UNBLOCK_APPLICATION = (0x00, 0xA4), (0x00, 0x20), (0x00, 0x84), (0x84, 0x18)
_FILE_WRITES = frozenset({UPDATE_RECORD, APPEND_RECORD, UPDATE_BINARY})
WRITES = _FILE_WRITES | {DEBIT, CREDIT}
"""Instructions that write records."""
_CONTENT = 5
_NAMES = {
    ldt.SSSE_AID: "SSSE",
    ldt.DF01_AID: "DF01",
    ldt.DF01.to_bytes(2): "DF01",
    ldt.DF03_AID: "DF03",
    ldt.DF03.to_bytes(2): "DF03",
    ldt.DF04_AID: "DF04",
    ldt.DF04.to_bytes(2): "DF04",
}
_CLASSES = {0x00, 0x04, 0x80, 0x84, 0xB0}
_WHILE_BLOCKED = {_SELECT, _CHALLENGE, _UNBLOCK_APPLICATION}


class CardSystem:
    """A powered card. ``save`` is called after every change that outlives power."""

    def __init__(self, image: CardImage, save: Callable[[], None], entropy: Callable[[int], bytes] = token_bytes) -> None:
        self._card = CardState(image, save, entropy)
        self._files = files = FileSystem(self._card)
        self._proofs = proofs = Rights(self._card)
        account = Account(self._card, files, proofs)
        self._transfer = Transfer(self)
        self._commands: dict[tuple[int, int], Callable[[Command, Transfer], Answer]] = {
            _SELECT: self._select,
            (0x00, READ_RECORD): files.read,
            (0x00, UPDATE_RECORD): files.update,
            (0x00, APPEND_RECORD): files.append,
            (0x00, READ_BINARY): files.read_binary,
            (0x00, UPDATE_BINARY): files.update_binary,
            _VERIFY: proofs.verify,
            CHANGE_PIN: proofs.change,
            (0x84, 0x24): proofs.unblock,
            (0x84, 0xD4): proofs.reload,
            _CHALLENGE: proofs.get_challenge,
            (0x00, 0x82): proofs.external,
            (0x00, 0x88): proofs.internal,
            (0x84, 0x1E): proofs.block_application,
            _UNBLOCK_APPLICATION: proofs.unblock_application,
            (0x84, 0x16): proofs.block_card,
            (0xB0, INITIALIZE): account.initialize,
            (0x80, DEBIT): account.debit,
            (0x80, CREDIT): account.credit,
            (0x80, PROOF): account.prove,
        }

    def execute(self, apdu: bytes | bytearray) -> Answer:
        """Execute one command and return (data, status word), as T=0 does."""
        return self._transfer.execute(apdu)

    def tear(self, apdu: bytes | bytearray, tear: Tear = UNREADABLE) -> None:
        """Lose power while ``apdu`` executes: what it was writing is left as ``tear`` says, a transaction did not happen."""
        code = (apdu[0], apdu[1]) if len(apdu) > 1 else (0, 0)
        if code[1] in WRITES - _FILE_WRITES:
            return
        before, secret = self._files.kept(), bytearray(memoryview(apdu)[_CONTENT:]) if code == CHANGE_PIN else bytearray()
        try:
            if self.execute(apdu)[1] != SW.OK:
                return
            if code == CHANGE_PIN:
                self._proofs.spoil(secret, tear)
            elif code[1] in _FILE_WRITES:
                self._files.spoil(Command.parse(apdu), before, tear)
        finally:
            secret[:] = bytes(len(secret))

    def perform(self, command: Command, transfer: Transfer) -> Answer:
        """Execute one command that is not the transport's own."""
        card, code = self._card, (command.cla, command.ins)
        if card.image.card_blocked:
            raise Refused(SW.FUNCTION)
        perform = self._commands.get(code)
        if perform is None:
            raise Refused(SW.INSTRUCTION if command.cla in _CLASSES else SW.CLASS)
        if card.application in card.image.blocked and code not in _WHILE_BLOCKED:
            raise Refused(SW.CONDITIONS)
        challenge, transaction = card.challenge, card.transaction
        try:
            return perform(command, transfer)
        finally:
            # What a command leaves is good for the next one only.
            if card.challenge is challenge:
                card.challenge = None
            if card.transaction is transaction:
                card.transaction = None

    def _select(self, command: Command, transfer: Transfer) -> Answer:
        card = self._card
        name = _NAMES.get(command.content)
        if name is None or not (name == "SSSE" or card.application):
            self._files.select(int.from_bytes(command.content))
            return transfer.later(bytes((0x6F, 0x04, 0x83, 0x02)) + command.content)
        if card.image.blocked.get(name) == rights.FOR_EVER:
            raise Refused(SW.LOCKED_FOR_EVER)
        card.enter(name)
        inner = bytes((0x84, len(command.content))) + command.content
        if name == "SSSE" and card.image.version.startswith("3"):
            # 9F0C86 and the algorithm: seen by one program, whose meaning of 86 is not public.
            inner += bytes.fromhex("A5049F0C86") + bytes((ALGORITHM_IDS[card.algorithm],))
        return transfer.later(bytes((0x6F, len(inner))) + inner)
