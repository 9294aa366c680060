"""How often would a reader guess a small figure right, against one who sees nothing (security.md 4.6)? Not gating."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from figures.disclosure.audit import Audit, Programs, targets_of
from figures.disclosure.contract import Vintage
from figures.disclosure.rounding import FEWEST_SHOWN
from figures.disclosure.system import System

MOVES = 40
"""How many exchanges between two atoms are tried from one table to the next."""


@dataclass(frozen=True)
class Guesses:
    """How many small cells there are, and what share of them is guessed right.

    :param cells: hidden cells that count 1 to 4
    :param informed: by the commonest value of each cell among tables that fit
    :param blind: by the commonest value of all small cells
    """

    cells: int
    informed: float
    blind: float


def guess(vintages: Sequence[Vintage], *, tables: int = 1_000, seed: int = 0) -> Guesses:
    """Sample tables that fit all that was shown, and count the small cells guessed right by the commonest value.

    The walk starts from tables that the audit finds, and exchanges one record at a time between atoms of a block.
    """
    system = System(vintages)
    audit = Audit(system, targets_of(system), programs=Programs(), seed=seed)
    audit.run()
    cells = [
        number
        for number, target in enumerate(audit.targets)
        if target.what == "cell" and 0 < audit.sums[number] @ system.truth < FEWEST_SHOWN
    ]
    if not cells:
        return Guesses(0, 0.0, 0.0)
    sums = audit.sums[cells]
    true = sums @ system.truth
    walk = _Walk(system, np.random.default_rng(seed))
    starts = audit.pool[1:] or audit.pool
    seen = [Counter() for _cell in cells]
    table = starts[0]
    for number in range(tables):
        if number % max(1, tables // len(starts)) == 0:
            table = starts[min(number * len(starts) // tables, len(starts) - 1)]
        table = walk.on(table)
        for counter, value in zip(seen, sums @ table, strict=True):
            counter[int(value)] += 1
    informed = [_commonest(counter) == value for counter, value in zip(seen, true, strict=True)]
    usual = _commonest(Counter(int(value) for value in true))
    return Guesses(len(cells), float(np.mean(informed)), float(np.mean(true == usual)))


def _commonest(counter: Counter) -> int:
    """Give the commonest value, the lowest of several."""
    return min(counter, key=lambda value: (-counter[value], value))


class _Walk:
    """Steps between tables that fit: one record moves from an atom to another of the same block."""

    def __init__(self, system: System, random: np.random.Generator):
        self.system, self.random = system, random
        self.columns = system.matrix.tocsc()
        self.shapes = [shape for shape in system.shapes.values() if len(shape.atoms) > 1]
        sizes = np.array([len(shape.atoms) for shape in self.shapes], dtype=float)
        self.odds = sizes / sizes.sum()

    def on(self, table: np.ndarray) -> np.ndarray:
        """Give a table some exchanges further on."""
        table = table.copy()
        sums = self.system.matrix @ table
        for _move in range(MOVES):
            shape = self.shapes[self.random.choice(len(self.shapes), p=self.odds)]
            more, less = self.random.integers(shape.first, shape.end, size=2)
            if more == less or not table[less]:
                continue
            rows, step = self._step(more, less)
            after = sums[rows] + step
            if (after >= self.system.low[rows]).all() and (after <= self.system.high[rows]).all():
                sums[rows] = after
                table[more] += 1
                table[less] -= 1
        return table

    def _step(self, more: int, less: int) -> tuple[np.ndarray, np.ndarray]:
        """Give the rows that a move touches, and by how much."""
        change = (self.columns[:, more] - self.columns[:, less]).tocoo()
        return change.row, change.data
