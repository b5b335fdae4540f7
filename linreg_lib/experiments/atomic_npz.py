"""Arrays and a JSON header in one ``.npz`` file that appears whole or not at all."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np


def write_npz(file: Path, arrays: Mapping[str, Any], header: Mapping[str, Any]) -> Path:
    """Write ``arrays`` (no objects) and ``header`` (JSON, under the key ``header``) to ``file``.

    The folder is made if needed; an interruption leaves the earlier file, or none.
    """
    if "header" in arrays:
        raise ValueError("an array may not be called 'header'; rename it")
    plain = {name: np.asarray(value) for name, value in arrays.items()}
    plain["header"] = np.array(json.dumps(header, sort_keys=True))
    for name, array in plain.items():
        if array.dtype.hasobject:
            raise TypeError(f"array {name!r} holds Python objects; give numbers or text instead")
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, part = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            # not np.savez: its own arguments would forbid names such as "file"
            with zipfile.ZipFile(stream, "w") as archive:
                for name, array in plain.items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
        os.replace(part, file)
    finally:
        Path(part).unlink(missing_ok=True)
    return file
