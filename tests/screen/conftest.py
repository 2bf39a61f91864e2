"""What every test of the screen starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from terminal.screen import keys, narrow, words


@pytest.fixture(autouse=True)
def _as_shipped() -> Iterator[None]:
    """Speak and paint as shipped, with the keys as shipped: all three are one per process."""

    def reset() -> None:
        words.use("zh")
        narrow.use_safe(False)
        keys.use({action: shipped for action, shipped, _ in keys.ACTIONS})

    reset()
    yield
    reset()
