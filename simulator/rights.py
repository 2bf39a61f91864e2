"""PIN and keys of a card: what is proved, what is counted, and the commands that only a proof of the office makes work."""

from __future__ import annotations

from hmac import compare_digest

from simulator import crypto
from simulator.state import CardState
from simulator.t0 import Answer, Command, Refused, Transfer
from simulator.tear import Tear
from terminal.cards import ldt
from terminal.cards.ldt import SW

_KEY_NAMES = {ldt.key_place(name): name for name in ldt.KEYS}
_PUK, _BLOCKING = ldt.key_place("PUK"), ldt.key_place("BK")
_PIN_BYTES = ldt.PIN_DIGITS // 2
_KEY_VERSION = b"\x01"
CHANGE_PIN = (0x80, 0x5E)
_DONE: Answer = (b"", SW.OK)
TEMPORARY, FOR_EVER = "temporary", "for ever"


class Rights:
    """Who may do what."""

    def __init__(self, card: CardState) -> None:
        self._card = card

    # --- the PIN --------------------------------------------------------------------------------------------

    def verify(self, command: Command, transfer: Transfer) -> Answer:
        """VERIFY."""
        del transfer
        self._require_application()
        if len(command.secret) != _PIN_BYTES:
            raise Refused(SW.BLOCKED if self._card.image.pin_left == 0 else SW.LENGTH)
        self._compare(command.secret)
        return _DONE

    def change(self, command: Command, transfer: Transfer) -> Answer:
        """CHANGE PIN: old ‖ FF ‖ new. The old one is compared as VERIFY does, and costs a try as there.

        A PIN that cards are issued with is no new one: the library's code for that refusal is public (−36), the card's own is not.
        """
        del transfer
        secret = command.secret
        self._require_application()
        if command.p1 != ldt.CHANGE_PIN_P1 or command.p2:
            raise Refused(SW.P1P2)
        if len(secret) != 2 * _PIN_BYTES + 1:
            raise Refused(SW.LENGTH)
        old, new = bytearray(memoryview(secret)[:_PIN_BYTES]), bytearray(memoryview(secret)[_PIN_BYTES + 1 :])
        try:
            if secret[_PIN_BYTES] != ldt.PIN_SEPARATOR or not _decimal(new):
                raise Refused(SW.CONTENT)
            self._compare(old)
            check = self._check(new)
            if check in self._initial_checks():
                raise Refused(SW.CONTENT)
            self._card.image.pin_check = check.hex().upper()
            self._card.save()
        finally:
            old[:], new[:] = bytes(_PIN_BYTES), bytes(_PIN_BYTES)
        return _DONE

    def spoil(self, secret: bytearray, tear: Tear) -> None:
        """Leave the PIN as ``tear`` says of a change, old ‖ FF ‖ new, that was executed: power was lost meanwhile.

        A card that cannot tell which it is keeps the new one: its PIN is never unreadable.
        """
        place = tear.place(_PIN_BYTES, tear.byte)
        left = bytearray(memoryview(secret)[:_PIN_BYTES])
        left[:place] = memoryview(secret)[_PIN_BYTES + 1 :][:place]
        self._card.image.pin_check = self._check(left).hex().upper()
        self._card.save()
        left[:] = bytes(len(left))

    def is_initial(self) -> bool:
        """Whether the PIN is still one that cards are issued with: such a card is not active, and its account does not move."""
        return bytes.fromhex(self._card.image.pin_check) in self._initial_checks()

    def unblock(self, command: Command, transfer: Transfer) -> Answer:
        """UNBLOCK PIN, 84 24, MAC: the tries are whole again, the PIN stays. The PUK was proved before.

        CLA, INS and the lengths of this and of RELOAD are confirmed (one program); P1 and P2 are not.
        """
        del transfer
        self._require_office(command)
        if self._authentic(command, _PUK):
            raise Refused(SW.LENGTH)
        self._restore()
        return _DONE

    def reload(self, command: Command, transfer: Transfer) -> Answer:
        """RELOAD PIN, 84 D4: the encrypted block of a new PIN (length ‖ digits ‖ 80 00 …) and a MAC. The PUK was proved before."""
        del transfer
        self._require_office(command)
        card = self._card
        packed = self._authentic(command, _PUK)
        if len(packed) != card.algorithm.block:
            raise Refused(SW.LENGTH)
        plain = crypto.decrypt_into(card.algorithm, self._process_key(_PUK, card.challenge), packed)
        try:
            new, filling = plain[1 : 1 + _PIN_BYTES], plain[1 + _PIN_BYTES :]
            if plain[0] != _PIN_BYTES or not _decimal(new) or filling != b"\x80".ljust(len(filling), b"\0"):
                raise Refused(SW.CONTENT)
            card.image.pin_check = self._check(new).hex().upper()
            new[:] = bytes(len(new))
        finally:
            plain[:] = bytes(len(plain))
        self._restore()
        return _DONE

    def _restore(self) -> None:
        self._card.image.pin_left = self._card.image.pin_tries
        self._card.save()

    def _require_application(self) -> None:
        if not self._card.application:
            raise Refused(SW.CONDITIONS)

    def _require_office(self, command: Command) -> None:
        self._require_application()
        if "PUK" not in self._card.proved:
            raise Refused(SW.SECURITY)
        if command.p1 or command.p2:
            raise Refused(SW.P1P2)

    def _compare(self, packed: bytearray) -> None:
        image, card = self._card.image, self._card
        if image.pin_left == 0:
            raise Refused(SW.BLOCKED)
        # The try is counted before the comparison: a pull in between must not give it back.
        image.pin_left -= 1
        card.save()
        card.proved.discard(ldt.PIN)
        if not compare_digest(self._check(packed), bytes.fromhex(image.pin_check)):
            raise Refused(0x63C0 | image.pin_left)
        card.proved.add(ldt.PIN)
        self._restore()

    def _check(self, packed: bytes | bytearray) -> bytes:
        return crypto.pin_check(packed, bytes.fromhex(self._card.image.atr))

    def _initial_checks(self) -> set[bytes]:
        return {self._check(bytes.fromhex(digits.decode())) for digits in ldt.INITIAL_PINS}

    # --- authentication -------------------------------------------------------------------------------------

    def get_challenge(self, command: Command, transfer: Transfer) -> Answer:
        """GET CHALLENGE: good for the next command only."""
        challenge = self._card.entropy(crypto.BLOCK)
        answer = transfer.now(challenge, command.p3)
        self._card.challenge = challenge
        return answer

    def external(self, command: Command, transfer: Transfer) -> Answer:
        """EXTERNAL AUTHENTICATE: the till proves a key by cryptogram ‖ its content, under the challenge of the command before."""
        del transfer
        card, place = self._card, ldt.place(self._card.application, command.p2)
        key = self._pair_of_blocks(place, command.content)
        card.tries(place)
        if card.challenge is None:
            raise Refused(SW.NO_CHALLENGE)
        answer, content = command.content[: crypto.BLOCK], command.content[crypto.BLOCK :]
        left = card.compare(place, answer, crypto.cryptogram(key, card.challenge, content, card.algorithm))
        if left is not None:
            raise Refused(0x63C0 | left)
        card.proved.add(_KEY_NAMES[place])
        return _DONE

    def internal(self, command: Command, transfer: Transfer) -> Answer:
        """Prove the card's own key on a random and a content that the till chose (INTERNAL AUTHENTICATE).

        A seventeenth byte is the key's version, which some programs send; there is one version here.
        """
        if command.p2 != ldt.KEYS["IRK"].card_key:
            raise Refused(SW.NO_KEY)
        content = command.content[: 2 * crypto.BLOCK]
        if command.content[2 * crypto.BLOCK :] not in {b"", _KEY_VERSION}:
            raise Refused(SW.NO_KEY if len(command.content) == len(content) + 1 else SW.LENGTH)
        key = self._pair_of_blocks(ldt.key_place("IRK"), content)
        return transfer.later(crypto.cryptogram(key, content[: crypto.BLOCK], content[crypto.BLOCK :], self._card.algorithm))

    def _pair_of_blocks(self, place: str, content: bytes) -> bytes:
        """Return the key for two blocks."""
        if place not in _KEY_NAMES:
            raise Refused(SW.NO_KEY)
        key = self._card.key(place)
        if len(content) != 2 * crypto.BLOCK:
            raise Refused(SW.LENGTH)
        return key

    # --- secure messages --------------------------------------------------------------------------------------

    def _process_key(self, place: str, challenge: bytes | None) -> bytes:
        if challenge is None:
            raise Refused(SW.NO_CHALLENGE)
        return crypto.process_key(self._card.key(place), challenge, self._card.algorithm)

    def _authentic(self, command: Command, place: str) -> bytes:
        """Return a command's content without its MAC, which is over header and content (process key of the challenge; unconfirmed)."""
        card, content = self._card, command.content
        card.tries(place)
        process = self._process_key(place, card.challenge)
        if len(content) < crypto.MAC_BYTES:
            raise Refused(SW.LENGTH)
        plain, given = content[: -crypto.MAC_BYTES], content[-crypto.MAC_BYTES :]
        header = bytes((command.cla, command.ins, command.p1, command.p2, command.p3))
        if card.compare(place, given, crypto.mac(card.algorithm, process, header + plain)) is not None:
            raise Refused(SW.SECURE_MESSAGE)
        return plain

    # --- blocking ---------------------------------------------------------------------------------------------

    def block_application(self, command: Command, transfer: Transfer) -> Answer:
        """APPLICATION BLOCK, 84 1E, MAC under BK: P2 00 until unblocked, 01 for ever (PBOC's bytes; design for LD/T)."""
        del transfer
        card = self._card
        if card.application in {"", "SSSE"}:
            raise Refused(SW.CONDITIONS)
        if command.p1 or command.p2 > 1:
            raise Refused(SW.P1P2)
        self._authentic(command, _BLOCKING)
        card.image.blocked[card.application] = FOR_EVER if command.p2 else TEMPORARY
        card.proved.clear()
        card.save()
        return _DONE

    def unblock_application(self, command: Command, transfer: Transfer) -> Answer:
        """APPLICATION UNBLOCK, 84 18, MAC under BK."""
        del transfer
        card = self._card
        if card.image.blocked.get(card.application) != TEMPORARY:
            raise Refused(SW.CONDITIONS)
        self._authentic(command, _BLOCKING)
        del card.image.blocked[card.application]
        card.save()
        return _DONE

    def block_card(self, command: Command, transfer: Transfer) -> Answer:
        """CARD BLOCK, 84 16, MAC under BK: nothing answers any more."""
        del transfer
        self._require_application()
        self._authentic(command, _BLOCKING)
        self._card.image.card_blocked = True
        self._card.save()
        return _DONE


def _decimal(packed: bytes | bytearray) -> bool:
    """Whether every half byte is a decimal digit."""
    return all(byte >> 4 <= 9 and byte & 0x0F <= 9 for byte in packed)  # noqa: PLR2004 - decimal digits
