"""Seeded randomness whose whole state is one integer, so that snapshots and replays are exact.

Source of the generator: SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")
_MASK = (1 << 64) - 1
# Kubernetes leaves vowels and look-alikes out of generated names, so that no word appears by chance:
# k8s.io/apimachinery/pkg/util/rand.
SAFE_ALPHABET = "bcdfghjklmnpqrstvwxz2456789"


class Dice:
    """A random source; `state` is all there is to save."""

    def __init__(self, seed: int) -> None:
        self.state = seed & _MASK

    def bits(self) -> int:
        """The next 64 random bits."""
        self.state = (self.state + 0x9E3779B97F4A7C15) & _MASK
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return z ^ (z >> 31)

    def below(self, limit: int) -> int:
        """A whole number from 0 up to but not including `limit` (at least 1)."""
        return self.bits() % limit

    def choice(self, items: Sequence[T]) -> T:
        """One of the items (at least one), each as likely."""
        return items[self.below(len(items))]

    def between(self, low: float, high: float) -> float:
        """A number from `low` up to `high`."""
        return low + (high - low) * (self.bits() / _MASK)

    def suffix(self, length: int = 5) -> str:
        """The random end of a generated name, such as `x7k2p`."""
        return "".join([SAFE_ALPHABET[self.bits() % len(SAFE_ALPHABET)] for _ in range(length)])

    def uuid(self) -> str:
        """A version 4 UUID (RFC 9562), as `metadata.uid` has it."""
        high = self.bits() & ~(0xF << 12) | 4 << 12
        low = self.bits() & ~(0x3 << 62) | 2 << 62
        text = f"{high:016x}{low:016x}"
        return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
