"""The solver against a plain solution of the same equations."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse import random as sparse_random

from bot.nlu import ridge
from bot.nlu.ridge import RIDGE, Floats, extend, kernel, solve


def problem(size: int, seed: int = 0) -> "tuple[Floats, csr_matrix, Floats]":
    chance = np.random.default_rng(seed)
    points = chance.normal(size=(size, 24)).astype(np.float32)
    points /= np.linalg.norm(points, axis=1, keepdims=True)
    features = sparse_random(size, 300, density=0.05, format="csr", random_state=seed, dtype=np.float32)
    targets = chance.normal(size=(size, 5)).astype(np.float32)
    return points, features, targets


def plainly(points: Floats, features: csr_matrix, targets: Floats) -> Floats:
    square = kernel(points, points) + (features @ features.T).toarray() + RIDGE * np.eye(len(points))
    solved: Floats = np.linalg.solve(square.astype(np.float64), targets)
    return solved


@pytest.mark.parametrize("side", [64, 100, 5000])
def test_it_solves_the_equations_however_they_are_cut(monkeypatch: pytest.MonkeyPatch, side: int) -> None:
    monkeypatch.setattr(ridge, "_SIDE", side)
    monkeypatch.setattr(ridge, "_TOLERANCE", 1e-5)
    points, features, targets = problem(300)
    np.testing.assert_allclose(solve(points, features, targets), plainly(points, features, targets), atol=1e-3)


def test_what_is_left_is_within_its_tolerance() -> None:
    points, features, targets = problem(400, seed=1)
    weights = solve(points, features, targets)
    square = kernel(points, points) + (features @ features.T).toarray() + RIDGE * np.eye(len(points))
    left = np.linalg.norm(targets - square @ weights, axis=0) / np.linalg.norm(targets, axis=0)
    assert (left <= 1.01 * ridge._TOLERANCE).all()


def test_new_rows_are_solved_exactly_beside_the_old() -> None:
    points, features, targets = problem(900, seed=3)
    old = plainly(points[:-2], features[:-2], targets[:-2]).astype(np.float32)
    found = extend(points, features, targets, np.vstack([old, np.zeros((2, targets.shape[1]), dtype=np.float32)]))
    square = kernel(points, points) + (features @ features.T).toarray() + RIDGE * np.eye(len(points))
    np.testing.assert_array_equal(found[:-2], old)
    np.testing.assert_allclose((square @ found)[-2:], targets[-2:], atol=1e-3)
    np.testing.assert_array_equal(extend(points, features, targets, found), found)


def test_the_kernel_of_a_point_with_itself_is_the_largest() -> None:
    points, _, _ = problem(50)
    square = kernel(points, points)
    np.testing.assert_allclose(np.diag(square), 1 - np.exp(-ridge.WIDTH), rtol=1e-4)
    assert (square <= square.diagonal().max() + 1e-5).all()
    np.testing.assert_allclose(kernel(np.eye(2, dtype=np.float32), np.eye(2, dtype=np.float32))[0, 1], 0, atol=1e-6)
