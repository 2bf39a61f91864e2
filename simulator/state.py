"""What a powered card knows until it loses power, over the image that it keeps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from hmac import compare_digest

from simulator.crypto import Algorithm
from simulator.image import CardImage
from simulator.t0 import Refused
from terminal.cards import ldt
from terminal.cards.ldt import SW

KEY_TRIES = 3


@dataclass(frozen=True, slots=True)
class Transaction:
    """What an INITIALIZE of load or debit began; good for the next command only."""

    kind: bytes
    amounts: tuple[int, int]
    """Fen: from or to the personal account, and the pooled fund's."""
    terminal: bytes
    random: bytes
    sequence: bytes


@dataclass(slots=True)
class CardState:
    """A powered card. ``save`` keeps the image; nothing else outlives power. ``entropy`` gives as many random bytes as are asked for."""

    image: CardImage
    save: Callable[[], None]
    entropy: Callable[[int], bytes]
    application: str = ""
    file: ldt.File | None = None
    proved: set[str] = field(default_factory=set)
    """The PIN and the names of the keys that were proved since the application was selected."""
    challenge: bytes | None = None
    transaction: Transaction | None = None

    @property
    def algorithm(self) -> Algorithm:
        """The cipher of the card's keys."""
        return Algorithm(self.image.algorithm)

    def enter(self, application: str) -> None:
        """Make an application the current one: each proves its rights anew, so that none leaks from one to the next."""
        self.application, self.file = application, None
        self.proved.clear()

    def permit(self, access: ldt.Access) -> None:
        """Refuse who has not proved what the rule asks for."""
        if not access.permits(frozenset(self.proved)):
            raise Refused(SW.SECURITY)

    def key(self, place: str) -> bytes:
        """Return a key of the card."""
        if (key := self.image.keys.get(place)) is None:
            raise Refused(SW.NO_KEY)
        return bytes.fromhex(key)

    def tries(self, place: str) -> int:
        """Return how often a key may still be failed; refuse when not at all."""
        left = self.image.key_left.get(place, KEY_TRIES)
        if left == 0:
            raise Refused(SW.BLOCKED)
        return left

    def compare(self, place: str, given: bytes, right: bytes) -> int | None:
        """Return None when ``given`` is right, else the tries that its key has left; whoever is right gets them all back."""
        # The try is counted before the comparison, as a PIN's: a pull in between must not give it back.
        self.image.key_left[place] = left = self.tries(place) - 1
        self.save()
        if not compare_digest(given, right):
            return left
        del self.image.key_left[place]
        self.save()
        return None
