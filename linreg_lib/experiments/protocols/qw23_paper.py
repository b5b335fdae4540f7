"""The numbers of regions that QW23 prints: Tables 1 to 3."""

from __future__ import annotations

from collections.abc import Mapping

#: epochs of Table 1
EPOCHS_1 = (0, 10, 30, 50, 80, 100, 300, 500, 800, 1000, 3000, 5000, 10_000, 30_000, 50_000)

#: Table 1: random labels, hidden widths 32, 32, 32; number of samples -> regions at ``EPOCHS_1``
TABLE_1: Mapping[int, tuple[int, ...]] = {
    200: (1151, 925, 953, 1011, 995, 1176, 1426, 1499, 1858, 1749, 1896, 2108, 1988, 2149, 2455),
    500: (1151, 977, 1393, 1441, 1572, 1549, 2067, 2316, 2542, 2771, 3129, 3616, 3884, 4377, 4212),
    1000: (1153, 992, 928, 984, 1180, 1244, 1700, 2047, 2236, 2195, 2453, 2667, 2810, 3010, 3138),
    2000: (1154, 791, 1222, 1308, 1344, 1423, 1250, 1205, 1346, 1324, 1431, 1519, 1545, 1910, 1953),
    5000: (1151, 834, 1020, 560, 391, 325, 158, 111, 88, 143, 379, 344, 415, 442, 605),
    10_000: (1152, 873, 353, 316, 198, 79, 70, 109, 61, 80, 42, 51, 31, 34, 35),
}

#: epochs of Tables 2 and 3
EPOCHS_2 = (0, 2, 5, 8, 10, 20, 50, 100)

#: Table 2: 1000 points of two moons; width of the three hidden layers -> regions at ``EPOCHS_2``
TABLE_2: Mapping[int, tuple[int, ...]] = {
    16: (206, 198, 319, 358, 363, 395, 456, 467),
    32: (1151, 1151, 1222, 1401, 1274, 1533, 1756, 1725),
    64: (4112, 3897, 3803, 4472, 5172, 6354, 6037, 7082),
}

#: Table 3: 1000 points of Gaussian quantiles in five classes, otherwise as Table 2
TABLE_3: Mapping[int, tuple[int, ...]] = {
    16: (207, 174, 189, 228, 415, 437, 438, 436),
    32: (1154, 1638, 2362, 2204, 2045, 2197, 2420, 2505),
    64: (4113, 5501, 7524, 8402, 8809, 8706, 8433, 8579),
}

#: width -> the numbers that the three tables have at epoch 0
EPOCH_0: Mapping[int, frozenset[int]] = {
    width: frozenset(
        [TABLE_2[width][0], TABLE_3[width][0]]
        + ([row[0] for row in TABLE_1.values()] if width == 32 else [])
    )
    for width in TABLE_2
}
