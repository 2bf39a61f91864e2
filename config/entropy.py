"""The one place that draws unpredictable bytes: salts, tags, challenges, keys."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Protocol


class Entropy(Protocol):
    """A source of bytes."""

    def token(self, size: int, label: str) -> bytes:
        """Return ``size`` bytes. ``label`` names the use, unique per draw (such as ``"salt/<record id>"``)."""
        ...


class SystemEntropy:
    """The operating system's randomness; the label is ignored."""

    def token(self, size: int, label: str) -> bytes:
        """Return ``size`` unpredictable bytes."""
        del label
        return secrets.token_bytes(size)


class SeededEntropy:
    """The same bytes for the same seed and label, in any process and order. For demonstrations only: nothing is secret."""

    def __init__(self, seed: str) -> None:
        self._seed = seed.encode()

    def token(self, size: int, label: str) -> bytes:
        """Return ``size`` bytes of HMAC-SHA256(seed, block ‖ label), block after block."""
        blocks = -(-size // hashlib.sha256().digest_size)
        stream = b"".join(hmac.digest(self._seed, block.to_bytes(4) + label.encode(), "sha256") for block in range(blocks))
        return stream[:size]


def entropy_of(seed: str) -> Entropy:
    """Return the source that ``[demonstration] seed`` names: the operating system's when it is empty."""
    return SeededEntropy(seed) if seed else SystemEntropy()
