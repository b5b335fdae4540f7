"""What asks for a package that is not installed says which extra brings it."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from linreg_lib.extras import EXTRA_OF, needs_extra
from tests.project.lock_file import ROOT

LIBRARY = ROOT / "linreg_lib"
#: never for what users call
TOOLS = {"test", "dev", "all"}
#: files that are reached only through one that asked before
BEHIND = {
    "experiments/lanes/torch_lanes.py": "TorchLanes asks for torch first",
    "experiments/lanes/vectors.py": "train_lanes asks for numba first",
    "experiments/lenets/lenet.py": "lenet, which makes their module, asks for torch first",
    "experiments/training/train_classifier.py": "_torch_activation asks for torch first",
    "experiments/lenets/walks.py": "they walk in a module of lenets",
    "figures": "figures/__init__.py is imported first",
    "geometry/kernels": "imported under subdivide's and count_along_lines' own question",
    "networks/from_onnx/operators.py": "from_onnx/file.py asks for onnx first",
    "networks/from_torch": "_require_module asks for torch first",
}

#: what to call -> the package and the extra that its error names; nothing but NumPy and SciPy there
CALLS = {
    "lr.subdivide(net, box, compiled=True)": ("numba", "fast"),
    "lr.count_along_lines(net, [[-1.0]], [[1.0]], compiled=True)": ("numba", "fast"),
    "lr.subdivide(net, box, progress=True)": ("tqdm", "progress"),
    "lr.Network.from_torch(None)": ("torch", "torch"),
    "lr.networks.network_from_torch(None)": ("torch", "torch"),
    "lr.Network.from_onnx('net.onnx')": ("onnx", "onnx"),
    "lr.figures": ("matplotlib", "figures"),
    "lr.subdivide(net, box).plot()": ("matplotlib", "figures"),
    "lr.experiments.load_digits_dataset()": ("sklearn", "data"),
    "lr.experiments.load_moons(10, 0.1, rng=rng)": ("sklearn", "data"),
    "lr.experiments.data.cache_folder()": ("platformdirs", "data"),
    "lr.experiments.train_classifier([2], points, seed=0, epochs=1)": ("torch", "torch"),
    "lr.experiments.train_lanes([2], points, seeds=[0], epochs=1)": ("torch", "torch"),
    "lr.experiments.train_lanes([2], points, seeds=[0], epochs=1, engine='compiled')": (
        "numba",
        "fast",
    ),
    "lr.experiments.run_protocol('qw23-epoch0', profile='tiny')": ("pandas", "experiments"),
    "lr.experiments.load_table('qw23-epoch0', 'nowhere')": ("pandas", "experiments"),
    "lr.theory.zaslavsky_induction()": ("sympy", "symbolic"),
    "lr.theory.shallow_derivation()": ("sympy", "symbolic"),
}
PROGRAM = """
import json, os, sys
for name in {packages}:
    sys.modules[name] = None
for name in ("LINREG_CACHE", "XDG_CACHE_HOME"):
    os.environ.pop(name, None)
import numpy as np
import linreg_lib as lr
rng = np.random.default_rng(0)
net, box = lr.Network.from_arrays([[[1]], [[1]]], [[0], [0]]), lr.Box(-1, 1, dim=1)
points = lr.experiments.LabelledPoints(
    points=np.eye(2), labels=np.array([0, 1]), num_classes=2, name="toy"
)
assert lr.subdivide(net, box).num_regions == 2
found = {{}}
for call in {calls}:
    try:
        eval(call)
    except Exception as error:
        found[call] = [type(error).__name__, str(error)]
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def refusals() -> dict[str, list[str]]:
    """What each call says where no extra is installed."""
    program = PROGRAM.format(packages=list(EXTRA_OF), calls=list(CALLS))
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[str]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("call", CALLS)
def test_the_error_names_the_extra(call: str, refusals: dict[str, list[str]]) -> None:
    package, extra = CALLS[call]
    kind, message = refusals[call]
    assert kind == "ImportError", message
    assert f'needs the package {package}: pip install "linreg-lib[{extra}]"' in message


def test_the_table_is_that_of_the_project() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert table["name"] == "linreg-lib"
    extra_of_distribution = {
        Requirement(text).name.lower(): extra
        for extra, texts in table["optional-dependencies"].items()
        if extra not in TOOLS
        for text in texts
    }
    owners = packages_distributions()
    for module, extra in EXTRA_OF.items():
        names = {name.lower() for name in owners[module]}
        assert {extra_of_distribution.get(name) for name in names} == {extra}, module
    told = {name.lower() for module in EXTRA_OF for name in owners[module]}
    assert extra_of_distribution.keys() <= told


def test_other_missing_modules_are_missed_as_ever() -> None:
    with pytest.raises(ModuleNotFoundError, match="no_such_package"), needs_extra("this"):
        import_module("no_such_package")


def _unasked(tree: ast.Module) -> Iterator[ast.Import | ast.ImportFrom]:
    """Imports of an extra's package outside ``with needs_extra`` and ``if TYPE_CHECKING``."""
    asked = {
        inner
        for node in ast.walk(tree)
        if (isinstance(node, ast.With) and "needs_extra(" in ast.unparse(node.items[0]))
        or (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node not in asked and isinstance(node, ast.Import | ast.ImportFrom):
            names = [each.name for each in node.names]
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""] if not node.level else []
            if any(name.partition(".")[0] in EXTRA_OF for name in names):
                yield node


def test_every_import_of_an_extra_asks() -> None:
    found, used = [], set()
    for path in sorted(LIBRARY.rglob("*.py")):
        name = path.relative_to(LIBRARY).as_posix()
        behind = [each for each in BEHIND if name == each or name.startswith(f"{each}/")]
        for node in _unasked(ast.parse(path.read_text(encoding="utf-8"))):
            used.update(behind)
            if not behind:
                found.append(f"{name}:{node.lineno}")
    assert found == []
    assert used == set(BEHIND)


def test_the_alarm_rings(tmp_path: Path) -> None:
    plain = "def f():\n    import torch\n"
    asked = "with needs_extra('f'):\n    import torch\nif TYPE_CHECKING:\n    import sympy\n"
    assert [node.lineno for node in _unasked(ast.parse(plain))] == [2]
    assert list(_unasked(ast.parse(asked))) == []
