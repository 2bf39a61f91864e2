"""The personal account on a card whose system debits by itself: load, debit, TAC, and the log in EF08.

What is public: INITIALIZE FOR LOAD and its answer, the process keys, MAC1 of the load, the fields and the length of the debit's
messages, the record of EF08, 9302 and 9403. What is not (design, in the manner of PBOC, whose COS these cards carry): class and
instruction of the debit, order of the fields under the debit's MAC1, CREDIT, the TACs, the types, GET TRANSACTION PROOF. The account's
balance is record 92 of EF06, one amount in one place. A transaction is all or nothing: the card's own anti-tear.
"""

from __future__ import annotations

from simulator import crypto
from simulator.file_system import FileSystem
from simulator.rights import Rights
from simulator.state import CardState, Transaction
from simulator.t0 import Answer, Command, Refused, Transfer
from terminal.cards import ldt
from terminal.cards.ldt import SW

INITIALIZE, DEBIT, CREDIT, PROOF = 0x28, 0x54, 0x52, 0x5A
LOADED, DEBITED = b"1", b"2"
"""Type of a transaction, in MACs and in EF08 (design)."""
KEY_INDEX, KEY_VERSION, ALGORITHM_IDS = 0x01, 0x01, {crypto.Algorithm.DES: 0x01, crypto.Algorithm.SM4: 0x03}
_FOR_LOAD, _FOR_DEBIT, _OF_ACCOUNT = 0x00, 0x01, 0x01
_AMOUNT, _TERMINAL, _MOMENT, _SEQUENCE, _RANDOM = 4, 6, 7, 2, 4
_LOAD_FILLING = bytes.fromhex("8000")
_SEQUENCES = 1 << 16
_AMOUNT_MAX = (1 << 32) - 1


class Account:
    """Money on the card, in fen."""

    def __init__(self, card: CardState, files: FileSystem, rights: Rights) -> None:
        self._card = card
        self._files = files
        self._rights = rights

    def initialize(self, command: Command, transfer: Transfer) -> Answer:
        """INITIALIZE FOR LOAD, B0 28 00 01, or for a debit, B0 28 01 01 (design): key index ‖ amount(s) ‖ terminal number."""
        card, content = self._card, command.content
        if card.application != "DF04":
            raise Refused(SW.CONDITIONS)
        amounts = {_FOR_LOAD: 1, _FOR_DEBIT: 2}.get(command.p1)
        if amounts is None or command.p2 != _OF_ACCOUNT:
            raise Refused(SW.P1P2)
        if len(content) != 1 + amounts * _AMOUNT + _TERMINAL:
            raise Refused(SW.LENGTH)
        if content[0] != KEY_INDEX:
            raise Refused(SW.KEY_INDEX)
        card.permit(ldt.Access(ldt.PIN))
        terminal = content[-_TERMINAL:]
        if self._rights.is_initial():
            # The library's code is −35; the card's own is not public.
            raise Refused(SW.CONDITIONS)
        given = [int.from_bytes(content[1 + _AMOUNT * number :][:_AMOUNT]) for number in range(amounts)]
        return self._begin((given[0], sum(given[1:])), terminal, DEBITED if command.p1 else LOADED, transfer)

    def _begin(self, amounts: tuple[int, int], terminal: bytes, kind: bytes, transfer: Transfer) -> Answer:
        card, balance = self._card, self._balance()
        if kind == DEBITED and amounts[0] > balance:
            raise Refused(SW.FUNDS)
        if kind == LOADED and balance + amounts[0] > _AMOUNT_MAX:
            raise Refused(SW.CONTENT)
        begun = Transaction(kind, amounts, terminal, card.entropy(_RANDOM), card.image.sequence.to_bytes(_SEQUENCE))
        answer = balance.to_bytes(_AMOUNT) + begun.sequence + bytes((KEY_VERSION, ALGORITHM_IDS[card.algorithm])) + begun.random
        if kind == LOADED:
            answer += self._mac(self._load_key(begun), balance.to_bytes(_AMOUNT) + amounts[0].to_bytes(_AMOUNT) + kind + terminal)
        card.transaction = begun
        return transfer.later(answer)

    def debit(self, command: Command, transfer: Transfer) -> Answer:
        """DEBIT, 80 54 01 00: terminal sequence 4 ‖ moment 7 ‖ MAC1 4; answer TAC 4 ‖ MAC2 4."""
        content = command.content
        begun = self._begun(command, DEBITED, 0x01, _AMOUNT + _MOMENT + crypto.MAC_BYTES)
        number, moment, given = content[:_AMOUNT], content[_AMOUNT : _AMOUNT + _MOMENT], content[-crypto.MAC_BYTES :]
        own, pooled = (amount.to_bytes(_AMOUNT) for amount in begun.amounts)
        process = self._process_key("DPKDF04", begun.random + begun.sequence + number[-_SEQUENCE:])
        self._accept("DPKDF04", given, self._mac(process, bytes(_AMOUNT) + own + pooled + begun.terminal + moment))
        tac = self._tac(own + pooled + begun.kind + begun.terminal + number + moment)
        mac2 = self._mac(process, own + pooled)
        self._book(begun, moment, self._balance() - begun.amounts[0], tac + mac2)
        return transfer.later(tac + mac2)

    def credit(self, command: Command, transfer: Transfer) -> Answer:
        """CREDIT FOR LOAD, 80 52 00 00: moment 7 ‖ MAC2 4, which the ledger's host made; answer TAC 4."""
        content = command.content
        begun = self._begun(command, LOADED, 0x00, _MOMENT + crypto.MAC_BYTES)
        moment, given = content[:_MOMENT], content[_MOMENT:]
        amount = begun.amounts[0].to_bytes(_AMOUNT)
        self._accept("DLKDF04", given, self._mac(self._load_key(begun), amount + begun.kind + begun.terminal + moment))
        after = self._balance() + begun.amounts[0]
        tac = self._tac(after.to_bytes(_AMOUNT) + begun.sequence + amount + begun.kind + begun.terminal + moment)
        self._book(begun, moment, after, tac)
        return transfer.later(tac)

    def prove(self, command: Command, transfer: Transfer) -> Answer:
        """GET TRANSACTION PROOF, 80 5A 00 and the type: what the last transaction answered, when the pull ate it."""
        card = self._card
        if len(command.content) != _SEQUENCE:
            raise Refused(SW.LENGTH)
        kept = bytes.fromhex(card.image.proof)
        if card.application != "DF04" or kept[: 1 + _SEQUENCE] != bytes((command.p2,)) + command.content:
            raise Refused(SW.NO_MAC)
        return transfer.later(kept[1 + _SEQUENCE :])

    # --- keys and MACs ----------------------------------------------------------------------------------------

    def _process_key(self, name: str, random: bytes) -> bytes:
        return crypto.process_key(self._card.key(ldt.key_place(name)), random, self._card.algorithm)

    def _load_key(self, begun: Transaction) -> bytes:
        return self._process_key("DLKDF04", begun.random + begun.sequence + _LOAD_FILLING)

    def _mac(self, process: bytes, content: bytes) -> bytes:
        return crypto.mac(self._card.algorithm, process, content)

    def _tac(self, content: bytes) -> bytes:
        algorithm = self._card.algorithm
        return crypto.mac(algorithm, crypto.proof_key(self._card.key(ldt.key_place("DTKDF04")), algorithm), content)

    def _accept(self, name: str, given: bytes, right: bytes) -> None:
        if self._card.compare(ldt.key_place(name), given, right) is not None:
            raise Refused(SW.MAC_INVALID)

    # --- records ----------------------------------------------------------------------------------------------

    def _begun(self, command: Command, kind: bytes, p1: int, length: int) -> Transaction:
        """Return what the command before began."""
        begun = self._card.transaction
        if begun is None or begun.kind != kind:
            raise Refused(SW.STATE)
        if command.p1 != p1 or command.p2:
            raise Refused(SW.P1P2)
        if len(command.content) != length:
            raise Refused(SW.LENGTH)
        return begun

    def _balance(self) -> int:
        record = self._card.image.records["DF04|EF06"].get(f"{ldt.TAG_AMOUNT:02X}", "")
        if not record:
            raise Refused(SW.MEMORY if record is None else SW.NO_RECORD)
        return int(record, 16)

    def _book(self, begun: Transaction, moment: bytes, after: int, answer: bytes) -> None:
        """Write balance, log, sequence and proof together."""
        card = self._card
        amounts = b"".join(amount.to_bytes(_AMOUNT) for amount in (*begun.amounts, after))
        card.image.records["DF04|EF06"][f"{ldt.TAG_AMOUNT:02X}"] = amounts[-_AMOUNT:].hex().upper()
        self._files.log(
            ldt.files_of("DF04", card.image.version)[ldt.DEBITS.fid], begun.sequence + begun.kind + begun.terminal + moment + amounts
        )
        card.image.sequence = (card.image.sequence + 1) % _SEQUENCES
        card.image.proof = (begun.kind + begun.sequence + answer).hex().upper()
        card.save()
