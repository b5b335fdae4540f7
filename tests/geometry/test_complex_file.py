"""A saved complex is the same one again; a damaged file is one clear error."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.errors import DataError
from linreg_lib.geometry import Domain, Space, UnboundedComplex, decision_complex
from linreg_lib.geometry.domains.polytope import Polytope
from linreg_lib.geometry.domains.simplex import Simplex
from linreg_lib.networks import Normal
from tests.damaged_npz import DAMAGES, in_time, little_memory
from tests.geometry.comparison import case


def assert_equal_in_everything(cx: lr.PolyhedralComplex, again: lr.PolyhedralComplex) -> None:
    assert repr(again) == repr(cx)
    assert again.network.activations == cx.network.activations
    for name in ("weights", "biases"):
        pairs = zip(getattr(again.network, name), getattr(cx.network, name), strict=True)
        assert all((a == b).all() for a, b in pairs)
    assert again.f_vector == cx.f_vector
    assert again.upto_layer == cx.upto_layer
    assert again.certificate == cx.certificate
    for name in (
        "patterns",
        "vertices",
        "edges",
        "facet_cells",
        "interior_coordinates",
        "interior_points",
        "interior_certified",
        "volumes",
    ):
        assert (getattr(again, name) == getattr(cx, name)).all(), name
    for walls in (True, False):
        assert (again.facets_per_region(walls) == cx.facets_per_region(walls)).all()
    for codim in range(cx.dim + 1):
        for of in ("activation", "linear"):
            if isinstance(cx, UnboundedComplex) and of == "linear" and codim > 1:
                continue
            assert again.volume(codim, of=of) == cx.volume(codim, of=of)
    assert (again.linear_regions().labels == cx.linear_regions().labels).all()
    assert (again.linear_regions().volumes == cx.linear_regions().volumes).all()
    assert (again.affine_maps().matrices == cx.affine_maps().matrices).all()
    for facet in range(min(len(cx.facet_is_wall), 40)):
        assert again.supports_of_facet(facet) == cx.supports_of_facet(facet)
    for vertex, number in zip(cx.record.vertex_ids, again.record.vertex_ids, strict=True):
        assert (cx.record.exact.point(int(vertex)) == again.record.exact.point(int(number))).all()
    points = np.random.default_rng(0).normal(size=(50, cx.network.input_dim))
    assert (again.locate(points) == cx.locate(points)).all()
    assert (again.domain.embed(cx.vertices) == cx.domain.embed(cx.vertices)).all()
    assert not again.patterns.flags.writeable


@pytest.mark.parametrize("seed", range(12))
def test_round_trip_with_ties_and_other_activations(seed: int, tmp_path: Path) -> None:
    net, box, _ = case(seed)
    cx = lr.subdivide(net, box)
    path = cx.save(tmp_path / "complex.npz")
    assert path == tmp_path / "complex.npz"
    assert [each.name for each in tmp_path.iterdir()] == ["complex.npz"]
    assert_equal_in_everything(cx, lr.PolyhedralComplex.load(path))


def domains(rng: np.random.Generator) -> dict[str, Domain]:
    a, b, c = rng.normal(size=(3, 5))
    return {
        "Box": lr.Box(-np.ones(5) / 7, 0.3),
        "Segment": lr.Segment(a, b),
        "Line": lr.Line(a, b),
        "Plane": lr.Plane.through(a, b, c),
        "Rectangle": lr.Rectangle(a, [b, c], [0.5, 2.0]),
        "Slice": lr.Slice(a, [b, c, a + b], [0.5, 0.25, 1.0]),
        "along": lr.Slice.along([4, 1], low=[300.0, -1.0], high=[300.5, 1.5], at=a),
        "Simplex": Simplex(np.vstack([np.zeros(3), np.eye(3) + 0.1])),
        "Polytope": Polytope(halfspaces=([[-1, 0], [0, -1], [3, 3], [1, 7]], [0, 0, 1, 2])),
    }


DOMAIN_KINDS = [
    "Box", "Segment", "Line", "Plane", "Rectangle", "Slice", "along", "Simplex", "Polytope"
]  # fmt: skip


@pytest.mark.parametrize("kind", DOMAIN_KINDS)
@pytest.mark.parametrize("upto_layer", [None, 1])
def test_round_trip_on_every_domain(kind: str, upto_layer: int | None, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    domain = domains(rng)[kind]
    net = lr.Network.random([domain.input_dim, 4, 3, 2], biases=Normal(0.3), rng=rng)
    cx = lr.subdivide(net, domain, upto_layer=upto_layer)
    path = tmp_path / "any name"
    cx.save(str(path))
    again = lr.PolyhedralComplex.load(str(path))
    assert vars(again.domain).keys() == vars(cx.domain).keys()
    assert again.domain == cx.domain
    assert_equal_in_everything(cx, again)
    # A loaded complex can be saved, and cut by its decisions, like the first one.
    again.save(path)
    assert_equal_in_everything(cx, lr.PolyhedralComplex.load(path))
    if upto_layer is None:
        decided, anew = decision_complex(cx), decision_complex(again)
        assert decided.f_vector == anew.f_vector
        assert (decided.classes == anew.classes).all()


@pytest.mark.parametrize("seed", range(12))
def test_round_trip_of_unbounded_complexes(seed: int, tmp_path: Path) -> None:
    """With regions joined across coordinate hyperplanes, and from neurons alone."""
    net = case(seed)[0]
    cx = lr.subdivide(net, Space(net.input_dim))
    again = lr.PolyhedralComplex.load(cx.save(tmp_path / "complex.npz"))
    assert type(again) is UnboundedComplex
    assert_equal_in_everything(cx, again)
    assert (again.is_bounded_region == cx.is_bounded_region).all()
    again.save(tmp_path / "complex.npz")
    assert_equal_in_everything(cx, lr.PolyhedralComplex.load(tmp_path / "complex.npz"))


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("bounded", [True, False])
def test_round_trip_of_earlier_layers(seed: int, bounded: bool, tmp_path: Path) -> None:
    """What later layers cut, too, is stored: the parts of all of R^d."""
    net, box, _ = case(seed)
    cx = lr.subdivide(net, box if bounded else Space(net.input_dim))
    for layer in range(net.depth + 1):
        earlier = cx.after_layer(layer)
        again = lr.PolyhedralComplex.load(earlier.save(tmp_path / "complex.npz"))
        assert_equal_in_everything(earlier, again)
        assert again.f_vector == lr.subdivide(net, cx.domain, upto_layer=layer).f_vector


def test_planes_of_older_files(tmp_path: Path) -> None:
    """Their sides were one number, and their dimension went without saying."""
    rng = np.random.default_rng(5)
    net = lr.Network.random([3, 4, 2], biases="torch", rng=rng)
    cx = lr.subdivide(net, lr.Plane([1.0, 2.0, 3.0], rng.normal(size=(2, 3)), 1.5))
    with np.load(cx.save(tmp_path / "complex.npz")) as stored:
        arrays = dict(stored)
    header = json.loads(str(arrays["header"]))
    attributes = header["domain"]["attributes"]
    for name in ("low", "high"):
        del arrays[attributes.pop(name)["array"]]
    del attributes["dim"]
    attributes["half_width"] = {"float": (1.5).hex()}
    np.savez(tmp_path / "older.npz", **{**arrays, "header": np.array(json.dumps(header))})
    again = lr.PolyhedralComplex.load(tmp_path / "older.npz")
    assert again.domain == cx.domain
    assert_equal_in_everything(cx, again)


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    net, box, _ = case(1)
    return lr.subdivide(net, box).save(tmp_path / "complex.npz")


def refused(path: Path) -> pytest.ExceptionInfo[lr.DataError]:
    with pytest.raises(lr.DataError, match="is not a readable complex") as caught:
        lr.PolyhedralComplex.load(path)
    assert str(path) in str(caught.value)
    return caught


def test_truncated_files(saved: Path) -> None:
    whole = saved.read_bytes()
    for length in np.linspace(0, len(whole) - 1, 60).astype(int):
        saved.write_bytes(whole[:length])
        refused(saved)


def test_damaged_bytes_never_give_another_complex(saved: Path) -> None:
    cx, whole = lr.PolyhedralComplex.load(saved), saved.read_bytes()
    num_refused = 0
    places = np.random.default_rng(0).integers(len(whole), size=200)
    for place in places.tolist():
        damaged = bytearray(whole)
        damaged[place] ^= 1 << (place % 8)
        saved.write_bytes(damaged)
        try:
            again = lr.PolyhedralComplex.load(saved)
        except lr.DataError:
            num_refused += 1
            continue  # a date in the archive, say, may be damaged without harm
        assert_equal_in_everything(cx, again)
    assert num_refused > 100


def test_foreign_files(saved: Path, tmp_path: Path) -> None:
    refused(tmp_path / "missing.npz")
    refused(tmp_path)
    other = tmp_path / "other.npz"
    np.savez(other, points=np.zeros(3))
    assert "its format is None" in str(refused(other).value)
    np.savez(other, header=np.array('{"format": "linreg_lib complex 99"}'))
    assert "linreg_lib complex 99" in str(refused(other).value)
    np.save(other.with_suffix(".npy"), np.zeros(3))
    refused(other.with_suffix(".npy"))
    np.savez(other, header=np.array({"format": 1}, dtype=object))  # a pickle
    refused(other)
    cut_short = ("patterns", "zeros", "bias_0")
    for name in ("members_1", "births", "vertex_ids", "offsets_2", *cut_short):
        with np.load(saved) as arrays:
            parts = {each: arrays[each] for each in arrays.files}
        parts[name] = parts[name][..., :-1] if name in cut_short else parts[name] + 1000
        np.savez(other, **parts)
        refused(other)
        del parts[name]
        np.savez(other, **parts)
        refused(other)


@pytest.mark.parametrize("name", ["members_1", "weight_0", "births"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_what_save_does_not_write(damage: str, name: str, saved: Path) -> None:
    DAMAGES[damage](saved, name)
    with little_memory():
        refused(saved)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("weight_0", lambda array: array.astype(np.float32)),
        ("weight_0", lambda array: array.astype(array.dtype.newbyteorder())),
        ("bias_0", lambda array: array.astype(np.int64)),
        ("slopes_0", lambda array: array.astype(np.float32)),
        ("points", lambda array: array[:, :1]),
        ("patterns", lambda array: array + 200),
        ("members_1", lambda array: array[:, None]),
        ("vertex_ids", lambda array: array.astype(np.float64)),
        ("domain_low", lambda array: np.zeros(40)),
        ("domain_basis", lambda array: array[:1]),
        ("unheard_of", lambda array: np.zeros(1)),
    ],
)
def test_arrays_of_another_kind(name: str, change: Any, saved: Path) -> None:
    with np.load(saved) as arrays:
        parts = {each: arrays[each] for each in arrays.files}
    parts[name] = change(parts.get(name))
    np.savez(saved, **parts)
    with little_memory():
        refused(saved)


@pytest.mark.parametrize("dim", [40, 10**9, -1, 0, 2.5, None, "2"])
def test_a_domain_that_is_larger_than_its_complex(dim: Any, saved: Path) -> None:
    """A box in 40 dimensions alone has 2^40 corners; they must not be made."""
    with np.load(saved) as arrays:
        parts = {each: arrays[each] for each in arrays.files}
    header = json.loads(str(parts["header"]))
    attributes = header["domain"]["attributes"]
    attributes["dim"] = attributes["input_dim"] = {"int": hex(dim)} if type(dim) is int else dim
    size = dim if dim == 40 else 2
    parts |= {"domain_low": np.zeros(size), "domain_high": np.ones(size)}
    parts |= {"domain_origin": np.zeros(size), "domain_basis": np.eye(size)}
    parts |= {"domain_scales": np.ones(size)}
    for layer in range(header["depth"] + 1):
        parts[f"weight_{layer}"] = np.ones((len(parts[f"weight_{layer}"]), size))
    np.savez(saved, **{**parts, "header": np.array(json.dumps(header))})
    with little_memory():
        refused(saved)


def test_headers_that_are_no_header(saved: Path) -> None:
    with np.load(saved) as arrays:
        parts = {each: arrays[each] for each in arrays.files}
    good = json.loads(str(parts["header"]))
    nested: Any = "[" * 3000 + "]" * 3000
    changes = [{"certificate": None}, {"certificate": {"certified": 1}}, {"depth": 10**12}]
    changes += [{"domain": None}, {"domain": {"kind": "Box", "attributes": {"embed": None}}}]
    changes += [{"upto_layer": -1}, {"zero_words": None}, {"format": [good["format"]]}]
    texts = ["null", "[]", "3", "{", nested, *(json.dumps(good | change) for change in changes)]
    for text in texts:
        np.savez(saved, **{**parts, "header": np.array(text)})
        refused(saved)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_regular_file(tmp_path: Path) -> None:
    refused(Path(os.devnull))


def test_large_spaces_with_few_cells_come_back(tmp_path: Path) -> None:
    """The bound on the domain's own faces must not refuse what was saved."""
    one = lr.Network.from_arrays([np.eye(1, 4), [[1.0]]], [[0.5], [0.0]])
    for domain in (Space(4), lr.Box(-1, 1, dim=4), Simplex(np.vstack([np.zeros(4), np.eye(4)]))):
        cx = lr.subdivide(one, domain)
        again = lr.PolyhedralComplex.load(cx.save(tmp_path / "complex.npz"))
        assert again.f_vector == cx.f_vector


def test_a_failed_save_leaves_the_earlier_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = saved.read_bytes()
    net, box, _ = case(2)
    cx = lr.subdivide(net, box)

    def broken(*args: object, **options: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(np.lib.format, "write_array", broken)
    with pytest.raises(OSError, match="disk full"):
        cx.save(saved)
    assert saved.read_bytes() == before
    assert [each.name for each in saved.parent.iterdir()] == [saved.name]


def test_complexes_made_from_others_are_refused(tmp_path: Path) -> None:
    net = lr.Network.from_arrays([[[1]], [[1], [0]]], [[0], [0, 0.5]])
    decided = decision_complex(lr.subdivide(net, lr.Box(-1.0, 1.0, dim=1)))
    with pytest.raises(TypeError, match="DecisionComplex cannot be saved"):
        decided.save(tmp_path / "complex.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in the file system here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with in_time(), pytest.raises(DataError, match="not a regular file"):
        lr.PolyhedralComplex.load(tmp_path / "pipe")
