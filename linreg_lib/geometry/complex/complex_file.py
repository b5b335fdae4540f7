"""A complex in a plain file: everything that is needed to ask all its questions again, exactly."""

from __future__ import annotations

import json
import math
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from linreg_lib.errors import DataError
from linreg_lib.geometry.complex.domain_in_file import decoded_domain, encoded_domain
from linreg_lib.geometry.domains.box import Box
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.polytope import Polytope
from linreg_lib.geometry.domains.slice import Slice
from linreg_lib.geometry.domains.space import Space
from linreg_lib.geometry.faces.face_source import StoredFaces
from linreg_lib.geometry.faces.incidence import Incidence, StoredBoundaries
from linreg_lib.geometry.record.cut_record import CutRecord
from linreg_lib.geometry.record.joined_record import JoinedRecord, joined_record
from linreg_lib.geometry.record.whole_space_record import WholeSpaceRecord, whole_space_record
from linreg_lib.geometry.vertex_signs.certificate import Certificate
from linreg_lib.geometry.vertex_signs.crossings import StoredCrossings
from linreg_lib.geometry.vertex_signs.exact_vertices import ExactVertices
from linreg_lib.geometry.vertex_signs.vertex_births import BornPlaces, exact_corners
from linreg_lib.networks import (
    Activation,
    Match,
    MaxUnit,
    MixedActivation,
    Network,
    PiecewiseLinear,
)
from linreg_lib.networks.arguments import checked_path
from linreg_lib.networks.exact_network import ExactNetwork
from linreg_lib.npz_file import StoredArrays, open_npz, write_npz

_FORMAT = "linreg_lib complex 2"
#: points were counted from zero, on windows far away too
_FORMAT_BEFORE = "linreg_lib complex 1"
_LONGEST = 300  # characters of an error that may quote the file


def save_record(record: CutRecord, path: str | os.PathLike[str]) -> Path:
    """See ``PolyhedralComplex.save``."""
    path = checked_path("path", path)
    cut = record
    if isinstance(record, WholeSpaceRecord):
        cut = record.parts
    elif isinstance(record, JoinedRecord):
        cut = record.fine
    arrays = {"points": cut.points, "patterns": cut.patterns, "zeros": cut.faces.zeros}
    arrays["vertex_ids"], arrays["births"] = cut.vertex_ids, cut.crossing_rows
    for k in range(1, cut.dim + 1):
        arrays[f"offsets_{k}"] = cut.boundary(k).offsets
        arrays[f"members_{k}"] = cut.boundary(k).members
    for layer, (weight, bias) in enumerate(
        zip(cut.network.weights, cut.network.biases, strict=True)
    ):
        arrays[f"weight_{layer}"], arrays[f"bias_{layer}"] = weight, bias
    for layer, activation in enumerate(cut.network.activations):
        if isinstance(activation, MixedActivation):
            choice = np.zeros(len(activation.units), dtype=np.int64)
            for number, (kind, units) in enumerate(activation.kinds):
                choice[units] = number
                _add_activation(arrays, kind, f"{layer}_{number}")
            arrays[f"choice_{layer}"] = choice
        else:
            _add_activation(arrays, activation, f"{layer}")
    header = {
        "format": _FORMAT,
        "depth": cut.network.depth,
        "upto_layer": int(cut.upto_layer),
        "zero_words": [int(count) for count in cut.faces.zero_words],
        "certificate": asdict(cut.certificate),
        "max_units": [asdict(unit) for unit in cut.network.max_units],
        "domain": encoded_domain(cut.domain, arrays),
    }
    return write_npz(Path(path), {"header": np.array(json.dumps(header)), **arrays})


def _add_activation(
    arrays: dict[str, np.ndarray], activation: PiecewiseLinear, suffix: str
) -> None:
    _, parts = activation.__reduce__()
    for name, values in zip(("breakpoints", "slopes", "value_at"), parts, strict=True):
        arrays[f"{name}_{suffix}"] = np.asarray(values, dtype=np.float64)


def _activation_from(arrays: StoredArrays, layer: int) -> Activation:
    if f"choice_{layer}" not in arrays:
        return _one_activation(arrays, f"{layer}")
    choice = arrays[f"choice_{layer}"].tolist()
    kinds = {number: _one_activation(arrays, f"{layer}_{number}") for number in set(choice)}
    return MixedActivation([kinds[number] for number in choice])


def _one_activation(arrays: StoredArrays, suffix: str) -> PiecewiseLinear:
    return PiecewiseLinear(
        arrays[f"breakpoints_{suffix}"],
        arrays[f"slopes_{suffix}"],
        value_at=tuple(arrays[f"value_at_{suffix}"].tolist()),
    )


def _max_units_from(header: dict[str, Any]) -> list[MaxUnit]:
    """Files of earlier versions know of none."""
    return [
        MaxUnit(
            num_entries=unit["num_entries"],
            matches=tuple(Match(**match) for match in unit["matches"]),
        )
        for unit in header.get("max_units", [])
    ]


def load_record(path: str | os.PathLike[str]) -> CutRecord:
    """See ``PolyhedralComplex.load``."""
    path = checked_path("path", path)
    try:
        with open_npz(path) as arrays:
            header = json.loads(str(arrays["header"])) if "header" in arrays else {}
            found = header.get("format") if isinstance(header, dict) else None
            if found not in (_FORMAT, _FORMAT_BEFORE):
                raise DataError(f"its format is {found!r}, not {_FORMAT!r}")
            record = _record_from(header, arrays)
            if found == _FORMAT_BEFORE and record.domain.centre.any():
                raise DataError(f"its format is {found!r}, which rounds windows far from zero")
            # Whole spaces are joined already.
            return joined_record(record) if type(record) is CutRecord else record
    except Exception as error:  # whatever the bytes are, one clear error
        raise DataError(
            f"{os.fspath(path)} is not a readable complex ({type(error).__name__}: "
            f"{str(error)[:_LONGEST]}); make it again with subdivide and save it"
        ) from error


def _record_from(header: dict[str, Any], arrays: StoredArrays) -> CutRecord:
    depth = header["depth"]
    activations = [_activation_from(arrays, layer) for layer in range(depth)]
    net = Network.from_arrays(
        [arrays[f"weight_{layer}"] for layer in range(depth + 1)],
        [arrays[f"bias_{layer}"] for layer in range(depth + 1)],
        activation=activations,
        max_units=_max_units_from(header),
    )
    domain = decoded_domain(header["domain"], arrays)
    boundaries = StoredBoundaries(
        (k, Incidence(arrays[f"offsets_{k}"], arrays[f"members_{k}"]))
        for k in range(1, domain.dim + 1)
    )
    words = tuple(header["zero_words"])
    certificate = Certificate(**header["certificate"])
    for name in ("points", "patterns", "zeros", "vertex_ids", "births"):
        arrays[name]
    arrays.refuse_unread()
    _check_numbers(net, domain, certificate, arrays)
    _check_domain(domain, arrays, boundaries)
    _check_shapes(net, domain, header["upto_layer"], words, arrays, boundaries)
    faces = StoredFaces(
        points=arrays["points"],
        boundaries=boundaries,
        patterns=arrays["patterns"],
        zeros=arrays["zeros"],
        zero_words=words,
    )
    crossings = StoredCrossings(arrays["births"])
    network = ExactNetwork(net, *domain.exact_lattice_frame())
    corners = exact_corners(domain, domain.initial_lattice().points.view)
    places = BornPlaces(network, corners, crossings).settled(crossings)
    cut = CutRecord(
        network=net,
        domain=domain,
        upto_layer=header["upto_layer"],
        faces=faces,
        vertex_ids=arrays["vertex_ids"],
        exact=ExactVertices(places.values, domain),
        crossings=crossings,
        certificate=certificate,
    )
    return whole_space_record(cut) if isinstance(domain, Space) else cut


def _check_numbers(
    net: Network, domain: Domain, certificate: Certificate, arrays: StoredArrays
) -> None:
    """Types are those that are saved, where another one would do as well until it does not."""
    dim = domain.dim
    if not (type(dim) is type(domain.input_dim) is int and 1 <= dim <= domain.input_dim):
        raise DataError(f"its domain has dimensions {dim!r} and {domain.input_dim!r}")
    shapes = {"origin": (domain.input_dim,), "basis": (dim, domain.input_dim), "scales": (dim,)}
    if isinstance(domain, Box | Slice):
        shapes |= {"low": (dim,), "high": (dim,)}
    for name, shape in shapes.items():
        part = getattr(domain, name)
        if part.dtype != np.float64 or part.shape != shape or not np.isfinite(part).all():
            raise DataError(f"its domain's {name} is no {shape} of finite numbers")
    for name, example in asdict(Certificate()).items():
        if type(getattr(certificate, name)) is not type(example):
            raise DataError(f"its certificate has {name} {getattr(certificate, name)!r}")
    for layer in range(net.depth + 1):
        for name in ("weight", "bias", "breakpoints", "slopes", "value_at"):
            key = f"{name}_{layer}"
            if key in arrays and arrays[key].dtype != np.float64:
                raise DataError(f"{key} has type {arrays[key].dtype}, not float64")
    for name, array in arrays.items():
        if not array.dtype.isnative:
            raise DataError(f"{name} has type {array.dtype}, of another byte order")


def _check_domain(domain: Domain, arrays: StoredArrays, boundaries: StoredBoundaries) -> None:
    """The domain's own faces, which are made anew, are fewer than those that the file holds.

    Each of the 3^d faces of a box, or of the cones that all of R^d is made of, holds a face.
    """
    num_faces = len(arrays["points"]) + sum(len(boundary) for boundary in boundaries.values())
    largest = 6 if isinstance(domain, Polytope) else math.log(num_faces + 0.5, 3)
    if domain.dim > largest:
        raise DataError(f"its domain of dimension {domain.dim} has more faces than the complex")
    if len(getattr(domain, "corners", ())) > len(arrays["births"]):
        raise DataError("its domain has more corners than the complex has vertices")


def _check_shapes(
    net: Network,
    domain: Domain,
    upto_layer: int,
    words: tuple[int, ...],
    arrays: StoredArrays,
    boundaries: StoredBoundaries,
) -> None:
    """Numbers that point at others must point inside; beyond that the checksums are trusted."""
    points, patterns, zeros = arrays["points"], arrays["patterns"], arrays["zeros"]
    widths = net.hidden_widths[:upto_layer]
    births, ids = arrays["births"], arrays["vertex_ids"]
    num_corners = domain.initial_lattice().points.size
    later = np.arange(num_corners, len(births))
    layers = births[num_corners:, 2]
    # All of R^d is stored in parts, which later layers may have cut.
    num_cut_by = [activation.num_breakpoints for activation in net.activations]
    num_breakpoints = num_cut_by[:upto_layer]
    bits = [n * count for n, count in zip(widths, num_breakpoints, strict=True)]
    rules = {
        "input_dim": net.input_dim == domain.input_dim,
        "upto_layer": 0 <= upto_layer <= net.depth,
        "points": points.dtype == np.float64 and points.shape == (len(ids), domain.dim + 1),
        "patterns": patterns.dtype == np.uint8
        and patterns.shape == (len(boundaries[domain.dim]), sum(widths))
        and bool((patterns <= np.repeat(num_breakpoints, widths)).all()),
        "zero_words": words == tuple(-(-count // 64) for count in bits),
        "zeros": zeros.dtype == np.uint64 and zeros.shape == (len(points), sum(words)),
        "vertex_ids": ids.dtype.kind == "i"
        and ids.ndim == 1
        and bool(((ids >= 0) & (ids < len(births))).all()),
        "births": births.dtype.kind == "i"
        and births.shape == (len(births), 5)
        and len(births) >= num_corners
        and bool((births[num_corners:] >= 0).all())
        and bool((births[num_corners:, :2] < later[:, None]).all())
        and bool((layers < net.depth).all())
        and bool((births[num_corners:, 3] < np.array([*net.hidden_widths, 0])[layers]).all())
        and bool((births[num_corners:, 4] < np.array([*num_cut_by, 0])[layers]).all()),
    }
    num_below = len(points)
    for k, boundary in boundaries.items():
        offsets, members = boundary.offsets, boundary.members
        rules[f"boundary {k}"] = (
            offsets.dtype.kind == members.dtype.kind == "i"
            and offsets.ndim == members.ndim == 1
            and len(boundary) > 0
            and offsets[0] == 0
            and offsets[-1] == len(members)
            and bool((np.diff(offsets) >= 2).all())
            and bool(((members >= 0) & (members < num_below)).all())
        )
        num_below = len(boundary)
    for name, holds in rules.items():
        if not holds:
            raise DataError(f"{name} does not fit to the rest")
