"""Amounts of resources such as `500m` and `1Gi`, in the form that Go's clients send them in.

Source: https://github.com/kubernetes/apimachinery/blob/master/pkg/api/resource/quantity.go
"""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

_NUMBER: Final = re.compile(r"([+-]?)([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(.*)", re.DOTALL)
_EXPONENT: Final = re.compile(r"[eE]([+-]?[0-9]+)")
_SHAPE: Final = re.compile(r"[+-]?[0-9.]+[eEinumkKMGTP]*[-+]?[0-9]*")
_DECIMAL: Final = {"n": -3, "u": -2, "m": -1, "": 0, "k": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}
"""Suffixes, as powers of 1000."""
_BINARY: Final = {f"{letter}i": power for power, letter in enumerate("KMGTPE", 1)}
"""Suffixes, as powers of 1024."""
_LEAST: Final = Fraction(1, 10**9)


class QuantityError(ValueError):
    """The text is no quantity; the message is Go's own."""


def canonical(text: str) -> str:
    """The quantity with as large a suffix as leaves a whole number: `0.5` as `500m`, `1024Mi` as `1Gi`.

    Raises:
        QuantityError: it is none.
    """
    match = _NUMBER.fullmatch(text)
    sign, digits, suffix = match.groups() if match else ("", "", "")
    exponent = _EXPONENT.fullmatch(suffix)
    if not match or not (exponent or suffix in _DECIMAL or suffix in _BINARY):
        if _SHAPE.fullmatch(text):
            raise QuantityError("unable to parse quantity's suffix")
        raise QuantityError(
            "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        )
    amount = Fraction(digits)
    if exponent:
        amount *= Fraction(10) ** int(exponent[1])
    else:
        amount *= Fraction(1024) ** _BINARY[suffix] if suffix in _BINARY else Fraction(1000) ** _DECIMAL[suffix]
    amount = -(-amount // _LEAST) * _LEAST  # rounded up
    shown = _shown(amount, binary=suffix in _BINARY, exponent=bool(exponent))
    return f"-{shown}" if sign == "-" and amount else shown


def _shown(amount: Fraction, *, binary: bool, exponent: bool) -> str:
    if binary and amount >= 1024 and amount.denominator == 1:
        suffix, number = "", int(amount)
        for name in _BINARY:
            if number % 1024:
                break
            suffix, number = name, number // 1024
        return f"{number}{suffix}"
    power = -3
    number = int(amount / _LEAST)
    while number and number % 1000 == 0 and power < 6:
        number, power = number // 1000, power + 1
    if not number:
        return "0"
    if exponent:
        return f"{number}e{3 * power}" if power else str(number)
    return f"{number}{next(name for name, each in _DECIMAL.items() if each == power)}"
