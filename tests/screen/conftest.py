"""What every test of the screen starts from."""

from collections.abc import Iterator

import pytest

from terminal.screen import keys


@pytest.fixture(autouse=True)
def usual_keys() -> Iterator[None]:
    """Put the usual keys back: there is one keyboard per process, and a test may have moved them."""
    usual = {action: pressed for action, pressed, _ in keys.ACTIONS}
    keys.use(usual)
    yield
    keys.use(usual)
