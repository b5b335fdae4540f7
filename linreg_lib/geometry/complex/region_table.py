"""What there is to know of each region, as columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def region_table(cx: Any, num_vertices: np.ndarray) -> dict[str, npt.NDArray[Any]]:
    """Of a ``PolyhedralComplex``, see its ``table``; ``num_vertices`` (num_regions,)."""
    gradients = cx.affine_maps().matrices
    inside = cx.interior_coordinates
    columns = {
        "region": np.arange(cx.num_regions),
        "linear_region": cx.linear_regions().labels,
        "volume": cx.volumes,
        "is_bounded": cx.is_bounded_region,
        "num_facets": cx.facets_per_region(),
        "num_vertices": num_vertices,
        **{f"u{k}": inside[:, k] for k in range(cx.dim)},
        **{
            f"dy{i}_du{k}": gradients[:, i, k]
            for i in range(gradients.shape[1])
            for k in range(cx.dim)
        },
    }
    return {name: np.array(column) for name, column in columns.items()}
