"""Damages files at random and reads them, with little memory to spare; a program.

``python -m tests.experiments.reader_fuzz SEED NUM_FILES`` says how many were refused, were read as
they had been, and were read as something else; it fails unless every refusal is a DataError of one
line, and unless damaged bytes give the same data or none.
Where one array was changed and its checksum with it, other data are no fault.
"""

from __future__ import annotations

import gzip
import io
import json
import random
import resource
import sys
import tempfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import linreg_lib as lr
from linreg_lib.errors import DataError
from linreg_lib.experiments import load_run, run_many, save_run
from linreg_lib.experiments.data.idx import parse_idx
from linreg_lib.geometry import Space
from linreg_lib.networks import Normal
from tests.damaged_npz import MEGABYTE, members
from tests.experiments import run_functions as fns
from tests.experiments.fake_mnist import idx_bytes
from tests.experiments.small_run import small_run

Reader = Callable[[], Any]
SPARE = 200 * MEGABYTE


def readers(folder: Path) -> dict[str, tuple[Path, Reader]]:
    """A file of each kind, and what is read from it, as plain values."""
    rng = np.random.default_rng(0)
    found: dict[str, tuple[Path, Reader]] = {}
    for domain in (lr.Box(-1, 1, dim=2), Space(2), lr.Plane(np.zeros(5), np.eye(5)[:2], 1.0)):
        net = lr.Network.random([domain.input_dim, 4, 3, 1], biases=Normal(0.5), rng=rng)
        file = lr.subdivide(net, domain).save(folder / f"{type(domain).__name__}.npz")
        found[file.stem] = file, lambda file=file: _complex(file)
    run = save_run(small_run(), folder / "run.npz")
    found["run"] = run, lambda: _run(run)
    run_many(fns.squares, [1], folder=folder / "results")
    (result,) = (folder / "results").iterdir()
    found["result"] = result, lambda: _result(folder / "results")
    images = folder / "images.gz"
    images.write_bytes(gzip.compress(idx_bytes(rng.integers(0, 256, size=(20, 9, 9)))))
    found["images"] = images, lambda: parse_idx(images.read_bytes(), 3, "images.gz").tolist()
    return found


def _complex(file: Path) -> Any:
    cx = lr.PolyhedralComplex.load(file)
    return repr(cx), cx.patterns.tolist(), [weight.tolist() for weight in cx.network.weights]


def _run(file: Path) -> Any:
    run = load_run(file)
    weights = [[w.tolist() for w in each.network.weights] for each in run.snapshots]
    return repr(run.settings), run.seconds, repr(run.snapshots), weights


def _result(folder: Path) -> Any:
    results = run_many(fns.squares, [1], folder=folder)
    return results.num_reused, results.stacked("value").tolist()


def damaged(content: bytes, draw: random.Random) -> bytes:
    """Bits, bytes, words, spans changed, lost, added or moved; once or many times."""
    damaged = bytearray(content)
    for _ in range(draw.choice([1, 1, 1, 2, 5, 40])):
        if not damaged:
            break
        at, size = draw.randrange(len(damaged)), draw.randrange(1, 50)
        kind = draw.randrange(6)
        if kind == 0:
            damaged[at] ^= 1 << draw.randrange(8)
        elif kind == 1:
            damaged[at : at + 4] = draw.choice([b"\xff" * 4, bytes(4), b"\x7f" + b"\xff" * 3])
        elif kind == 2:
            del damaged[at : at + size]
        elif kind == 3:
            damaged[at:at] = draw.randbytes(size)
        elif kind == 4:
            del damaged[at:]
        else:
            other = draw.randrange(len(damaged))
            damaged[at : at + size] = damaged[other : other + size]
    return bytes(damaged)


def damaged_inside(file: Path, draw: random.Random) -> bytes:
    """One array's header or content is damaged, and has a right checksum all the same."""
    parts = members(file)
    name = draw.choice(sorted(parts))
    head, rest = parts[name][:128], parts[name][128:]
    if draw.random() < 0.6:
        parts[name] = damaged(head, draw) + rest
    else:
        parts[name] = head + damaged(rest, draw)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return buffer.getvalue()


def main(seed: int, num_files: int) -> None:
    """Raises AssertionError at the first fault."""
    draw = random.Random(seed)
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        found = readers(Path(name))
        whole = {kind: file.read_bytes() for kind, (file, _) in found.items()}
        good = {kind: repr(read()) for kind, (_, read) in found.items()}
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (used + SPARE, used + SPARE))
        for _ in range(num_files):
            kind = draw.choice(sorted(found))
            file, read = found[kind]
            file.write_bytes(whole[kind])
            inside = kind != "images" and draw.random() < 0.5
            file.write_bytes(damaged_inside(file, draw) if inside else damaged(whole[kind], draw))
            counts[_outcome(kind, read, good[kind], inside)] += 1
    sys.stdout.write(f"{json.dumps(counts)}\n")


def _outcome(kind: str, read: Reader, good: str, inside: bool) -> str:
    try:
        again = repr(read())
    except DataError as error:
        _check_sentence(kind, error)
        return "refused"
    assert again == good or inside, kind
    return "same" if again == good else "other"


def _check_sentence(kind: str, error: DataError) -> None:
    said = str(error)
    assert "\n" not in said, (kind, said)
    assert len(said) < 800, (kind, said)
    assert not isinstance(error.__cause__, MemoryError), (kind, said)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
