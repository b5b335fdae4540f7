"""The workloads: nets, domains and seeds never change, so ratios can be compared over time."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

import linreg_lib as lr
from benchmarks.needs import DataFile, Package
from benchmarks.residual_cnn import residual_cnn
from benchmarks.snapshots import training_snapshots
from benchmarks.tasks import COLUMNS, Lines, Subdivisions, Task
from benchmarks.trained_deep import trained_deep_network
from benchmarks.trained_files import ACAS_1_1, ACAS_3_3, he_slice, trained_slice
from benchmarks.workload import Elsewhere, Family, Workload
from linreg_lib.networks import Normal

NUM_SNAPSHOTS = 50
_BLOCK = 1 << 17  # vertices that a pass of the growing networks takes at a time


def he_network(widths: list[int]) -> lr.Network:
    """He weights and Gaussian biases of standard deviation 0.1."""
    return lr.Network.random(widths, init="he", biases=Normal(0.1), rng=np.random.default_rng(1))


def xavier_network() -> lr.Network:
    """3-80-40-1 with Xavier uniform weights, every bias 0.01."""
    rng = np.random.default_rng(1)
    return lr.Network.random([3, 80, 40, 1], init="xavier_uniform", biases=0.01, rng=rng)


def _cube(widths: list[int], radius: float = 1.0) -> tuple[lr.Network, lr.Box]:
    return he_network(widths), lr.Box(-radius, radius, dim=widths[0])


def _on_cube(widths: list[int], radius: float = 1.0, **options: Any) -> Task:
    return Subdivisions([_cube(widths, radius)], **options)


def _xavier(**options: Any) -> Task:
    return Subdivisions([(xavier_network(), lr.Box(-1.0, 1.0, dim=3))], **options)


def _on_plane(widths: list[int], **options: Any) -> Task:
    rng = np.random.default_rng(1)
    net = lr.Network.random(widths, init="he", biases=Normal(1e-3), rng=rng)
    corners = rng.random((3, widths[0]))
    circle = lr.Plane.through(*corners)
    radius = float(np.linalg.norm(corners[0] - circle.origin))
    return Subdivisions([(net, lr.Plane(circle.origin, circle.basis, 1.2 * radius))], **options)


def _on_lines(widths: list[int], num_lines: int) -> Task:
    rng = np.random.default_rng(3)
    net = lr.Network.random(widths, init="he", biases=Normal(1e-3), rng=rng)
    units = rng.normal(size=(num_lines, widths[0]))
    units /= np.linalg.norm(units, axis=1)[:, None]
    return Lines(net, -28.0 * units, 28.0 * units)


def _on_snapshots(num_snapshots: int) -> Task:
    square = lr.Box(-1.0, 1.0, dim=2)
    return Subdivisions([(net, square) for net in training_snapshots(num_snapshots)])


def _on_trained_slice(file: DataFile, share: float = 1.0) -> Task:
    return Subdivisions([trained_slice(file, share)])


def _on_he_slice() -> Task:
    return Subdivisions([he_slice()])


def _trained_deep(num_steps: int | None = None, radius: float = 1.0) -> Task:
    """Regions and facets alone: the rest would take as many gigabytes again."""
    net = trained_deep_network() if num_steps is None else trained_deep_network(num_steps)
    cube = lr.Box(-radius, radius, dim=3)
    return Subdivisions([(net, cube)], block=_BLOCK, columns=COLUMNS[:1])


def _residual(**sizes: int) -> Task:
    return Subdivisions([residual_cnn(**sizes)])


def _without_biases(widths: list[int]) -> Task:
    net = lr.Network.random(widths, init="he", biases=0.0, rng=np.random.default_rng(1))
    return Subdivisions([(net, lr.Box(-1.0, 1.0, dim=2))])


def _aims(*numbers: float) -> dict[str, float]:
    return dict(zip(COLUMNS, numbers, strict=False))


#: small, but not so small that no kernel is needed
_SMALL = {d: partial(_on_cube, [d, 6, 6, 1]) for d in (2, 3, 5)}
_VERTICES_ONLY = "float32, without cells and facets"

_SPEED = (
    Workload(
        name="square",
        title="2-64-64-64-2 on a square",
        group="speed",
        prepare=partial(_on_cube, [2, 64, 64, 64, 2]),
        small=_SMALL[2],
        aims=_aims(0.6, 0.8, 1.5),
        elsewhere=Elsewhere(multiple=11, program="regioncam", note="float32"),
    ),
    Workload(
        name="small-square",
        title="2-32-32-32-2 on a square",
        group="speed",
        prepare=partial(_on_cube, [2, 32, 32, 32, 2]),
        small=_SMALL[2],
        aims=_aims(1),
        elsewhere=Elsewhere(multiple=11, program="regioncam", note="float32"),
    ),
    Workload(
        name="plane",
        title="784-64-64-64-10 on a plane",
        group="speed",
        prepare=partial(_on_plane, [784, 64, 64, 64, 10]),
        small=partial(_on_plane, [784, 6, 6, 1]),
        aims=_aims(0.6, 0.8, 1.5),
        elsewhere=Elsewhere(multiple=11, program="regioncam", note="float32"),
    ),
    Workload(
        name="lines",
        title="784-128-128-128-10 on 100 lines",
        group="speed",
        prepare=partial(_on_lines, [784, 128, 128, 128, 10], 100),
        small=partial(_on_lines, [784, 6, 6, 1], 100),
        aims=_aims(0.3),
        elsewhere=Elsewhere(multiple=1.2, program="SyReNN", note="float32"),
    ),
    Workload(
        name="cube",
        title="3-40-20-1 on a cube",
        group="speed",
        prepare=partial(_on_cube, [3, 40, 20, 1]),
        small=_SMALL[3],
        aims=_aims(1, 2.5, 14),
        elsewhere=Elsewhere(multiple=32, program="relu_edge_subdivision", note=_VERTICES_ONLY),
    ),
    Workload(
        name="xavier",
        title="3-80-40-1 on a cube, Xavier uniform, every bias 0.01",
        group="speed",
        prepare=_xavier,
        small=_SMALL[3],
        aims=_aims(0.8, 1.3, 4),
        elsewhere=Elsewhere(multiple=32, program="relu_edge_subdivision", note=_VERTICES_ONLY),
    ),
    Workload(
        name="five",
        title="5-20-20-1 in five dimensions",
        group="speed",
        prepare=partial(_on_cube, [5, 20, 20, 1]),
        small=_SMALL[5],
        aims=_aims(2.5, 8, 70),
        elsewhere=Elsewhere(multiple=31, program="relu_edge_subdivision", note=_VERTICES_ONLY),
    ),
    Workload(
        name="acas-1-1",
        title="slice of a trained 5-50-50-50-50-50-50-5 (collision avoidance 1_1)",
        group="speed",
        prepare=partial(_on_trained_slice, ACAS_1_1),
        small=partial(_on_trained_slice, ACAS_1_1, 0.5),
        aims=_aims(3),
        elsewhere=Elsewhere(multiple=12, program="regioncam, SyReNN", note="float32"),
        needs=(ACAS_1_1,),
    ),
    Workload(
        name="acas-3-3",
        title="slice of a trained 5-50-50-50-50-50-50-5 (collision avoidance 3_3)",
        group="speed",
        prepare=partial(_on_trained_slice, ACAS_3_3),
        small=partial(_on_trained_slice, ACAS_3_3, 0.5),
        aims=_aims(3),
        elsewhere=Elsewhere(multiple=12, program="regioncam, SyReNN", note="float32"),
        needs=(ACAS_3_3,),
    ),
    Workload(
        name="he-acas",
        title="the same slice of a random 5-50-50-50-50-50-50-5",
        group="speed",
        prepare=_on_he_slice,
        small=_SMALL[2],
        aims=_aims(1.5),
        elsewhere=Elsewhere(multiple=9, program="regioncam", note="float32"),
    ),
    Workload(
        name="trained-deep",
        title="3-32-32-32-32-32-32-32-32-1 on a cube, trained on a smooth function",
        group="speed",
        prepare=_trained_deep,
        small=partial(_trained_deep, 100, 0.1),
        aims=_aims(10),
    ),
    Workload(
        name="residual-cnn",
        title="slice of a residual CNN with max pooling, 8 x 8 pixels, four channels",
        group="speed",
        prepare=_residual,
        small=partial(_residual, pixels=4, channels=2),
        needs=(Package(name="torch"),),
    ),
)

_REFERENCE = tuple(
    Workload(
        name=f"{row.name}-numpy",
        title=f"{row.title}, NumPy reference",
        group="reference",
        prepare=partial(row.prepare, compiled=False),
        small=partial(row.small, compiled=False),
        reference_of=row.name,
    )
    for row in _SPEED
    if row.name in ("square", "plane", "cube", "xavier", "five")
)


def _growing(name: str, widths: list[int], radius: float = 1.0) -> Workload:
    title = "-".join(map(str, widths)) + (f" on [-{radius:g}, {radius:g}]³" if radius < 1 else "")
    return Workload(
        name=name,
        title=title,
        group="growth",
        prepare=partial(_on_cube, widths, radius, block=_BLOCK),
        small=_SMALL[widths[0]],
    )


_GROWTH = (
    _growing("squares-1e4", [2, 50, 50, 50, 2]),
    _growing("squares-1e5", [2, 157, 157, 157, 2]),
    _growing("squares-1e6", [2, 500, 500, 500, 2]),
    _growing("cubes-1e4", [3, 28, 14, 1]),
    _growing("cubes-1e5", [3, 60, 30, 1]),
    _growing("cubes-1e6", [3, 130, 65, 1]),
    _growing("boxes-1e4", [3, 130, 65, 1], radius=0.03),
    _growing("boxes-1e5", [3, 130, 65, 1], radius=0.072),
)

_SET_UP = (
    Workload(
        name="set-up",
        title="2-1-1 on a square, in passes of 2-64-64-64-2",
        group="set-up",
        prepare=partial(_on_cube, [2, 1, 1], unit=_cube([2, 64, 64, 64, 2])),
        small=_SMALL[2],
    ),
    Workload(
        name="snapshots",
        title=f"{NUM_SNAPSHOTS} snapshots of 2-32-32-1 in training, in the sum of their passes",
        group="set-up",
        prepare=partial(_on_snapshots, NUM_SNAPSHOTS),
        small=_SMALL[2],
    ),
    Workload(
        name="no-biases",
        title="2-64-64-64-2 without biases on a square",
        group="set-up",
        prepare=partial(_without_biases, [2, 64, 64, 64, 2]),
        small=partial(_without_biases, [2, 6, 6, 2]),
        aims={"milliseconds": 5},
    ),
)

WORKLOADS = {each.name: each for each in (*_SPEED, *_REFERENCE, *_GROWTH, *_SET_UP)}

FAMILIES = {
    "squares": Family(
        title="wider networks 2-w-w-w-2 on a square",
        rows=("squares-1e4", "squares-1e5", "squares-1e6"),
    ),
    "cubes": Family(
        title="wider networks 3-2w-w-1 on a cube", rows=("cubes-1e4", "cubes-1e5", "cubes-1e6")
    ),
    "boxes": Family(
        title="one network 3-130-65-1 on growing cubes",
        rows=("boxes-1e4", "boxes-1e5", "cubes-1e6"),
        judge_memory=True,
    ),
}
