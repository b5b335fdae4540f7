"""A complex in a plain file: everything that is needed to ask all its questions again, exactly."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from linreg_lib.errors import DataError
from linreg_lib.geometry.births import birth_table
from linreg_lib.geometry.certificate import Certificate
from linreg_lib.geometry.complex import PolyhedralComplex
from linreg_lib.geometry.domains import Domain
from linreg_lib.geometry.exact_vertices import ExactVertices, RecordedBirths
from linreg_lib.geometry.incidence import Incidence, StoredBoundaries
from linreg_lib.geometry.plain_attributes import decoded_domain, encoded_domain
from linreg_lib.geometry.space import Space
from linreg_lib.geometry.unbounded_complex import UnboundedComplex
from linreg_lib.networks import Network, PiecewiseLinear
from linreg_lib.networks.arguments import checked_path
from linreg_lib.networks.rational import ExactNetwork

_FORMAT = "linreg_lib complex 2"
#: points were counted from zero, on windows far away too
_FORMAT_BEFORE = "linreg_lib complex 1"


def save_complex(cx: PolyhedralComplex, path: str | os.PathLike[str]) -> Path:
    """See ``PolyhedralComplex.save``."""
    path = checked_path("path", path)
    if type(cx) not in (PolyhedralComplex, UnboundedComplex):
        raise TypeError(
            f"a {type(cx).__name__} cannot be saved; save what it was made from, the network or "
            "the complex, and make it again"
        )
    if isinstance(cx, UnboundedComplex):
        arrays, boundary = cx.part_arrays(), cx.part_boundary
    else:
        arrays = {"points": cx._points, "patterns": cx.patterns, "zeros": cx._zeros}
        arrays["vertex_ids"], boundary = cx._vertex_ids, cx.boundary
    arrays["births"] = birth_table(cx, int(arrays["vertex_ids"].max()) + 1)
    for k in range(1, cx.dim + 1):
        arrays[f"offsets_{k}"] = boundary(k).offsets
        arrays[f"members_{k}"] = boundary(k).members
    for layer, (weight, bias) in enumerate(zip(cx.network.weights, cx.network.biases, strict=True)):
        arrays[f"weight_{layer}"], arrays[f"bias_{layer}"] = weight, bias
    for layer, activation in enumerate(cx.network.activations):
        _, parts = activation.__reduce__()
        for name, values in zip(("breakpoints", "slopes", "value_at"), parts, strict=True):
            arrays[f"{name}_{layer}"] = np.asarray(values, dtype=np.float64)
    header = {
        "format": _FORMAT,
        "depth": cx.network.depth,
        "upto_layer": int(cx.upto_layer),
        "zero_words": [int(count) for count in cx._zero_words],
        "certificate": asdict(cx.certificate),
        "domain": encoded_domain(cx.domain, arrays),
    }
    return _write(Path(path), arrays, json.dumps(header))


def _write(path: Path, arrays: dict[str, np.ndarray], header: str) -> Path:
    """The whole file or none: written beside its place, then moved there."""
    descriptor, part = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            with zipfile.ZipFile(stream, "w") as archive:
                for name, array in {"header": np.array(header), **arrays}.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(part, path)
    finally:
        Path(part).unlink(missing_ok=True)
    return path


def load_complex(path: str | os.PathLike[str]) -> PolyhedralComplex:
    """See ``PolyhedralComplex.load``."""
    path = checked_path("path", path)
    try:
        arrays = _read(path)
        header = json.loads(str(arrays["header"])) if "header" in arrays else {}
        found = header.get("format") if isinstance(header, dict) else None
        if found not in (_FORMAT, _FORMAT_BEFORE):
            raise DataError(f"its format is {found!r}, not {_FORMAT!r}")
        cx = _complex_from(header, arrays)
        if found == _FORMAT_BEFORE and cx.domain.centre.any():
            raise DataError(f"its format is {found!r}, which rounds windows far from zero")
        return cx
    except Exception as error:  # whatever the bytes are, one clear error
        raise DataError(
            f"{os.fspath(path)} is not a readable complex ({type(error).__name__}: {error}); "
            "make it again with subdivide and save it"
        ) from error


def _read(path: Path) -> dict[str, np.ndarray]:
    arrays = {}
    with zipfile.ZipFile(path) as archive:
        for member in archive.namelist():
            # Read to the end, so that each checksum is compared.
            content = io.BytesIO(archive.read(member))
            name = member.removesuffix(".npy")
            arrays[name] = np.lib.format.read_array(content, allow_pickle=False)
            if content.read(1):
                raise DataError(f"array {name!r} is followed by other bytes")
    return arrays


def _complex_from(header: dict[str, Any], arrays: dict[str, np.ndarray]) -> PolyhedralComplex:
    depth = header["depth"]
    activations = [
        PiecewiseLinear(
            arrays[f"breakpoints_{layer}"],
            arrays[f"slopes_{layer}"],
            value_at=tuple(arrays[f"value_at_{layer}"].tolist()),
        )
        for layer in range(depth)
    ]
    net = Network.from_arrays(
        [arrays[f"weight_{layer}"] for layer in range(depth + 1)],
        [arrays[f"bias_{layer}"] for layer in range(depth + 1)],
        activation=activations,
    )
    domain = decoded_domain(header["domain"], arrays)
    boundaries = StoredBoundaries(
        (k, Incidence(arrays[f"offsets_{k}"], arrays[f"members_{k}"]))
        for k in range(1, domain.dim + 1)
    )
    words = tuple(header["zero_words"])
    _check_shapes(net, domain, header["upto_layer"], words, arrays, boundaries)
    for name in ("vertex_ids", "births"):
        arrays[name].setflags(write=False)
    kind = UnboundedComplex if isinstance(domain, Space) else PolyhedralComplex
    return kind(
        network=net,
        domain=domain,
        upto_layer=header["upto_layer"],
        points=arrays["points"],
        boundaries=boundaries,
        patterns=arrays["patterns"],
        zeros=arrays["zeros"],
        zero_words=words,
        exact=_exact_vertices(net, domain, arrays["births"]),
        vertex_ids=arrays["vertex_ids"],
        certificate=Certificate(**header["certificate"]),
    )


def _exact_vertices(net: Network, domain: Domain, births: np.ndarray) -> ExactVertices:
    corners = domain.exact_corners()
    if corners is None:
        corners = domain.initial_lattice().points.view
    return ExactVertices(
        ExactNetwork(net, *domain.exact_lattice_frame()),
        corners,
        RecordedBirths(births),
        domain.scales,
        domain.is_bounded,
    ).settled()


def _check_shapes(
    net: Network,
    domain: Domain,
    upto_layer: int,
    words: tuple[int, ...],
    arrays: dict[str, np.ndarray],
    boundaries: StoredBoundaries,
) -> None:
    """Numbers that point at others must point inside; beyond that the checksums are trusted."""
    points, patterns, zeros = arrays["points"], arrays["patterns"], arrays["zeros"]
    widths = net.hidden_widths[:upto_layer]
    births, ids = arrays["births"], arrays["vertex_ids"]
    num_corners = domain.initial_lattice().points.size
    later = np.arange(num_corners, len(births))
    layers = births[num_corners:, 2]
    num_breakpoints = [a.num_breakpoints for a in net.activations[:upto_layer]]
    bits = [n * count for n, count in zip(widths, num_breakpoints, strict=True)]
    rules = {
        "input_dim": net.input_dim == domain.input_dim,
        "upto_layer": 0 <= upto_layer <= net.depth,
        "points": points.dtype == np.float64 and points.shape == (len(ids), domain.dim + 1),
        "patterns": patterns.dtype == np.uint8
        and patterns.shape == (len(boundaries[domain.dim]), sum(widths)),
        "zero_words": words == tuple(-(-count // 64) for count in bits),
        "zeros": zeros.dtype == np.uint64 and zeros.shape == (len(points), sum(words)),
        "vertex_ids": ids.dtype.kind == "i" and bool(((ids >= 0) & (ids < len(births))).all()),
        "births": births.dtype.kind == "i"
        and births.shape == (len(births), 5)
        and len(births) >= num_corners
        and bool((births[num_corners:] >= 0).all())
        and bool((births[num_corners:, :2] < later[:, None]).all())
        and bool((layers < upto_layer).all())
        and bool((births[num_corners:, 3] < np.array([*widths, 0])[layers]).all())
        and bool((births[num_corners:, 4] < np.array([*num_breakpoints, 0])[layers]).all()),
    }
    num_below = len(points)
    for k, boundary in boundaries.items():
        offsets, members = boundary.offsets, boundary.members
        rules[f"boundary {k}"] = (
            offsets.dtype.kind == members.dtype.kind == "i"
            and offsets[0] == 0
            and offsets[-1] == len(members)
            and bool((np.diff(offsets) >= 2).all())
            and bool(((members >= 0) & (members < num_below)).all())
        )
        num_below = len(boundary)
    for name, holds in rules.items():
        if not holds:
            raise DataError(f"{name} does not fit to the rest")
