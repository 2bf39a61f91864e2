"""The keys of the simulated cards: derived from a seed, good for nothing outside a simulation.

Diversification and process keys as in PBOC (unconfirmed for LD/T, whose cards come from the same makers).
"""

from __future__ import annotations

import hashlib
import hmac

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, modes

from terminal.cards import ldt
from terminal.cards.ldt import Key

BLOCK = 8
_KEY_BYTES = 16
_CHECK_BYTES = 16


def triple_des(key: bytes, content: bytes) -> bytes:
    """Encrypt whole blocks under a 16-byte key; an 8-byte key is single DES."""
    whole = key * 3 if len(key) == BLOCK else key + key[:BLOCK]
    encryptor = Cipher(TripleDES(whole), modes.ECB()).encryptor()  # noqa: S305 - the card's own scheme
    return encryptor.update(content) + encryptor.finalize()


def diversify(key: bytes, factor: bytes) -> bytes:
    """Return the sub-key: 3DES(MK, f) ‖ 3DES(MK, ~f)."""
    return triple_des(key, factor) + triple_des(key, bytes(byte ^ 0xFF for byte in factor))


def master_key(seed: str, key: Key) -> bytes:
    """Return the simulated master key behind an entry of the key table."""
    label = f"simulated master key {key.purpose:02X}/{key.psam_key:02X}"
    return hmac.digest(seed.encode(), label.encode(), "sha256")[:_KEY_BYTES]


def card_key(seed: str, key: Key, factors: tuple[bytes, ...]) -> bytes:
    """Return a card's own key: the master diversified by as many factors as its purpose has levels, the outermost first."""
    value = master_key(seed, key)
    for factor in reversed(factors[: key.levels]):
        value = diversify(value, factor)
    return value


def pin_check(packed: bytes | bytearray, atr: bytes) -> bytes:
    """Return what a card keeps instead of its PIN, which is then in no file and no memory to be read.

    Whoever tries all PINs finds it; a card counts the tries.
    """
    return hashlib.blake2b(packed, digest_size=_CHECK_BYTES, salt=atr[-ldt.FACTOR_BYTES :]).digest()


def cryptogram(key: bytes, random: bytes, content: bytes) -> bytes:
    """Return DES(process key, content), the process key being 3DES(key, random)."""
    return triple_des(triple_des(key, random), content)
