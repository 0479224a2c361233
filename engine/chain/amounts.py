"""Fixed-point decimals as the reference reads, writes and compares them (64-bit values, truncating)."""

from __future__ import annotations

from functools import lru_cache

from engine.chain.stored import FixedPoint

INT64_MAX = 2**63 - 1
_MOST_DIGITS = 19


class AmountError(ValueError):
    """A text that is no amount; its message is the reference's."""


@lru_cache(maxsize=256)
def parse_decimal(text: str, scale: int) -> FixedPoint:
    """Read a decimal text at `scale` digits; digits beyond them, and anything after, are not looked at.

    A negative `scale` keeps as many digits as the text has.

    Raises:
        AmountError: the text is malformed or its value exceeds 64 bits.
    """
    if text.startswith("-"):
        value, scale = parse_decimal(text[1:], scale)
        return FixedPoint(-value, scale)
    if not text or text[0] == ".":
        raise AmountError("amount format error")
    whole, _, fraction = text.partition(".")
    if scale >= 0:
        fraction = fraction[: max(scale, 1)]  # the reference looks at one digit even where it keeps none
    digits = whole + fraction
    significant = digits.lstrip("0") or "0"
    if not (digits.isascii() and digits.isdigit()) or len(significant) > _MOST_DIGITS or int(significant) > INT64_MAX:
        raise AmountError(_fault(digits))
    number = FixedPoint(int(significant), len(fraction))
    if scale < 0:
        return number
    number = rescale(number, scale)
    if number.value > INT64_MAX:
        raise AmountError("overflow error")
    return number


def _fault(digits: str) -> str:
    """Return what is wrong first in the part of an amount that is looked at, without its decimal point."""
    value = 0
    for character in digits:
        if character == ".":
            return "multi decimal point error"
        if character not in "0123456789":
            return "abnormal char in amount"
        value = value * 10 + int(character)
        if value > INT64_MAX:
            break
    return "overflow error"


def rescale(number: FixedPoint, scale: int) -> FixedPoint:
    """Return `number` with `scale` decimal digits, truncated towards zero."""
    if scale == number.scale:
        return number
    if scale >= number.scale:
        return FixedPoint(number.value * 10 ** (scale - number.scale), scale)
    magnitude = abs(number.value) // 10 ** (number.scale - scale)
    return FixedPoint(magnitude if number.value >= 0 else -magnitude, scale)


def shrink(number: FixedPoint) -> FixedPoint:
    """Return `number` without trailing zeros behind the point."""
    value, scale = number
    while scale > 0 and value % 10 == 0:
        value, scale = value // 10, scale - 1
    return FixedPoint(value, scale)


def plus(left: FixedPoint, right: FixedPoint) -> FixedPoint:
    """Return the sum at the larger scale."""
    if left.scale == right.scale:
        return FixedPoint(left.value + right.value, left.scale)
    scale = max(left.scale, right.scale)
    return FixedPoint(rescale(left, scale).value + rescale(right, scale).value, scale)


def minus(left: FixedPoint, right: FixedPoint) -> FixedPoint:
    """Return the difference at the larger scale."""
    return plus(left, FixedPoint(-right.value, right.scale))


@lru_cache(maxsize=256)
def times(left: FixedPoint, right: FixedPoint) -> FixedPoint:
    """Return the product; scales add up after trailing zeros are gone."""
    left, right = shrink(left), shrink(right)
    return FixedPoint(left.value * right.value, left.scale + right.scale)


def times_float(number: FixedPoint, factor: float) -> FixedPoint:
    """Return the product with a double, rounded half away from zero at the number's scale."""
    product = float(number.value) * factor
    rounded = int(abs(product) + 0.5) if abs(product) < 2**52 else int(abs(product))
    return FixedPoint(rounded if product >= 0 else -rounded, number.scale)


def less(left: FixedPoint, right: FixedPoint) -> bool:
    """Return whether `left` < `right`."""
    if left.scale == right.scale:
        return left.value < right.value
    return minus(left, right).value < 0


def decimal_text(number: FixedPoint) -> str:
    """Return the shortest decimal text."""
    value, scale = number
    if scale <= 0:
        return str(value)
    digits = str(abs(value)).rjust(scale + 1, "0")
    fraction = digits[-scale:].rstrip("0")
    text = f"{digits[:-scale]}.{fraction}" if fraction else digits[:-scale]
    return f"-{text}" if value < 0 else text
