"""Disclosure control: what may be shown, and the proof that it gives nobody away. Pure (security.md, section 4).

Mode R rounds and hides by rule. The audit then takes the reader's part: it knows every figure that was ever published,
this code, and facts from outside, and asks of each target with an integer program how narrowly it could be known. What
is known too narrowly is repaired by program, and audited again. A solver that stops early has failed.
"""

from figures.disclosure.contract import (
    ALL,
    HIDDEN,
    IMPOSSIBLE,
    LARGEST_BLOCK,
    NOT_COLLECTED,
    BlockCounts,
    Cell,
    Count,
    CubeCounts,
    Known,
    NotAuditable,
    Verdict,
    Vintage,
)
from figures.disclosure.gate import gate
from figures.disclosure.revision import LEAST_CHANGED, changed, kept
from figures.disclosure.rounding import is_small, nearest_five, shown

__all__ = [
    "ALL",
    "HIDDEN",
    "IMPOSSIBLE",
    "LARGEST_BLOCK",
    "LEAST_CHANGED",
    "NOT_COLLECTED",
    "BlockCounts",
    "Cell",
    "Count",
    "CubeCounts",
    "Known",
    "NotAuditable",
    "Verdict",
    "Vintage",
    "changed",
    "gate",
    "is_small",
    "kept",
    "nearest_five",
    "shown",
]
