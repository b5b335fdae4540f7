"""Small files in MNIST's format, with their checksums."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np

SIZES = {"train": ("train", 20), "test": ("t10k", 8)}


@dataclass(frozen=True)
class FakeMnist:
    folder: Path
    checksums: dict[str, str]
    images: dict[str, np.ndarray]
    labels: dict[str, np.ndarray]


def idx_bytes(array: np.ndarray) -> bytes:
    header = struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(
        f">{array.ndim}I", *array.shape
    )
    return header + array.astype(np.uint8).tobytes()


def write_fake_mnist(folder: Path, seed: int = 0) -> FakeMnist:
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    checksums, images, labels = {}, {}, {}
    for split, (prefix, size) in SIZES.items():
        images[split] = rng.integers(0, 256, (size, 28, 28), dtype=np.uint8)
        labels[split] = np.arange(size) % 10
        for name, array in (
            (f"{prefix}-images-idx3-ubyte.gz", images[split]),
            (f"{prefix}-labels-idx1-ubyte.gz", labels[split]),
        ):
            content = gzip.compress(idx_bytes(array), mtime=0)
            (folder / name).write_bytes(content)
            checksums[name] = hashlib.sha256(content).hexdigest()
    return FakeMnist(folder=folder, checksums=checksums, images=images, labels=labels)
