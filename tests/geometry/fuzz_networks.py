"""The fuzz's networks and domains: many kinds of weights on many kinds of domains, by number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np

import linreg_lib as lr

Rng = np.random.Generator
Shape = tuple[int, int]

#: of a hidden layer, by dimension of the domain
MAX_WIDTH = {1: 5, 2: 4, 3: 3, 4: 2}

RELU = ([0.0], [0.0, 1.0], (0.0, 0.0))
HARD_TANH = ([-1.0, 1.0], [0.0, 1.0, 0.0], (0.0, 0.0))
ACTIVATIONS = (
    RELU,
    RELU,
    RELU,
    ([0.0], [0.01, 1.0], (0.0, 0.0)),  # leaky
    HARD_TANH,
    ([0.0], [-1.0, 1.0], (0.0, 0.0)),  # absolute value
    ([0.0, 6.0], [0.0, 1.0, 0.0], (0.0, 0.0)),
    ([-1.0, 0.0, 1.0], [1.0, -1.0, 2.0, 0.0], (0.5, 1.0)),
    ([0.25], [2.0, -1.0], (0.0, 3.0)),
    ([-48.0, 8.0, 16.0], [1.0, -1.0, 2.0, 0.5], (-0.5, 1.0)),
    ([-0.3, 0.1], [0.5, 0.5000000000000001, -0.1], (1.0, 0.1)),  # hardly a kink
    ([0.0, 2.0**-40], [1.0, -(2.0**20), 1.0], (0.0, 0.0)),  # a steep short piece
)
#: of the family whose units differ: half of them carry their value
CARRIED = ([], [1.0], (0.0, 0.0))
FALLING = ([], [-0.5], (0.0, 1.0))
UNITS = (CARRIED, CARRIED, CARRIED, RELU, RELU, HARD_TANH, *ACTIVATIONS[-5:], FALLING)


def _integer(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.integers(-3, 4, size=shape).astype(float)


def _normal(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape)


def _he(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape) * np.sqrt(2 / shape[1])


def _decimal(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.integers(-5, 6, size=shape) / 10


def _powers(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.choice([-1.0, 0.0, 1.0, 1.0], size=shape) * 2.0 ** rng.integers(-3, 4, size=shape)


def _tiny(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape) * 10.0 ** -rng.integers(60, 150)


def _subnormal(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.integers(-3, 4, size=shape) * 5e-324


def _huge(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape) * 10.0 ** rng.integers(100, 290)


def _columns(shape: Shape, rng: Rng) -> np.ndarray:
    rows, columns = (2.0 ** rng.integers(-15, 16, size=n) for n in shape)
    return rng.normal(size=shape) * rows[:, None] * columns


def _duplicates(shape: Shape, rng: Rng) -> np.ndarray:
    base = rng.normal(size=shape)
    chosen = rng.integers(0, shape[0], size=shape[0])
    return base[chosen] * rng.choice([1.0, -1.0, 2.0, 1 / 3], size=shape[0])[:, None]


def _dead(shape: Shape, rng: Rng) -> np.ndarray:
    weight = rng.integers(-2, 3, size=shape).astype(float)
    weight[rng.random(shape[0]) < 0.3] = 0.0
    weight[:, rng.random(shape[1]) < 0.4] = 0.0
    return np.zeros(shape) if rng.random() < 0.1 else weight


def _slivers(shape: Shape, rng: Rng) -> np.ndarray:
    row = rng.choice([1.0, -1.0, 2.0, 0.5], size=shape[1])
    factors = rng.choice([1.0, 3.0, 1 / 3, 0.1, 1 / 7, 10.0], size=shape[0])
    nudged = factors[:, None] * row
    hit = rng.random(shape) < 0.3
    return np.where(hit, np.nextafter(nudged, np.inf), nudged)


def _trained(shape: Shape, rng: Rng) -> np.ndarray:
    weight = np.outer(rng.normal(size=shape[0]), rng.normal(size=shape[1]))
    return (weight + 1e-3 * rng.normal(size=shape)).astype(np.float32).astype(float)


def _pruned(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape) * (rng.random(shape) < 0.4)


def _saturated(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.normal(size=shape) * 30


def _underflow(shape: Shape, rng: Rng) -> np.ndarray:
    return rng.integers(-2, 3, size=shape) * 2.0 ** rng.integers(-600, -400)


WEIGHTS: dict[str, Callable[[Shape, Rng], np.ndarray]] = {
    "integer": _integer,
    "normal": _normal,
    "he": _he,
    "decimal": _decimal,
    "powers": _powers,
    "tiny": _tiny,
    "subnormal": _subnormal,
    "huge": _huge,
    "columns": _columns,
    "duplicates": _duplicates,
    "dead": _dead,
    "slivers": _slivers,
    "trained": _trained,
    "pruned": _pruned,
    "saturated": _saturated,
    "underflow": _underflow,
    "huge biases": _normal,
    "sawtooth": _integer,
    "mixed": _normal,
    "units": _normal,
    "no biases": _normal,
}
FAMILIES = tuple(WEIGHTS)

DOMAINS = (
    *("box 1", "box 2", "box 3", "box 4", "window 1", "window 2", "window 3"),
    *("segment", "line", "plane axis", "plane oblique", "plane through"),
    *("simplex 2", "simplex 3", "polytope 2", "polytope 3", "hull 2", "hull 3"),
    *("space 1", "space 2", "space 3", "space 4", "flat simplex 2"),
)


@dataclass(frozen=True)
class Case:
    """A network on a domain; ``layers`` and ``given`` are the numbers that both are made from."""

    index: int
    family: str
    domain_name: str
    layers: list  # (weight, bias, activation or None)
    given: dict
    network: lr.Network
    domain: lr.geometry.Domain

    def __str__(self) -> str:
        weights = [w.tolist() for w, _, _ in self.layers]
        biases = [b.tolist() for _, b, _ in self.layers]
        phis = ", ".join(_written(phi) for _, _, phi in self.layers[:-1])
        domain = ", ".join(f"{key}={value!r}" for key, value in self.given.items())
        return (
            f"# {self.index}: {self.family} weights on {self.domain_name}\n"
            f"lr.Network.from_arrays({weights}, {biases}, [{phis}])\n{domain}"
        )


def _written(phi: tuple | list) -> str:
    if isinstance(phi, list):
        return f"[{', '.join(map(_written, phi))}]"
    return "lr.PiecewiseLinear({}, {}, {})".format(*phi)


def _applied(phi: tuple | list, values: np.ndarray) -> np.ndarray:
    made = _made(phi)
    if isinstance(made, list):
        made = lr.networks.activation_of_units(made)
    return made(values)


def _made(phi: tuple | list) -> lr.PiecewiseLinear | list[lr.PiecewiseLinear]:
    if isinstance(phi, list):
        return [lr.PiecewiseLinear(*unit) for unit in phi]
    return lr.PiecewiseLinear(*phi)


def case_of(seed: int, index: int, num_families: int = len(FAMILIES)) -> Case:
    """The case number ``index``: families and domains in turn, all pairs of them.

    With fewer families it is the case that had this number when there were no more.
    """
    family = FAMILIES[index % num_families]
    name = DOMAINS[(index // num_families) % len(DOMAINS)]
    rng = np.random.default_rng([seed, index])
    given, domain = domain_of(name, rng)
    layers = layers_of(family, domain, rng)
    network = lr.Network.from_arrays(
        [w for w, _, _ in layers],
        [b for _, b, _ in layers],
        [_made(phi) for _, _, phi in layers[:-1]],
    )
    return Case(index, family, name, layers, given, network, domain)


def domain_of(name: str, rng: Rng) -> tuple[dict, lr.geometry.Domain]:
    """The numbers a domain is given by, and the domain."""
    kind, _, rest = name.partition(" ")
    dim = int(rest[-1]) if rest[-1:].isdigit() else 0
    if kind in ("box", "window"):
        low, high = -np.ones(dim), np.ones(dim)
        if kind == "window":
            half = 10.0 ** rng.integers(-12, 10, size=1 if rng.random() < 0.7 else dim)
            centre = rng.choice([0.0, 1.0, 1e3, 1e6, 1e9]) * rng.choice([-1.0, 1.0, 0.7], size=dim)
            half = np.maximum(half, 4 * np.spacing(np.abs(centre)))
            low, high = centre - half, centre + half
        elif rng.random() < 0.3:
            low, high = np.sort(rng.normal(size=(2, dim)), axis=0)
        return {"low": low.tolist(), "high": high.tolist()}, lr.Box(low, high)
    if kind == "space":
        return {"dim": dim}, lr.Space(dim)
    if kind in ("segment", "line"):
        num = int(rng.integers(1, 7))
        size = rng.choice([1.0, 1.0, 1e-9, 1e9])
        first, second = _points(2, num, rng)
        if (first == second).all():
            second = first + 1
        if kind == "segment":
            end = first + size * (second - first)
            given = {"start": first.tolist(), "end": end.tolist()}
            return given, lr.Segment(first, end)
        given = {"point": first.tolist(), "direction": (size * (second - first)).tolist()}
        return given, lr.Line(first, size * (second - first))
    if kind == "plane":
        num = int(rng.integers(2, 7))
        if rest == "through":
            while True:
                p, q, r = _points(3, num, rng) * rng.choice([1.0, 1.0, 1e-6, 1e6])
                sides = np.stack([q - p, r - p])
                size = np.abs(sides).max()
                if size > 0 and np.linalg.matrix_rank(sides / size, tol=1e-3) == 2:
                    break
            return {"p": p.tolist(), "q": q.tolist(), "r": r.tolist()}, lr.Plane.through(p, q, r)
        width = float(rng.choice([1.0, 0.3, 2.0, 1e-6, 1e6]))
        basis = np.eye(num)[rng.choice(num, size=2, replace=False)]
        if rest == "oblique":
            basis = rng.normal(size=(2, num))
        origin = _points(1, num, rng)[0]
        given = {"origin": origin.tolist(), "basis": basis.tolist(), "half_width": width}
        return given, lr.Plane(origin, basis, width)
    if kind == "polytope":
        while True:
            normals = np.vstack([np.eye(dim), -np.eye(dim), rng.integers(-3, 4, size=(2, dim))])
            limits = np.concatenate([np.ones(2 * dim), rng.choice([1.0, 0.7, 2.0], size=2)])
            if rng.random() < 0.5:
                normals = normals * rng.choice([1.0, 1 / 3, 3.0], size=len(normals))[:, None]
            try:
                domain = lr.Polytope(halfspaces=(normals, limits))
            except ValueError:
                continue
            return {"normals": normals.tolist(), "limits": limits.tolist()}, domain
    return _hull(kind, name, dim, rng)


def _hull(kind: str, name: str, dim: int, rng: Rng) -> tuple[dict, lr.geometry.Domain]:
    """A simplex, a nearly flat one, or the hull of a few points."""
    while True:
        if kind == "hull":
            points = np.vstack([np.eye(dim), -np.eye(dim)])  # not simple in 3 dimensions
            if rng.random() < 0.5:
                points = _points(dim + int(rng.integers(2, 5)), dim, rng)
        else:
            points = _points(dim + 1, dim, rng)
            if name.startswith("flat"):
                ends = rng.normal(size=(2, dim))
                middle = ends.mean(axis=0) + 10.0 ** -rng.integers(3, 14) * rng.normal(size=dim)
                points = np.vstack([ends, middle])
        make = lr.Polytope if kind == "hull" else lr.Simplex
        try:
            return {"vertices": points.tolist()}, make(vertices=points)
        except ValueError:
            continue


def _points(num: int, dim: int, rng: Rng) -> np.ndarray:
    if rng.random() < 0.5:
        return rng.integers(-2, 3, size=(num, dim)).astype(float)
    return rng.normal(size=(num, dim))


def some_points(domain: lr.geometry.Domain, num: int, rng: Rng) -> np.ndarray:
    """Inputs (num, n_in) in the domain, or near 0 where it has no end, rounded anyhow."""
    if not domain.is_bounded:
        return domain.embed(rng.normal(size=(num, domain.dim)))
    if isinstance(domain, lr.Polytope):
        corners = domain.corners
    elif isinstance(domain, lr.Box):
        corners = np.array(list(product(*zip(domain.low, domain.high, strict=True))))
    elif isinstance(domain, lr.Segment):
        corners = np.array([[0.0], [domain.length]])
    else:
        corners = domain.half_width * np.array(list(product((-1.0, 1.0), repeat=2)))
    shares = rng.dirichlet(np.ones(len(corners)), size=num)
    return domain.embed(shares @ corners)


def layers_of(family: str, domain: lr.geometry.Domain, rng: Rng) -> list:
    """Weights, biases, activations; half of the hidden layers cut at points of the domain."""
    depth = int(rng.choice([1, 1, 2, 2, 3]))
    if rng.random() < 0.02:
        depth = 0
    widths = [domain.input_dim]
    widths += rng.integers(1, MAX_WIDTH[domain.dim] + 1, size=depth).tolist()
    widths.append(int(rng.choice([1, 2, 2, 3])))
    layers: list = []
    for number, shape in enumerate(zip(widths[1:], widths, strict=False)):
        weight = _weight(family, shape, number, depth, rng)
        phi = ACTIVATIONS[int(rng.integers(len(ACTIVATIONS)))]
        if family in ("saturated", "huge biases") and rng.random() < 0.6:
            phi = HARD_TANH
        if family == "units":
            phi = [UNITS[int(rng.integers(len(UNITS)))] for _ in range(shape[0])]
        bias = _bias(family, weight, layers, domain, phi, rng)
        layers.append((weight, bias, phi if number < depth else None))
    return layers


def _weight(family: str, shape: Shape, number: int, depth: int, rng: Rng) -> np.ndarray:
    if family in ("mixed", "units"):
        others = [f for f in FAMILIES if f not in ("mixed", "units", "no biases", "huge")]
        return WEIGHTS[others[int(rng.integers(len(others)))]](shape, rng)
    if family == "huge" and number:
        return rng.normal(size=shape) * 10.0 ** -rng.integers(0, 200)
    if family in ("tiny", "subnormal") and number and rng.random() < 0.6:
        return rng.normal(size=shape) * 10.0 ** rng.integers(0, 250 if number == 1 else 20)
    if family == "underflow" and number == depth:
        return rng.integers(-2, 3, size=shape) * 2.0 ** rng.integers(900, 1001)
    if family == "underflow" and number and rng.random() < 0.5:
        return rng.integers(-2, 3, size=shape) * 2.0 ** rng.integers(-80, 80)
    return WEIGHTS[family](shape, rng)


def _bias(
    family: str,
    weight: np.ndarray,
    layers: list,
    domain: lr.geometry.Domain,
    phi: tuple | list,
    rng: Rng,
) -> np.ndarray:
    num = len(weight)
    if family == "no biases":
        return np.zeros(num)
    if family == "huge biases" and rng.random() < 0.5:
        return rng.normal(size=num) * 1e160
    if family == "sawtooth":
        return np.arange(num) / -max(num, 1) + rng.choice([0.0, 0.5])
    draw = rng.random()
    if draw < 0.15:
        return np.zeros(num)
    if draw < 0.7:
        with np.errstate(all="ignore"):
            bias = _through_points(weight, layers, domain, phi, rng)
        if np.isfinite(bias).all():
            return bias
    if family in ("integer", "dead", "powers", "slivers"):
        return rng.integers(-2, 3, size=num) / rng.choice([1.0, 2.0, 3.0])
    return rng.normal(size=num)


def _through_points(
    weight: np.ndarray, layers: list, domain: lr.geometry.Domain, phi: tuple | list, rng: Rng
) -> np.ndarray:
    """Biases for which each neuron is nearly at a breakpoint at a point of the domain."""
    values = some_points(domain, len(weight), rng)
    for w, b, before in layers:
        values = _applied(before, values @ w.T + b)
    if isinstance(phi, list):
        level = np.array([rng.choice(unit[0]) if unit[0] else 0.0 for unit in phi])
    else:
        level = rng.choice(phi[0], size=len(weight))
    return level - (values * weight).sum(axis=1)
