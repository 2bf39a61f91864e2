"""Money is an integer number of fen; ratios and quantities are integers of fixed scale.

``_fen`` 10⁻² yuan · ``_e4`` 10⁻⁴ (quantities, ratios) · ``_e6`` 10⁻⁶ yuan (unit prices). No binary
fraction is ever involved; each ratio rounds once, half away from zero (settlement-rules section 7).
"""

from __future__ import annotations

from fractions import Fraction

RATIO_ONE = 10_000
LINE_TO_FEN = 10_000 * 10_000
"""Quantities of 10⁻⁴ times prices of 10⁻⁶ yuan in one fen."""
_TWO_RATIOS, TWO_LINES = 2 * RATIO_ONE, 2 * LINE_TO_FEN


def divide_half_up(numerator: int, denominator: int) -> int:
    """Return ``numerator / denominator`` rounded to an integer, a half away from zero."""
    if denominator <= 0:
        message = f"denominator must be positive, not {denominator}"
        raise ValueError(message)
    magnitude = (2 * abs(numerator) + denominator) // (2 * denominator)
    return magnitude if numerator >= 0 else -magnitude


def round_exact(numerator: int | Fraction, denominator: int, mode: str) -> int:
    """Return ``numerator / denominator``, not negative, as an integer: ``half_up``, ``half_even``, ``down`` or ``up``."""
    below = numerator.denominator * denominator
    whole, rest = divmod(numerator.numerator, below)
    match mode:
        case "half_up":
            return whole + (2 * rest >= below)
        case "half_even":
            return whole + (2 * rest > below or (2 * rest == below and whole % 2 == 1))
        case "up":
            return whole + (rest > 0)
        case "down":
            return whole
    raise ValueError(mode)


def share(amount_fen: int, ratio_e4: int) -> int:
    """Return the fen that ``ratio_e4`` (10⁻⁴) of ``amount_fen`` makes, rounded half up once."""
    if amount_fen >= 0:  # As below, without the call: every line of every bill passes here.
        return (2 * amount_fen * ratio_e4 + RATIO_ONE) // _TWO_RATIOS
    return divide_half_up(amount_fen * ratio_e4, RATIO_ONE)


def line_amount(quantity_e4: int, price_e6: int) -> int:
    """Return quantity × unit price in fen, rounded half up once (identity H of the interface)."""
    exact = quantity_e4 * price_e6
    if exact >= 0:
        return (2 * exact + LINE_TO_FEN) // TWO_LINES
    return divide_half_up(exact, LINE_TO_FEN)


def parse_scaled(text: str, places: int) -> int:
    """Return the exact decimal ``text`` as an integer of ``places`` decimals.

    Raises :class:`ValueError` for anything but plain digits with at most that many decimals: no
    exponent, no sign but a leading minus, no blank, no other digits than ASCII's.
    """
    body = text.removeprefix("-")
    whole, point, fraction = body.partition(".")
    plain = whole.isascii() and whole.isdigit() and len(whole) <= 16  # noqa: PLR2004 - num16 of the interface
    if not plain or (point and not (fraction.isascii() and fraction.isdigit())):
        message = f"not a plain decimal: {text!r}"
        raise ValueError(message)
    kept, dropped = fraction[:places], fraction[places:]
    if dropped.strip("0"):
        message = f"more than {places} decimals: {text!r}"
        raise ValueError(message)
    value = int(whole + kept.ljust(places, "0"))
    return -value if text.startswith("-") else value


def format_scaled(value: int, places: int) -> str:
    """Return an integer of ``places`` decimals as a plain decimal string with all of them."""
    digits = str(abs(value)).rjust(places + 1, "0")
    sign = "-" if value < 0 else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def parse_yuan(text: str) -> int:
    """Return an exact yuan string such as ``"12.3"`` in fen. Raises :class:`ValueError`."""
    return parse_scaled(text, 2)


def format_yuan(fen: int) -> str:
    """Return fen as a yuan string with two decimals, the form of the wire and of paper."""
    return format_scaled(fen, 2)
