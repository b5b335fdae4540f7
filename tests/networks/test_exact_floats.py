"""Numbers at the entrance: the same float64 numbers come in, or nothing does."""

from __future__ import annotations

import array
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import scipy.sparse

from linreg_lib.networks.exact_floats import exact_floats, exact_number, locked_floats

BEYOND = 2**53 + 1
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)
NAN = float("nan")


class _Frame:
    """What a data frame of pandas offers: columns of their own types, and an array of all."""

    def __init__(self, **columns: Any) -> None:
        self._columns = {name: np.asarray(column) for name, column in columns.items()}
        self.columns, self.ndim = list(columns), 2

    def items(self) -> Any:
        return self._columns.items()

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.column_stack(list(self._columns.values()))


class _Series:
    """What jax, pandas and others offer."""

    def __init__(self, values: Any) -> None:
        self.values = values

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.values)


SAME = {
    "float16": np.array([0.1], dtype=np.float16),
    "float32": [np.float32(0.1)],
    "big endian": np.array([0.1, 2.0], dtype=">f8"),
    "long double": np.array([0.5], dtype=np.longdouble),
    "bools": [True, np.False_],
    "integers": [[1, 2], [-3, 2**53]],
    "powers of two": [2**80, -(2**63)],
    "uint64": np.array([2**63], dtype=np.uint64),
    "fractions": [HALF, Decimal("0.25")],
    "objects": np.array([1, HALF], dtype=object),
    "no mask": np.ma.array([1.0, 2.0]),
    "range": range(3),
    "buffer": memoryview(array.array("d", [0.1])),
    "rows of arrays": [np.array([1, 2]), (np.float32(0.5), HALF)],
    "frame": _Frame(a=[1, 2], b=[0.5, 0.25]),
    "series": _Series([1, 2]),
    "matrix": np.matrix([[1, 2]]),
    "nothing": [],
}


@pytest.mark.parametrize("values", SAME.values(), ids=SAME.keys())
@pytest.mark.filterwarnings("ignore:the matrix subclass")
def test_what_comes_in_is_the_same_numbers(values: Any) -> None:
    found = exact_floats("x", values)
    assert type(found) is np.ndarray
    assert found.dtype == np.float64
    assert found.dtype.isnative
    expected = np.asarray(values).astype(object)
    assert all(map(_equal, found.ravel().tolist(), expected.ravel().tolist()))


def _equal(found: float, expected: Any) -> bool:
    is_plain = isinstance(expected, np.floating | np.bool_)
    return Fraction(found) == Fraction(float(expected) if is_plain else expected)


REFUSED = {
    "integer beside a float": ([0.5, BEYOND], ValueError, r"x\[1\] is 9007199254740993, which is"),
    "array beside an array": ([np.array([BEYOND]), np.array([0.5])], ValueError, r"x\[0, 0\] is"),
    "int64": (np.array([[1, BEYOND]]), ValueError, r"x\[0, 1\] is .* no float64; round it your"),
    "beyond all floats": ([10**400], ValueError, r"x\[0\] is 1000.*\.\.\., which is no float64"),
    "thousands of digits": ([10**6000], ValueError, "which is no float64"),
    "a third": ([THIRD], ValueError, r"x\[0\] is 1/3, which is no float64"),
    "a tenth": (Decimal("0.1"), ValueError, "x is 0.1, which is no float64"),
    "signalling": ([Decimal("sNaN")], TypeError, "no real number"),
    "text": (["-1"], TypeError, r"x\[0\] is '-1', which is no real number"),
    "text beside a number": (np.array([1.0, "2"], dtype=object), TypeError, r"x\[1\] is '2'"),
    "array of text": (np.array(["-1"]), TypeError, "must hold real numbers, got dtype <U2, say"),
    "bytes": (b"12", TypeError, "x is b'12'"),
    "a bytearray": (bytearray(b"12"), TypeError, "no real number"),
    "complex": ([1 + 0j], TypeError, r"x\[0\] is \(1\+0j\)"),
    "complex array": (np.array([1j]), TypeError, "complex128"),
    "mask": (np.ma.array([[1.0, 2.0]], mask=[[False, True]]), ValueError, r"x\[0, 1\] is masked"),
    "mask in a list": ([[1.0], np.ma.array([2.0], mask=[True])], ValueError, r"x\[1, 0\] is mask"),
    "masked constant": ([1.0, np.ma.masked], ValueError, r"x\[1\] is masked"),
    "dates": (np.array(["2020-01-01"], dtype="M8[D]"), TypeError, "datetime64"),
    "times": ([np.timedelta64(1, "s")], TypeError, "no real number"),
    "records": (np.zeros(1, dtype=[("a", float)]), TypeError, "must hold real numbers"),
    "ragged": ([[1, 2], [3]], TypeError, "x cannot be read.*rows differ in length"),
    "ragged objects": (np.array([[1], [1, 2]], dtype=object), TypeError, "cannot be read"),
    "none": ([None], TypeError, r"x\[0\] is None"),
    "set": ({1, 2}, TypeError, "pass a list"),
    "sparse": (scipy.sparse.csr_array(np.eye(2)), TypeError, r"sparse csr_array; pass its toarray"),
    "sparse in a list": ([scipy.sparse.csr_array(np.eye(2))], TypeError, r"x\[0\] is a sparse"),
    "nan": ([[0.0, NAN]], ValueError, r"x\[0, 1\] is nan; it must be finite"),
    "infinity": (float("inf"), ValueError, "x is inf; it must be finite"),
    "frame": (_Frame(a=[1, BEYOND], b=[0.5, 0.25]), ValueError, r"x\.columns\[0\]\[1\] is 9007"),
    "missing": (_Series(np.array([1, None], dtype=object)), TypeError, r"x\[1\] is None"),
    "an object": (object(), TypeError, "no real number"),
}


@pytest.mark.parametrize(("values", "error", "message"), REFUSED.values(), ids=REFUSED.keys())
def test_what_would_be_changed_is_refused(
    values: Any, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        exact_floats("x", values)


@pytest.mark.skipif(np.finfo(np.longdouble).nmant <= 52, reason="long double is float64 here")
@pytest.mark.parametrize("wrap", [np.array, list, lambda each: [each, [0.5]]])
def test_long_doubles(wrap: Any) -> None:
    with pytest.raises(ValueError, match="which is no float64"):
        exact_floats("x", wrap([np.longdouble(1) / 3]))
    with pytest.raises(ValueError, match="which is no float64"):
        exact_floats("x", [np.longdouble("1e4000")])


def test_tensors() -> None:
    torch = pytest.importorskip("torch")
    for dtype in (torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64):
        tensor = torch.tensor([1, 3]).to(dtype) / (1 if dtype == torch.int64 else 7)
        assert exact_floats("x", tensor).tolist() == tensor.tolist()
    assert exact_floats("x", [torch.tensor(0.5, requires_grad=True), 1]).tolist() == [0.5, 1.0]
    for tensor, message in (
        (torch.tensor([BEYOND]), r"x\[0\] is 9007199254740993"),
        (torch.tensor([1j]), "complex64"),
        (torch.eye(2).to_sparse(), r"pass its to_dense\(\)"),
        (torch.zeros(1, device="meta"), "no numbers"),
        (torch.nn.LazyLinear(2).weight, "cannot be read"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            exact_floats("x", tensor)


def test_rationals_of_sympy() -> None:
    sympy = pytest.importorskip("sympy")
    assert exact_floats("x", [sympy.Rational(1, 2), sympy.Integer(3)]).tolist() == [0.5, 3.0]
    with pytest.raises(ValueError, match="1/3, which is no float64"):
        exact_floats("x", [sympy.Rational(1, 3)])
    with pytest.raises(TypeError, match=r"x\[0\] is pi"):
        exact_floats("x", [sympy.pi])


def test_one_number() -> None:
    assert exact_number("x", np.array(0.5)) == 0.5
    for wrong in (True, np.True_, [1.0], np.array([1.0])):
        with pytest.raises(TypeError, match="x must be "):
            exact_number("x", wrong)


def test_locked_copies() -> None:
    given = np.ones(2)
    copy = locked_floats("x", given)
    given[0] = 5.0
    assert copy.tolist() == [1.0, 1.0]
    with pytest.raises(ValueError, match="read-only"):
        copy[0] = 2.0
    with pytest.raises(ValueError, match="x is empty"):
        locked_floats("x", [])
    assert exact_floats("x", given) is given  # no copy where none is needed
