"""What is shown of a person on a slip, a screen or a list: enough to know one's own, too little to use another's."""

from __future__ import annotations

_HEAD, _TAIL = 3, 4


def mask_name(name: str) -> str:
    """Return a name with its first and last character shown, of two only the first; one alone is hidden."""
    if len(name) <= 1:
        return "*" * len(name)
    return f"{name[0]}*" if len(name) == 2 else f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"  # noqa: PLR2004 - as said


def mask_number(number: str) -> str:
    """Return a number with all but its first three and last four characters hidden, a short one all hidden."""
    hidden = len(number) - _HEAD - _TAIL
    return f"{number[:_HEAD]}{'*' * hidden}{number[-_TAIL:]}" if hidden > 0 else "*" * len(number)
