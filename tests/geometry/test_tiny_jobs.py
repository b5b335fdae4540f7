"""Jobs so small that compiling would be most of their time leave numba alone."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import linreg_lib as lr
from linreg_lib.networks import Normal

pytest.importorskip("numba")

_SCRIPT = """
import sys
import numpy as np
import linreg_lib as lr

net = lr.Network.from_arrays([np.eye(2), [[1.0, 1.0]]], [np.zeros(2), [0.0]])
assert lr.subdivide(net, lr.Box(-1, 1, dim=2)).num_regions == 4
assert lr.count_along_lines(net, [[-1.0, -0.5]], [[1.0, 1.0]]).tolist() == [3]
assert "numba" not in sys.modules
assert lr.subdivide(net, lr.Box(-1, 1, dim=2), compiled=True).num_regions == 4
assert "numba" in sys.modules
"""


def test_a_tiny_job_does_not_load_the_compiler() -> None:
    subprocess.run([sys.executable, "-c", _SCRIPT], check=True, timeout=300)


@pytest.mark.parametrize("num_neurons", [8, 9])
def test_the_engine_depends_on_the_size_alone(num_neurons: int) -> None:
    rng = np.random.default_rng(num_neurons)
    net = lr.Network.random([2, num_neurons, 1], biases=Normal(0.3), rng=rng)
    box = lr.Box(-1, 1, dim=2)
    found = lr.subdivide(net, box)
    assert found.certificate.compiled == (num_neurons > 8)
    assert found.f_vector == lr.subdivide(net, box, compiled=True).f_vector
    assert not lr.subdivide(net, box, compiled=False).certificate.compiled
