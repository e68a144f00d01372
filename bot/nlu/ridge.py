"""Kernel ridge regression for tens of thousands of points: solved by conjugate gradients, without a square matrix to invert.

Responsible for: the kernel of unit vectors, and the weights that fit targets under kernel plus sparse features. Must not
know texts, topics or files.
"""

from __future__ import annotations

from typing import Iterator, List, Tuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.utils.extmath import randomized_svd

Floats = NDArray[np.float32]
Block = Tuple[int, int, Floats]

WIDTH = 2.0
RIDGE = 0.2
_FLOOR = np.float32(np.exp(-WIDTH))
_SIDE = 2048
_TOLERANCE = 0.05
_MOST_STEPS = 60
_DIRECTIONS = 20


def kernel(left: Floats, right: Floats) -> Floats:
    """Similarity (left, right) of unit rows: nearly 1 for the same direction, 0 at a right angle, falling with the angle."""
    near: Floats = left @ right.T
    near -= 1
    near *= WIDTH
    np.exp(near, out=near)
    near -= _FLOOR
    return near


def solve(points: Floats, features: "csr_matrix", targets: Floats) -> Floats:
    """Weights (n, targets) with (kernel(points, points) + features @ features.T + RIDGE) @ weights = targets, nearly.

    `points` (n, dim) are unit rows, `features` (n, any) are sparse. Half the kernel is held in memory: 2 n² bytes.
    """
    blocks = list(_lower_blocks(points))
    turned = features.T.tocsr()

    def applied(weights: Floats) -> Floats:
        product: Floats = _times(blocks, weights) + features @ (turned @ weights) + np.float32(RIDGE) * weights
        return product

    roughly = _Preconditioner(points, features)
    enough = _TOLERANCE * np.linalg.norm(targets, axis=0)
    weights, rest = np.zeros_like(targets), targets
    step = near = roughly.solve(rest)
    fall = (rest * near).sum(axis=0)
    for _ in range(_MOST_STEPS):
        change = applied(step)
        length = fall / np.maximum((step * change).sum(axis=0), 1e-30)
        weights = weights + length * step
        rest = rest - length * change
        if (np.linalg.norm(rest, axis=0) <= enough).all():
            break
        near = roughly.solve(rest)
        last, fall = fall, (rest * near).sum(axis=0)
        step = near + (fall / np.maximum(last, 1e-30)) * step
    return weights


def extend(points: Floats, features: "csr_matrix", targets: Floats, weights: Floats) -> Floats:
    """`weights` with its rows of zeros solved exactly while the others stay: what a few new rows among many need.

    `solve` alone would lose them in its tolerance.
    """
    extended: Floats = weights.copy()
    new = np.flatnonzero(~weights.any(axis=1))
    if len(new):
        own = features[new]
        said = kernel(points[new], points) @ weights + own @ (features.T @ weights)
        inner = kernel(points[new], points[new]) + (own @ own.T).toarray()
        inner[np.diag_indices(len(new))] += RIDGE
        extended[new] = np.linalg.solve(inner, targets[new] - said)
    return extended


class _Preconditioner:
    """The large eigenvalues inverted exactly (Woodbury), the rest as a constant: half the steps.

    They lie in the kernel's linear part and in a few directions of the sparse features.
    """

    def __init__(self, points: Floats, features: "csr_matrix") -> None:
        slope = WIDTH * float(_FLOOR)
        left, sizes, _ = randomized_svd(features, min(_DIRECTIONS, *features.shape), n_iter=2, random_state=0)
        self._low: Floats = np.hstack([np.sqrt(slope) * points, left * sizes]).astype(np.float32)
        self._level = np.float32(RIDGE + 1 - float(_FLOOR) - slope)
        inner = self._low.T @ self._low
        inner[np.diag_indices(len(inner))] += self._level
        self._inverse: Floats = np.linalg.inv(inner).astype(np.float32)

    def solve(self, rest: Floats) -> Floats:
        solved: Floats = (rest - self._low @ (self._inverse @ (self._low.T @ rest))) / self._level
        return solved


def _lower_blocks(points: Floats) -> Iterator[Block]:
    """The kernel of all points with all, by squares on and below the diagonal."""
    for row in range(0, len(points), _SIDE):
        for column in range(0, row + 1, _SIDE):
            yield row, column, kernel(points[row : row + _SIDE], points[column : column + _SIDE])


def _times(blocks: List[Block], weights: Floats) -> Floats:
    product = np.zeros_like(weights)
    for row, column, block in blocks:
        high, wide = block.shape
        product[row : row + high] += block @ weights[column : column + wide]
        if row != column:
            product[column : column + wide] += block.T @ weights[row : row + high]
    return product
