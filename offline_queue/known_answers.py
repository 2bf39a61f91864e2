"""Known-answer tests of the algorithms that the counter's promises rest on: a library that computes something else stops the start.

A wheel that was built wrongly, or exchanged, would chain, sign and index as if nothing were amiss, and nobody else could read it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from settlement.errors import OperatorError, Phrase, Words


class CryptoWrong(OperatorError):
    """An algorithm does not give the answer that its standard prints."""

    phrase = Phrase(
        "START-CRYPTO-WRONG",
        zh=Words(
            "加密自检不通过：{algorithm} 算出的结果不对。",
            "程序没有启动，没有动用任何钱，账本没有被改动。",
            "重新安装本程序（锁定版本），再启动；仍不通过请技术员处理。",
            "不要用这台机器结算，不要跳过自检。",
        ),
        en=Words(
            "The self-test of {algorithm} failed: it does not give the answer of its standard.",
            "The program did not start, no money moved, and the journal was not touched.",
            "Install the program anew, in its locked versions, and start it again; if it fails again, call a technician.",
            "Do not settle on this machine, and do not pass over the test.",
        ),
    )


class Known(NamedTuple):
    """One algorithm with the answer that its standard prints, in hex."""

    algorithm: str
    computed: Callable[[], str]
    answer: str


def _sm3() -> str:
    # 4 ms to import, and only a centre's signature needs it.
    from cryptography.hazmat.primitives.hashes import SM3, Hash  # noqa: PLC0415

    digest = Hash(SM3())
    digest.update(b"abc")
    return digest.finalize().hex()


def _ed25519() -> str:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 - with the above

    seed = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    key = Ed25519PrivateKey.from_private_bytes(seed)
    signature = key.sign(b"")
    key.public_key().verify(signature, b"")
    return signature.hex()


TABLE: tuple[Known, ...] = (
    # FIPS 180-4, the example of SHA-256 for "abc": the chain and its commitments.
    Known(
        "SHA-256",
        lambda: hashlib.sha256(b"abc").hexdigest(),
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    ),
    # RFC 4231, test case 2: the card's and the gateway's authentication.
    Known(
        "HMAC-SHA-256",
        lambda: hmac.new(b"Jefe", b"what do ya want for nothing?", hashlib.sha256).hexdigest(),
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
    ),
    # RFC 7693, appendix A (BLAKE2b-512 of "abc"), its first 16 bytes: the index by person.
    Known("BLAKE2b", lambda: hashlib.blake2b(b"abc").hexdigest()[:32], "ba80a53f981c4d0d6a2797b69f12f6e9"),
    # GB/T 32905-2016, appendix A, example 1: signatures of a centre.
    Known("SM3", _sm3, "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
    # RFC 8032, section 7.1, test 1: what the centre signs.
    Known(
        "Ed25519",
        _ed25519,
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
)


def failing() -> str:
    """Return the algorithms that fail, empty when there is none."""
    return ", ".join(known.algorithm for known in TABLE if not _right(known))


def check() -> None:
    """Raise :class:`CryptoWrong` where an algorithm fails."""
    wrong = failing()
    if wrong:
        raise CryptoWrong(algorithm=wrong)


def _right(known: Known) -> bool:
    try:
        return known.computed() == known.answer
    except (ValueError, TypeError, AttributeError, ImportError, InvalidSignature, UnsupportedAlgorithm):
        # Not there, or not willing: as wrong as another answer.
        return False
