"""A line that is typed: its text and where the next character goes."""

from __future__ import annotations

from collections.abc import Callable


class Entry:
    """``tidy`` says what of the typed text stays; what is over ``most`` characters is not taken."""

    def __init__(self, text: str, *, most: int, tidy: Callable[[str], str]) -> None:
        self.text = text
        self.caret = len(text)
        self._most = most
        self._tidy = tidy

    def type(self, typed: str) -> bool:
        """Put text in at the caret; False when not all of it found room."""
        # Nobody pastes so much on purpose, and tidying it would hold the screen up.
        wanted = self._tidy(typed[: 4 * self._most])
        taken = wanted[: max(self._most - len(self.text), 0)]
        self.text = self.text[: self.caret] + taken + self.text[self.caret :]
        self.caret += len(taken)
        return taken == wanted

    def press(self, key: str) -> bool:
        """Take a key that edits; False when it does not."""
        match key:
            case "backspace" | "ctrl+h":
                self.text = self.text[: max(self.caret - 1, 0)] + self.text[self.caret :]
                self.caret = max(self.caret - 1, 0)
            case "delete":
                self.text = self.text[: self.caret] + self.text[self.caret + 1 :]
            case "ctrl+u":
                self.text, self.caret = "", 0
            case "left":
                self.caret = max(self.caret - 1, 0)
            case "right":
                self.caret = min(self.caret + 1, len(self.text))
            case "home":
                self.caret = 0
            case "end":
                self.caret = len(self.text)
            case _:
                return False
        return True
