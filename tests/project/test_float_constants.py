"""The constants of the error model are written in one place."""

from __future__ import annotations

import ast
from pathlib import Path

import linreg_lib
from linreg_lib.networks import float_constants

PACKAGE = Path(linreg_lib.__file__).parent
OWNER = PACKAGE / "networks" / "float_constants.py"
#: numbers of the same size that are thresholds of another kind, each with its reason beside it
OTHERS = {
    ("float_sign_bounds.py", 2.0**-1000),  # the least extent that is divided by
    ("coupon_collector.py", 1.0 + 1e-9),  # how far probabilities may be from adding up to 1
    ("split_faces.py", 2.0**-1000),  # slopes below are not used
    ("cut_kernels.py", 2.0**-1000),  # the same
    ("plane.py", 1.0 + 1e-9),  # how far a disc may reach beyond its half width
}


def _values(path: Path) -> set[float]:
    """Values of all ``a ** b``, ``a + b`` and ``a - b`` of plain numbers in a file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Pow | ast.Add | ast.Sub):
            continue
        try:
            numbers = [float(ast.literal_eval(each)) for each in (node.left, node.right)]
        except (ValueError, TypeError):
            continue
        operator = {ast.Pow: pow, ast.Add: float.__add__, ast.Sub: float.__sub__}[type(node.op)]
        if abs(numbers[1]) < 2000 and not (isinstance(node.op, ast.Pow) and numbers[1] > 0):
            found.add(operator(*numbers))
    return found


def test_no_other_file_spells_one_of_the_constants() -> None:
    owned = {
        value for name, value in vars(float_constants).items()
        if name.isupper() and isinstance(value, float)
    }  # fmt: skip
    assert 2.0**-53 in owned
    copies = {
        (path.name, value)
        for path in sorted(PACKAGE.rglob("*.py")) if path != OWNER
        for value in _values(path) & owned
    }  # fmt: skip
    assert copies == OTHERS


def test_only_one_file_asks_numpy_for_the_spacing_of_floats() -> None:
    asking = [
        path.name
        for path in sorted(PACKAGE.rglob("*.py"))
        if path != OWNER and ".eps" in (text := path.read_text("utf-8")) and "finfo" in text
    ]
    assert asking == []


def test_what_the_constants_say() -> None:
    import numpy as np

    info = np.finfo(np.float64)
    assert 2 * float_constants.UNIT == info.eps
    assert float_constants.SMALLEST_NORMAL == info.smallest_normal
    assert float_constants.SMALLEST == info.smallest_subnormal
    assert float_constants.UNIT * float_constants.FACTOR_FLOOR > float_constants.SMALLEST
    assert float_constants.SQUARE_FLOOR**2 > float_constants.SMALLEST_NORMAL
    floors = [
        float_constants.PLACE_FLOOR, float_constants.FACTOR_FLOOR, float_constants.SUM_FLOOR,
        float_constants.ROW_FLOOR, float_constants.UNDERFLOW_FLOOR,
    ]  # fmt: skip
    assert floors == sorted(floors)
