"""Hit-and-run in the polytopes of many images of a LeNet at once, with F23's rule for stopping."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linreg_lib.experiments.lenets.lenet import slopes_of, units_of

_REFRESH = 50  # steps after which slacks are computed afresh, in float64
_LEAST = 1e-7  # a slack that single precision still knows


def walk(
    module: Any,
    images: NDArray[np.float64],
    *,
    rng: np.random.Generator,
    patience: int,
    most: int,
    moves: bool = True,
) -> NDArray[np.int64]:
    """First step at which each face is hit, (images, neurons and walls), 0 for never.

    A step draws a direction, uniformly on the sphere, notes the walls at both ends of the chord
    and goes to a uniform point of it; without ``moves`` it stays at the image. A walk ends
    when a block of ``patience`` steps brought no new face, or after ``most`` steps.

    Steps are made in float32, which takes half the time; places and, every fiftieth step, all
    slacks are in float64. A wall is then taken for another one only where the two are met within
    some 1e-6 of the chord.
    """
    import torch

    light = copy.deepcopy(module).float()
    places = torch.from_numpy(images.copy())[:, None]
    values, masks = units_of(module, places)
    signs = torch.where(values > 0, -1.0, 1.0).double()
    num_faces = signs.shape[1] + 2 * images[0].size
    first = np.zeros((len(images), num_faces), dtype=np.int64)
    going = np.arange(len(images))
    slacks = _slacks(values, signs, places)
    light_signs, light_masks = signs.float(), [mask.float() for mask in masks]
    for step in range(1, most + 1):
        directions = torch.from_numpy(rng.standard_normal(tuple(places.shape), dtype=np.float32))
        flat = directions.flatten(1)
        slopes = slopes_of(light, directions, light_masks)
        speeds = torch.cat([slopes.mul_(light_signs), flat, -flat], dim=1)
        rates = speeds / slacks
        ahead, front = (each.numpy() for each in rates.max(dim=1))
        behind, back = (each.numpy() for each in rates.min(dim=1))
        for met in (front, back):
            seen = first[going, met]
            first[going, met] = np.where(seen > 0, seen, step)
        if moves:
            share = rng.random(len(going))
            ends = 1.0 / behind.astype(np.float64), 1.0 / ahead.astype(np.float64)
            shift = torch.from_numpy(ends[0] + share * (ends[1] - ends[0]))
            places = places + shift[:, None, None, None] * directions
            if step % _REFRESH:
                slacks.addcmul_(speeds, shift[:, None].float(), value=-1.0).clamp_(min=_LEAST)
            else:
                slacks = _slacks(units_of(module, places, masks)[0], signs, places)
        if step % patience == 0:
            keep = (first[going] > step - patience).any(axis=1)
            if not keep.any():
                break
            going, kept = going[keep], torch.from_numpy(keep)
            places, slacks = places[kept], slacks[kept]
            signs, light_signs = signs[kept], light_signs[kept]
            masks = [mask[kept] for mask in masks]
            light_masks = [mask[kept] for mask in light_masks]
    return first


def stops(first: NDArray[np.int64], patience: int, most: int) -> NDArray[np.int64]:
    """Step at which each walk stopped by the rule; 0 if it had not after ``most`` steps.

    >>> stops(np.array([[3, 12, 0], [1, 2, 29]]), 10, 30).tolist()
    [30, 20]
    """
    found = []
    for each in first:
        blocks = set(((each[each > 0] - 1) // patience).tolist())
        barren = next(block for block in range(len(blocks) + 1) if block not in blocks)
        end = (barren + 1) * patience
        found.append(end if end <= most else 0)
    return np.array(found)


def _slacks(values: Any, signs: Any, places: Any) -> Any:
    import torch

    flat = places.flatten(1)
    exact = torch.cat([-signs * values, 1.0 - flat, flat], dim=1)
    return exact.float().clamp_(min=_LEAST)
