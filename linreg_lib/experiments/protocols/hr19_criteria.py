"""What the experiments of HR19 are judged by, written down before any of them ran at its full size.

(HR19-Fig8 was added when the first tables of the others were there; it reads none of them.)
Seen before, and to be known: untrained networks of other seeds (pieces along lines over neurons
0.98 to 1.03, with deviations of 2 to 10 per cent over networks; neurons times distance 0.41 to
0.46, with 3 to 14 per cent), small runs on digits, and the test accuracy of two networks after one
epoch (16-16-16-16: 90 per cent, 200-100-50: 96). On no trained network on MNIST were pieces or
distances measured.

In what follows N counts hidden neurons (the paper does not say whether outputs count), a *moment*
is one at which networks are kept, a *product* is N times the mean distance from normal points with
pixels in [0, 1], a *ratio* is the mean number of pieces along whole lines over N; means are over
runs, and "clearly" means by more than two standard errors of the paired difference over runs.
"""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.protocols.criterion import Criterion

CRITERIA: Mapping[str, Criterion] = {
    "HR19-setup": Criterion(
        protocols=("hr19-fig5", "hr19-fig6"),
        of_paper="test accuracy 95 to 98 per cent, all networks (Section 3)",
        criterion="At epoch 20 the test accuracy of every run of hr19-fig6 lies in [low, high]: "
        "95 to 98 per cent, rounded to whole ones. Partly, if the mean of every architecture does.",
        power="One epoch of training gives 90 to 96 per cent; 16-16-16-16 may well stay below 95, "
        "and 128-128-128 pass 98.5: the claim can fail at both ends.",
        limits={"low": 0.945, "high": 0.985},
    ),
    "HR19-Fig5a": Criterion(
        protocols=("hr19-start", "hr19-fig5"),
        of_paper="the same constant for all networks, very close to 1 (Fig. 5, text)",
        criterion="Means over the networks of hr19-start: each architecture's ratio in [low, "
        "high], the largest at most max_over_min times the smallest. The five runs of hr19-fig5 "
        "are too few for that and shown beside it.",
        power="100 networks: standard errors of 0.2 to 1 per cent, so a constant off by 0.07, or "
        "one that differs by as much between depths, is seen. The exact mean is known, too "
        "(theory.whole_line_breakpoints): that is a check of ours, not the paper's.",
        limits={"low": 0.95, "high": 1.05, "max_over_min": 1.05},
    ),
    "HR19-Fig5b": Criterion(
        protocols=("hr19-fig5",),
        of_paper="first a slight decrease, then a rebound, within a small constant of the start",
        criterion="In at least num_architectures of the 9: the least ratio at epochs in (0, "
        "dip_until] is clearly below that at 0, and the ratio at 20 clearly above that least one. "
        "In all 9: every ratio over that at 0 lies in [low, high].",
        power="Without a change, both would be found in one architecture with a chance below 0.3, "
        "in 8 of 9 below 0.001. Growth or collapse by more than a factor of 2 is refused.",
        limits={"num_architectures": 8, "low": 0.5, "high": 2.0, "dip_until": 5.0},
    ),
    "HR19-train-heuristic": Criterion(
        protocols=("hr19-fig5",),
        of_paper="pieces along lines scale like the number of neurons throughout training",
        criterion="At every moment the least-squares slope of log(pieces) over log(N), one point "
        "an architecture, lies within tolerance of 1.",
        power="N from 64 to 384, 5 runs: the slope's standard error is about 0.03, so the square "
        "root of N, or N to the 4/3, is refused.",
        limits={"tolerance": 0.15},
    ),
    "HR19-simpler": Criterion(
        protocols=("hr19-fig5", "hr19-fig6"),
        of_paper="deeper networks do not learn more complex functions, by linear regions",
        criterion="Of the four architectures with N = 224 (three, three, four, five layers): at "
        "every moment the largest mean number of pieces on whole lines is at most max_over_min "
        "times the smallest, and so are products.",
        power="Means of 5 runs have errors of 1 to 4 per cent; growth by a factor of 1.25 for "
        "each layer more would be refused.",
        limits={"max_over_min": 1.3},
    ),
    "HR19-Fig6a": Criterion(
        protocols=("hr19-fig6", "hr19-scale"),
        of_paper="essentially between 0.4/N and 1.5/N throughout training",
        criterion="Of all products (architecture, moment) at least the share inside lies in [low, "
        "high], and none is outside by more than the tolerance (relative).",
        power="Errors of means are 1 to 4 per cent. In other units of brightness products differ: "
        "at the start by factors of about 1.5 to 255 (hr19-scale), and 0.4 is missed.",
        limits={"low": 0.4, "high": 1.5, "inside": 0.95, "tolerance": 0.1},
    ),
    "HR19-Fig6b": Criterion(
        protocols=("hr19-fig6", "hr19-start"),
        of_paper="equal products at the start; then slightly different ones, fast up, slower down",
        criterion="Start (hr19-start): largest over smallest product at most start_max_over_min. "
        "In at least num_architectures of the 9: the largest product comes after 0 and is clearly "
        "above that at 0, that at 20 clearly below it, and the mean rate of the rise is above "
        "that of the fall. At 20: largest over smallest at most end_max_over_min, and more than "
        "at 0.",
        power="Start: if distances fell like N to the -0.85 the quotient would be 1.3. A curve "
        "that only rises, or falls at once, is refused.",
        limits={"start_max_over_min": 1.25, "end_max_over_min": 2.0, "num_architectures": 8},
    ),
    "HR19-Fig6c": Criterion(
        protocols=("hr19-fig6",),
        of_paper="two phases against test accuracy: first regions expand, then they contract",
        criterion="In at least num_architectures of the 9: the largest product comes before the "
        "test accuracy is at its largest, and Spearman's correlation of product and accuracy is "
        "at least correlation up to it and at most -correlation from it on.",
        power="Independent of accuracy, the signs would be right with a chance of 1/4 each.",
        limits={"num_architectures": 8, "correlation": 0.5},
    ),
    "HR19-Fig6-predict": Criterion(
        protocols=("hr19-fig6", "hr19-start"),
        of_paper="the distance is well predicted by 1/N, for all networks",
        criterion="At every moment the least-squares slope of log(mean distance) over log(N), one "
        "point an architecture, is within tolerance of -1, and the correlation at most "
        "-correlation.",
        power="The slope's standard error is about 0.03; slopes of -1/2 (width, not neurons) or "
        "-4/3 are refused.",
        limits={"tolerance": 0.15, "correlation": 0.95},
    ),
    "HR19-Fig6-points": Criterion(
        protocols=("hr19-fig6",),
        of_paper="training and test points give similar results",
        criterion="Of all (architecture, moment): at least the share inside have mean distances "
        "from training and from test points within a factor of those from normal points; in at "
        "least num_architectures of the 9 both rise and fall as in Fig. 6b.",
        power="The paper's own band is a factor of 3.75 wide; one of 1.5 is well inside it. "
        "Errors of a mean over 2000 points and 12 runs are about 3 per cent.",
        limits={"inside": 0.9, "factor": 1.5, "num_architectures": 8},
    ),
    "HR19-run-variance": Criterion(
        protocols=("hr19-fig5", "hr19-fig6"),
        of_paper="the variance over runs is not significant (5 runs of 100 lines; 12 runs)",
        criterion="For ratios and for products: the root mean square, over architectures and "
        "moments, of deviation over runs divided by mean is at most spread; and at least the "
        "share of single runs shows by itself the dip and rebound, or the rise and fall.",
        power="Noise of 20 per cent a run would fail both. An F-test between runs is shown beside "
        "it: with 100 lines or 10,000 points a run any difference of networks is significant.",
        limits={"spread": 0.1, "share": 0.9},
    ),
    "HR19-far": Criterion(
        protocols=("hr19-fig5", "hr19-fig6"),
        of_paper="about constant during training, far from the largest possible 2^N pieces",
        criterion="Ratios stay in [low, high] of their start, products in the band of Fig. 6a, "
        "and log2 of the largest count on any line is at most exponent times N.",
        power="Growth as of a network that doubles pieces with every eighth neuron is refused.",
        limits={"low": 0.5, "high": 2.0, "exponent": 0.125},
    ),
    "HR19-Fig7": Criterion(
        protocols=("hr19-fig7",),
        of_paper="the distribution of log distance does not significantly change; it skews "
        "slightly towards larger regions",
        criterion="Normal points, medians over networks: from epoch 0 to 1 and to 20 the median "
        "log10 moves by at most shift, upwards in both, and its interquartile range changes by at "
        "most spread (relative).",
        power="shift is the paper's own band, log10(1.5/0.4). A spread by half as much again is "
        "refused. With 10,000 points any change is significant to a test, so none is made.",
        limits={"shift": 0.574, "spread": 0.25},
    ),
    "HR19-Fig7-spread": Criterion(
        protocols=("hr19-fig7",),
        of_paper="distances vary over many orders of magnitude",
        criterion="At each epoch log10 of the distance ranges over at least range among the "
        "middle 99.8 per cent of the points, for the median network.",
        power="Points about as far as each other, within a factor of 100, would fail. An "
        "exponential law alone has 3.8: many orders of magnitude need no regions of many sizes.",
        limits={"range": 3.0},
    ),
    "HR19-zero-bias": Criterion(
        protocols=("hr19-zero-bias",),
        of_paper="without biases regions collapse at initialisation; variance 1e-6 prevents it",
        criterion="Without biases every line through the origin has at most pieces, and planes "
        "through it have on average at most per_neuron times N regions; with variance 1e-6 at "
        "least share times N pieces and share_square times N^2 regions. Beside it, and to be said "
        "with the verdict: lines and planes that miss the origin, with and without.",
        power="Without a collapse counts would be those with biases, N and about N^2 / 2. Seen on "
        "digits before: what misses the origin does not collapse.",
        limits={"pieces": 2, "per_neuron": 3.0, "share": 0.5, "share_square": 0.125},
    ),
    "HR19-Fig8": Criterion(
        protocols=("hr19-fig8",),
        of_paper="regions expand, then contract; about the square of the number of neurons",
        criterion="Squares with half_width radii to either side of the centre. Order: in at least "
        "num_runs of the 10 networks the mean number of regions over planes is, at some moment "
        "between the first and the last, at most drop times that at either of them. Number: at "
        "the last moment the mean over networks is between low and high times 192^2. Reproduced, "
        "if both hold; partly, if one does. The other squares and the single planes are shown "
        "beside it: the paper gives no size.",
        power="Seen before: the same square, the first images with labels 0, 1 and 2, seeds 0 to "
        "4, ten epochs by another program: of seeds 0, 1 and 2 not all show the order. Counts "
        "that fluctuate by 3 per cent about a constant, rise only, or fall only, are refused; low "
        "and high are the square root of 10, so N and N^3 are, and N^2 / 4 is.",
        limits={"half_width": 1.25, "num_runs": 8, "drop": 0.9, "low": 10**-0.5, "high": 10**0.5},
    ),
}
