"""The entropy adapter."""

from __future__ import annotations

import hashlib
import hmac

import pytest

from config.entropy import SeededEntropy, SystemEntropy, entropy_of


@pytest.mark.parametrize("size", [0, 1, 16, 32, 33, 100])
def test_every_source_gives_the_size_asked(size: int) -> None:
    """Sizes below, at and above one digest are exact."""
    assert (size, size) == (len(SystemEntropy().token(size, "salt")), len(SeededEntropy("7").token(size, "salt")))


def test_seeded_bytes_repeat_and_differ_by_seed_and_label() -> None:
    """The same seed and label give the same bytes; another seed or label gives others."""
    first = SeededEntropy("7").token(32, "salt/1")

    assert first == SeededEntropy("7").token(32, "salt/1")
    assert 3 == len({first, SeededEntropy("8").token(32, "salt/1"), SeededEntropy("7").token(32, "salt/2")})


def test_seeded_bytes_are_hmac_of_block_and_label() -> None:
    """The construction is fixed: a demonstration recorded today can be replayed tomorrow."""
    second = hmac.digest(b"7", b"\x00\x00\x00\x01tag", hashlib.sha256)

    assert second == SeededEntropy("7").token(64, "tag")[32:]


def test_system_bytes_do_not_repeat() -> None:
    """The label does not determine what the operating system gives."""
    source = SystemEntropy()

    assert source.token(16, "salt") != source.token(16, "salt")


def test_entropy_of_selects_by_setting() -> None:
    """An empty seed means the operating system."""
    assert isinstance(entropy_of(""), SystemEntropy)
    assert isinstance(entropy_of("7"), SeededEntropy)
