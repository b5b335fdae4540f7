"""An object's attributes as JSON and plain arrays, and back: no pickles, nothing executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from linreg_lib.errors import DataError
from linreg_lib.geometry.domains.domain import Domain
from linreg_lib.geometry.domains.plane import Plane

_SEQUENCES = {"list": list, "tuple": tuple, "frozenset": frozenset}


def encoded_domain(domain: Domain, arrays: dict[str, np.ndarray]) -> dict[str, Any]:
    """The domain as JSON; its arrays are added to ``arrays``.

    Raises TypeError for a domain class that is not the library's own, and for attributes that are
    neither numbers, texts, arrays of numbers nor sequences of these.
    """
    kind = type(domain).__name__
    if _domain_classes().get(kind) is not type(domain):
        raise TypeError(f"the domain is a {kind}, which is not one of the library's own domains")
    attributes = {}
    for name, value in vars(domain).items():
        attributes[name] = _encoded(value, f"domain_{name}", arrays)
    return {"kind": kind, "attributes": attributes}


def decoded_domain(saved: dict[str, Any], arrays: Mapping[str, np.ndarray]) -> Domain:
    """The same domain again, bit for bit; not made by its constructor, which may round anew."""
    classes = _domain_classes()
    if saved["kind"] not in classes:
        raise DataError(f"unknown kind of domain {saved['kind']!r}")
    domain = object.__new__(classes[saved["kind"]])
    for name, value in saved["attributes"].items():
        if callable(getattr(type(domain), name, None)):
            raise DataError(f"a domain has no attribute {name!r} to be saved")
        for part, content in _parts(domain, name, _decoded(value, arrays)):
            setattr(domain, part, content)  # locks arrays
    return domain


def _parts(domain: Domain, name: str, value: Any) -> list[tuple[str, Any]]:
    """An attribute as it is named today: the sides of a plane were one number."""
    if isinstance(domain, Plane) and name == "half_width":
        return [("dim", 2), ("low", np.full(2, -value)), ("high", np.full(2, value))]
    return [(name, value)]


def _domain_classes() -> dict[str, type[Domain]]:
    found: dict[str, type[Domain]] = {}
    waiting = list(Domain.__subclasses__())
    while waiting:
        each = waiting.pop()
        waiting += each.__subclasses__()
        if each.__module__.startswith("linreg_lib.geometry."):
            found[each.__name__] = each
    return found


def _encoded(value: Any, name: str, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "fiub":
            raise TypeError(f"attribute {name} is an array of {value.dtype}, not of numbers")
        arrays[name] = value
        return {"array": name, "writeable": bool(value.flags.writeable)}
    for kind, make in _SEQUENCES.items():
        if type(value) is make:
            return {kind: [_encoded(v, f"{name}_{i}", arrays) for i, v in enumerate(value)]}
    if isinstance(value, np.generic):
        value = value.item()
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return {"int": hex(value)}
    if isinstance(value, float):
        return {"float": value.hex()}
    raise TypeError(f"attribute {name} is a {type(value).__name__}, which cannot be saved")


def _decoded(saved: Any, arrays: Mapping[str, np.ndarray]) -> Any:
    if saved is None or isinstance(saved, (bool, str)):
        return saved
    if "array" in saved:
        array = arrays[saved["array"]]
        array.setflags(write=saved["writeable"])
        return array
    ((kind, value),) = saved.items()
    if kind == "int":
        return int(value, 16)
    if kind == "float":
        return float.fromhex(value)
    return _SEQUENCES[kind](_decoded(each, arrays) for each in value)
