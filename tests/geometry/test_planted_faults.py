"""Tests of the tests: a fault planted in an oracle or in the engine is seen."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.geometry.cutting.compiled import face_kernels
from linreg_lib.geometry.cutting.compiled import layer_signs as compiled_signs
from linreg_lib.geometry.cutting.compiled.skeleton_faces import SkeletonFaces
from linreg_lib.geometry.cutting.reference import layer_signs, numpy_subdivision
from linreg_lib.geometry.cutting.reference import split_faces as cut
from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.pattern_words import layer_pieces
from linreg_lib.geometry.questions import jumping_facets
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.vertex_signs import float_sign_bounds as certificates
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from tests.geometry import pattern_oracles, rational_twin
from tests.geometry.comparison import KINDS, assert_same, exact, generic_net, integer_net
from tests.geometry.comparison import cut as cut_by
from tests.geometry.rational_twin import Polytope, Twin, cells_of, pieces_on_interval
from tests.geometry.test_certificates import watch

SEEDS = [seed for seed in range(30) if seed % 3]


def disagreements(kind: str = "numpy") -> int:
    """How many of a few seeded nets the engine and the twin (both as patched) disagree on."""
    found = 0
    for seed in SEEDS[:12]:
        dim = seed % 3 + 1
        box = lr.Box(-1.0, 1.0, dim=dim)
        # The kernels for general position must have something that they cut themselves.
        made = generic_net if kind == "compiled" else integer_net
        net = made(seed, dim, max_width=3)
        try:
            cx = cut_by(net, box, kind)
            if cx.certificate.compiled != (kind != "numpy"):
                raise RuntimeError("the other way of cutting was taken")
            assert_same(cx, Twin(cells_of(net, exact(box.low), exact(box.high))))
        except (AssertionError, ArithmeticError, LookupError, ValueError):
            found += 1
    return found


def test_without_a_fault_nothing_is_found() -> None:
    for kind in KINDS:
        assert disagreements(kind) == 0


def test_a_fault_in_the_twins_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = Polytope.split

    def lazy(self: Polytope, row: rational_twin.Row) -> list[Polytope]:
        return keep(self, (*row[:-1], row[-1] + Fraction(1, 1000)))

    monkeypatch.setattr(Polytope, "split", lazy)
    assert disagreements() > 0


def test_a_fault_in_the_twins_faces(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = rational_twin.span_dim
    monkeypatch.setattr(rational_twin, "span_dim", lambda points: max(keep(points), 1))
    assert disagreements() > 0


def test_a_fault_in_the_interval_oracle(monkeypatch: pytest.MonkeyPatch) -> None:
    net, ends = lr.Network.from_arrays([[[1.0], [1.0]], [[1, 1]]], [[0, -1], [0]]), ([-2], [2])
    right = len(pieces_on_interval(net, *(exact(np.array(e, float)) for e in ends)))
    assert right == lr.count_along_lines(net, [ends[0]], [ends[1]])[0] == 3
    monkeypatch.setattr(rational_twin, "_layer", lambda w, b, maps: [maps[0]] * len(b))
    wrong = len(pieces_on_interval(net, *(exact(np.array(e, float)) for e in ends)))
    assert wrong != right


def test_a_fault_in_the_programs_and_in_the_grid(monkeypatch: pytest.MonkeyPatch) -> None:
    net, box = integer_net(2002, 2, max_width=3), lr.Box(-1.0, 1.0, dim=2)
    patterns = {tuple(row) for row in lr.subdivide(net, box).patterns.tolist()}
    assert pattern_oracles.patterns_by_programs(net, box.low, box.high) == patterns
    assert pattern_oracles.patterns_on_grid(net, box.low, box.high, 40) <= patterns
    bent = lr.Network(
        weights=net.weights,
        biases=(net.biases[0] + 0.6, *net.biases[1:]),
        activations=net.activations,
    )
    assert not pattern_oracles.patterns_on_grid(bent, box.low, box.high, 40) <= patterns
    monkeypatch.setattr(pattern_oracles, "_radius", lambda *args: 1.0)
    assert pattern_oracles.patterns_by_programs(net, box.low, box.high) != patterns


def test_a_fault_in_the_cutting(monkeypatch: pytest.MonkeyPatch) -> None:
    def forgets_old_faces(
        self: object, k: int, where: np.ndarray, sub: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        return where[:0], sub[:0]

    monkeypatch.setattr(cut._Sides, "zero_subfaces", forgets_old_faces)
    assert disagreements() > 0


def test_a_fault_in_the_exact_signs(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = ExactVertices.signs
    monkeypatch.setattr(ExactVertices, "signs", lambda *args: np.maximum(keep(*args), 0))
    assert disagreements() > 0


def test_a_fault_in_what_the_kernels_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Patterns in another order; the signs of a layer upside down."""
    keep = SkeletonFaces.patterns.func
    with monkeypatch.context() as patch:
        patch.setattr(SkeletonFaces, "patterns", property(lambda self: keep(self)[::-1]))
        assert disagreements("compiled") > 0
    bits = compiled_signs.layer_bits

    def turned(values: np.ndarray, *rest: object) -> int:
        return bits(-values, *rest)

    monkeypatch.setattr(compiled_signs, "layer_bits", turned)
    assert disagreements("compiled") > 0


def test_signs_without_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plain float signs: what the certificates are there to prevent."""
    monkeypatch.setattr(layer_signs.LayerSigns, "decide", lambda self, vertex: None)
    assert disagreements() > 0


def test_a_fault_in_the_linear_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        jumping_facets, "has_open_path", lambda net, p, pairs, n: np.zeros(len(pairs), dtype=bool)
    )
    monkeypatch.setattr(jumping_facets, "matrix_error", lambda net, size, n: 2.0 + 0 * size)
    assert disagreements() > 0


def test_a_fault_in_the_patterns(monkeypatch: pytest.MonkeyPatch) -> None:
    keep = numpy_subdivision.layer_pieces
    monkeypatch.setattr(numpy_subdivision, "layer_pieces", lambda *args: keep(*args)[::-1])
    assert disagreements() > 0


@pytest.mark.parametrize("what", ["value", "lipschitz", "slack"])
def test_bounds_that_are_too_small(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    net = lr.Network.random([2, 6, 5, 1], biases=0.3, rng=rng)
    keep = certificates.ErrorModel._finish

    def smaller(*args: object) -> certificates.LayerError:
        error = keep(*args)
        factors = {"value": 1e-4, "lipschitz": 0.2}
        parts = {k: getattr(error, k) * (factors[k] if k == what else 1) for k in factors}
        return certificates.LayerError(largest=error.largest, **parts)

    if what == "slack":
        monkeypatch.setattr(cut.HyperplaneError, "section_slack", lambda s, slack, slope: slack)
    else:
        monkeypatch.setattr(certificates.ErrorModel, "_finish", smaller)
    with pytest.raises(AssertionError):
        watch(net, lr.Box(-1.0, 1.0, dim=2))


def test_a_result_that_breaks_an_invariant_is_not_handed_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net = lr.Network.random([2, 6, 5, 1], biases=0.3, rng=np.random.default_rng(1))
    box = lr.Box(-1.0, 1.0, dim=2)
    with monkeypatch.context() as patch:
        patch.setattr(CutRecord, "num_regions", 0)
        for compiled in (True, False):
            with pytest.raises(lr.BrokenInvariantError, match="Euler"):
                lr.subdivide(net, box, compiled=compiled)
    with monkeypatch.context() as patch:
        patch.setattr(
            numpy_subdivision, "layer_pieces", lambda *args: layer_pieces(*args) * np.uint8(0)
        )
        with pytest.raises(lr.BrokenInvariantError, match="same pattern"):
            lr.subdivide(net, box, compiled=False)
    cx = lr.subdivide(net, box, compiled=True)
    monkeypatch.setattr(face_kernels, "cell_words", lambda *args: args[-1].fill(0))
    with pytest.raises(lr.BrokenInvariantError, match="same pattern"):
        _ = cx.patterns


def test_a_fault_in_eulers_relation(monkeypatch: pytest.MonkeyPatch) -> None:
    """An edge that the count of faces forgets."""
    net = lr.Network.random([2, 6, 5, 1], biases=0.3, rng=np.random.default_rng(1))
    keep = StoredFaces.num_faces
    monkeypatch.setattr(StoredFaces, "num_faces", lambda self, k: keep(self, k) - (k == 1))
    with pytest.raises(lr.BrokenInvariantError, match="Euler"):
        lr.subdivide(net, lr.Box(-1.0, 1.0, dim=2), compiled=False)
