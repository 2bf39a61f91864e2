"""The keys of the simulated cards: derived from a seed, good for nothing outside a simulation.

3DES: diversification and process keys as in PBOC (unconfirmed for LD/T, whose cards come from the same makers); a process
key has eight bytes (confirmed), so what it encrypts is single DES. SM4: the same steps on blocks of sixteen, as PBOC 3.0 has
them (design for LD/T); challenges, cryptograms and MACs keep the lengths that 3DES gives them, so the till sends the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
from enum import StrEnum

from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from terminal.cards import ldt
from terminal.cards.ldt import Key

BLOCK = 8
"""Bytes of a challenge, of a cryptogram and of a diversification factor."""
MAC_BYTES = 4
_KEY_BYTES = 16
_CHECK_BYTES = 16


class Algorithm(StrEnum):
    """Which cipher a set of keys is for."""

    DES = "3DES"
    SM4 = "SM4"

    @property
    def block(self) -> int:
        """Bytes that it encrypts at once."""
        return BLOCK if self is Algorithm.DES else 2 * BLOCK


def triple_des(key: bytes, content: bytes) -> bytes:
    """Encrypt whole blocks under a 16-byte key; an 8-byte key is single DES."""
    return encrypt(Algorithm.DES, key, content)


def encrypt(algorithm: Algorithm, key: bytes, content: bytes) -> bytes:
    """Encrypt whole blocks, each on its own."""
    encryptor = _cipher(algorithm, key, modes.ECB()).encryptor()  # noqa: S305 - the card's own scheme
    return encryptor.update(content) + encryptor.finalize()


def decrypt_into(algorithm: Algorithm, key: bytes, content: bytes) -> bytearray:
    """Decrypt whole blocks into memory that the caller can wipe."""
    decryptor: CipherContext = _cipher(algorithm, key, modes.ECB()).decryptor()  # noqa: S305 - the card's own scheme
    plain = bytearray(len(content) + algorithm.block - 1)
    decryptor.update_into(content, plain)
    decryptor.finalize()
    del plain[len(content) :]
    return plain


def mac(algorithm: Algorithm, key: bytes, content: bytes) -> bytes:
    """Return the first four bytes of the last block of CBC over ``content``, padded with 80 00 …; it starts from zero bytes."""
    encryptor = _cipher(algorithm, key, modes.CBC(bytes(algorithm.block))).encryptor()
    return (encryptor.update(pad(algorithm, content)) + encryptor.finalize())[-algorithm.block :][:MAC_BYTES]


def pad(algorithm: Algorithm, content: bytes) -> bytes:
    """Return ``content`` with 80, then as many 00 as fill the block."""
    return content + b"\x80" + bytes(-(len(content) + 1) % algorithm.block)


def _cipher(algorithm: Algorithm, key: bytes, mode: modes.ECB | modes.CBC) -> Cipher[modes.ECB | modes.CBC]:
    if algorithm is Algorithm.SM4:
        return Cipher(algorithms.SM4(key), mode)
    return Cipher(TripleDES(key * 3 if len(key) == BLOCK else key + key[:BLOCK]), mode)


def diversify(key: bytes, factor: bytes, algorithm: Algorithm = Algorithm.DES) -> bytes:
    """Return the sub-key: the factor and its complement, encrypted."""
    return encrypt(algorithm, key, factor + bytes(byte ^ 0xFF for byte in factor))


def process_key(key: bytes, random: bytes, algorithm: Algorithm = Algorithm.DES) -> bytes:
    """Return the key of one exchange, made from eight bytes that both sides know."""
    return encrypt(algorithm, key, random) if algorithm is Algorithm.DES else diversify(key, random, algorithm)


def cryptogram(key: bytes, random: bytes, content: bytes, algorithm: Algorithm = Algorithm.DES) -> bytes:
    """Return ``content`` under the process key of ``random``."""
    return encipher(process_key(key, random, algorithm), content, algorithm)


def encipher(process: bytes, content: bytes, algorithm: Algorithm) -> bytes:
    """Return ``content`` under a process key: whole blocks, or under SM4 the first half of each half block's."""
    if algorithm is Algorithm.DES:
        return encrypt(algorithm, process, content)
    halves = (content[start : start + BLOCK] for start in range(0, len(content), BLOCK))
    return b"".join(encrypt(algorithm, process, pad(algorithm, half))[:BLOCK] for half in halves)


def proof_key(key: bytes, algorithm: Algorithm) -> bytes:
    """Return what a TAC is made with: the halves of the key added without carry (as PBOC; SM4 keeps the whole key, design)."""
    if algorithm is Algorithm.SM4:
        return key
    return bytes(left ^ right for left, right in zip(key[:BLOCK], key[BLOCK:], strict=True))


def master_key(seed: str, key: Key, algorithm: Algorithm = Algorithm.DES) -> bytes:
    """Return the simulated master key behind an entry of the key table."""
    of = "" if algorithm is Algorithm.DES else f" {algorithm}"
    label = f"simulated master key {key.purpose:02X}/{key.psam_key:02X}{of}"
    return hmac.digest(seed.encode(), label.encode(), "sha256")[:_KEY_BYTES]


def card_key(seed: str, key: Key, factors: tuple[bytes, ...], algorithm: Algorithm = Algorithm.DES) -> bytes:
    """Return a card's own key: the master diversified by as many factors as its purpose has levels, the outermost first."""
    value = master_key(seed, key, algorithm)
    for factor in reversed(factors[: key.levels]):
        value = diversify(value, factor, algorithm)
    return value


def pin_check(packed: bytes | bytearray, atr: bytes) -> bytes:
    """Return what a card keeps instead of its PIN, which is then in no file and no memory to be read.

    Whoever tries all PINs finds it; a card counts the tries.
    """
    return hashlib.blake2b(packed, digest_size=_CHECK_BYTES, salt=atr[-ldt.FACTOR_BYTES :]).digest()
