"""Euclidean lengths of any size: squares neither overflow nor underflow."""

from __future__ import annotations

import numpy as np


def scaled(vector: np.ndarray) -> tuple[np.ndarray, int]:
    """The vector, multiplied by a power of two to a size of about 1, and the power taken out."""
    power = int(np.frexp(np.abs(vector).max())[1])
    return np.ldexp(vector, -power), power


def scaled_length(vector: np.ndarray) -> float:
    """The Euclidean length, infinite where it is beyond float64."""
    part, power = scaled(vector)
    with np.errstate(over="ignore", under="ignore"):
        return float(np.ldexp(np.sqrt(part @ part), power))


def unit_vector(vector: np.ndarray) -> np.ndarray:
    """The direction of a vector that is not 0, of any size."""
    part, _ = scaled(vector)
    return part / np.linalg.norm(part)


def row_lengths(rows: np.ndarray) -> np.ndarray:
    """The Euclidean lengths (k,) of rows (k, n), infinite where they are beyond float64."""
    with np.errstate(over="ignore"):
        lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows))
        odd = np.flatnonzero(~((lengths > 1e-140) & (lengths < 1e140)))
        powers = np.frexp(np.abs(rows[odd]).max(axis=1, initial=0.0))[1]
        scaled = np.linalg.norm(np.ldexp(rows[odd], -powers[:, None]), axis=1)
        lengths[odd] = np.ldexp(scaled, powers)
    return lengths


def unit_rows(rows: np.ndarray) -> np.ndarray:
    """The directions of rows (k, n) that are not 0."""
    powers = np.frexp(np.abs(rows).max(axis=1, initial=0.0))[1]
    parts = np.ldexp(rows, -powers[:, None])
    return np.asarray(parts / np.linalg.norm(parts, axis=1, keepdims=True))
