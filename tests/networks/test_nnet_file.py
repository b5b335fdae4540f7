"""Files of the kind .nnet."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from linreg_lib.networks import Network, relu

SIZES = (2, 4, 3, 2)


def _text(rng: np.random.Generator, sizes=SIZES) -> tuple[str, list[np.ndarray], list[np.ndarray]]:
    layers = list(zip(sizes[:-1], sizes[1:], strict=True))
    weights = [rng.normal(size=(b, a)) for a, b in layers]
    biases = [rng.normal(size=b) for _, b in layers]
    rows = [
        "// a comment",
        f"{len(layers)},{sizes[0]},{sizes[-1]},{max(sizes)},",
        ",".join(map(str, sizes)) + ",",
        "0,",
        "-1.0,-2.0,",
        "1.0,2.0,",
        "0.5,-0.25,3.0,",
        "2.0,4.0,5.0,",
    ]
    for weight, bias in zip(weights, biases, strict=True):
        rows += [",".join(map(repr, row)) + "," for row in weight.tolist()]
        rows += [f"{entry!r}," for entry in bias.tolist()]
    return "\n".join(rows) + "\n", weights, biases


@pytest.mark.parametrize("sizes", [SIZES, (2, 3)])
def test_the_numbers_are_those_of_the_file(tmp_path: Path, sizes: tuple[int, ...]) -> None:
    text, weights, biases = _text(np.random.default_rng(1), sizes)
    (tmp_path / "a.nnet").write_text(text)
    net = Network.from_nnet(tmp_path / "a.nnet")
    assert net == Network.from_arrays(weights, biases)
    assert set(net.activations) <= {relu()}
    raw = Network.from_nnet(tmp_path / "a.nnet", own_units=True)
    x = np.random.default_rng(2).normal(size=(20, 2))
    inputs = x * [2.0, 4.0] + [0.5, -0.25]
    np.testing.assert_allclose(raw(inputs), net(x) * 5.0 + 3.0, rtol=0, atol=1e-12)
    # Ranges are powers of two, so the first weights are not rounded.
    if len(sizes) > 2:
        assert np.array_equal(raw.weights[0], weights[0] / [2.0, 4.0])


def _changed(line: int, new: str | None) -> str:
    rows = _text(np.random.default_rng(1))[0].splitlines()
    return "\n".join([*rows[: line - 1], *([] if new is None else [new]), *rows[line:]])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is no whole .nnet file"),
        ("no numbers", "line 1: "),
        (_changed(2, "3,4,2,4,"), r"line 3: sizes \[2, 4, 3, 2\], but 4 inputs"),
        (_changed(8, "0.0,4.0,5.0,"), "line 8: a range is 0"),
        (_changed(9, "1.0,2.0,3.0,"), "line 9 has 3 numbers; expected 2"),
        (_changed(9, "1.0,nan,"), r"line 9: numbers\[1\] is nan"),
        (_changed(26, None), "ends after"),
        (_changed(27, "1.0,"), "line 27: more numbers than the sizes"),
        (_changed(2, "1.5,2,"), "line 2: sizes must be integers from 1"),
        (_changed(3, "2,4.5,3,2,"), r"line 3: sizes must be integers from 1, got \[2.0, 4.5"),
        (_changed(2, "-1,2,"), "line 2: sizes must be integers from 1"),
    ],
)
def test_other_files(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "a.nnet").write_text(text)
    with pytest.raises(ValueError, match=message):
        Network.from_nnet(tmp_path / "a.nnet")
