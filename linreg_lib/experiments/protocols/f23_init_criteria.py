"""What F23's polytopes at initialisation are judged by, written down before the full runs.

Seen before, and to be known.  One network each (seed 1, other seeds are used now) of 3-40-20-1,
3-80-40-1, 3-20-20-20-20-20-1 and two deeper ones, for Xavier uniform, Kaiming and orthogonal, with
biases 0, 0.01 and 0.1, was cut whole, no point drawn.  All its polytopes together have 6.0 faces on
average, weighed by volume 8.1 to 8.6, the largest 15 to 21; with bias 0 it is 5.0 and 6.0 to 6.3,
the largest 10 to 12.  In the cube there are fewer polytopes at bias 0.1 than at 0.01, as there must
be: all biases times t is the cube's side divided by t.  How many polytopes points find, and with
which faces, had not been looked at.  (Before f23-deep ran, while its time was measured, one network
each of another seed, Xavier normal: 8000 points found 2491, 4959, 6614 and 7982 polytopes of four
layers of 20 and of 40, seven of 40 and of 160.  Criteria stayed as they were; three methods were
then left out at widths 80 and 160, to save time.)

In what follows a polytope is an activation region in the cube, found if one of the 8000 points is
in it, counted once, its faces on the cube's walls among its faces; *simple* is F23's Preliminary 3,
fewer faces than half the hidden neurons.  "Clearly" means by more than two standard errors over the
five networks, paired by seed where only bias or cube differ.
"""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.protocols.criterion import Criterion

CRITERIA: Mapping[str, Criterion] = {
    "F23-Fig4": Criterion(
        protocols=("f23-init",),
        of_paper="all polytopes are simple compared to the extreme they can reach (Fig. 4)",
        criterion="Bias 0.01, cube of half side 1: in each of the 8 cases of method and network "
        "the share of polytopes found that are simple (below 30 and 60 faces) is at least share.",
        power="One polytope in about 20,000 a case is seen. But planes thrown at random would pass "
        "too: 21 was the largest seen, so that the threshold could be far lower. Refused: a "
        "network with a polytope that half the neurons bound.",
        limits={"share": 1.0},
    ),
    "F23-Fig4-width": Criterion(
        protocols=("f23-init",),
        of_paper="faces do not increase from 3-40-20-1 to 3-80-40-1; far below 120 (Fig. 4)",
        criterion="Bias 0.01, half side 1. (a) Means over the five networks of the mean number of "
        "faces of polytopes found: for all four methods that of 3-80-40-1 exceeds that of "
        "3-40-20-1 by at most more. (b) No polytope found of 3-80-40-1 has more than largest "
        "faces, a quarter of 120. Reproduced if both, partly if one. Beside it the same for all "
        "polytopes.",
        power="The mean over polytopes of one network is known to 0.04, of five to about 0.02 plus "
        "what networks differ by: an increase by 0.2 faces is seen.",
        limits={"more": 0.1, "largest": 30},
    ),
    "F23-Fig5": Criterion(
        protocols=("f23-deep",),
        of_paper="more polytopes by depth and by width, much more by depth; simple ones dominate",
        criterion="Xavier uniform (the figure), four and seven hidden layers for depths 5 and 8, "
        "means over five networks of the number of polytopes found. (a) It clearly grows from "
        "each width to the next at both depths. (b) It clearly grows from depth 5 to 8 at each "
        "width. (c) For at least some of the widths w = 20, 40, 80 the logarithm of the growth "
        "from depth 5 to 8 is at least much times that from width w to 2w at depth 5. (d) In each "
        "of the 8 cases the share of simple ones is at least share. Reproduced if all four, "
        "partly if some of them. Beside it: other methods, five and eight hidden layers, and "
        "networks with as many neurons in fewer layers.",
        power="Numbers found vary by a few per cent over networks and have 8000 as their bound, "
        "which presses growth by width and by depth alike. Growth that only follows the number of "
        "neurons (1.75 times as many by depth, 2 times by width) is refused by (c).",
        limits={"some": 2, "much": 2.0, "share": 0.9},
    ),
    "F23-4-10": Criterion(
        protocols=("f23-deep",),
        of_paper="dominating polytopes of 3-40-40-40-40-1, Xavier normal: 4 to 10 faces",
        criterion="Polytopes found of the five networks, pooled. (a) At least the share of them "
        "have 4 to 10 faces. (b) Of all seven numbers in a row 4 to 10 hold the most. Reproduced "
        "if both, partly if one. Beside it without walls, and each network alone.",
        power="About 30,000 polytopes: shares are known to 0.005. A histogram shifted by one face "
        "is refused by (b).",
        limits={"share": 0.75},
    ),
    "F23-Fig6": Criterion(
        protocols=("f23-init",),
        of_paper="the larger the bias, the more polytopes; simple ones the majority (Fig. 6)",
        criterion="3-80-40-1, half side 1, biases 0, 0.01, 0.05, 0.1. (a) Xavier uniform (text) "
        "and (b) orthogonal (caption): the number of polytopes found clearly grows from each bias "
        "to the next. (c) At each bias and for both methods at least the share of those found are "
        "simple. (d) For both methods the number of all polytopes in the cube grows likewise. "
        "Reproduced if all four, partly if some of them.",
        power="(d) is known to fail beyond bias 0, by the scaling above; what is open is whether "
        "the points show the opposite. Paired by seed, a growth by 2 per cent is seen.",
        limits={"share": 0.5},
    ),
    "F23-Fig6-zero": Criterion(
        protocols=("f23-init",),
        of_paper="with bias 0 much fewer faces (Section V.A, Fig. 6)",
        criterion="3-80-40-1, half side 1, Xavier uniform and orthogonal: the mean number of faces "
        "of polytopes found at bias 0 is at most ratio times that at each of 0.01, 0.05 and 0.1. "
        "Reproduced if for both methods, partly if for one. Beside it all polytopes.",
        power="Seen before: for all polytopes the ratio is 0.84, weighed by volume 0.7; points "
        "find something between these. Known to 0.01.",
        limits={"ratio": 0.8},
    ),
    "F23-bbox": Criterion(
        protocols=("f23-init",),
        of_paper="simplicity is consistent over sizes of the outer bounding box (Section V)",
        criterion="3-40-20-1, four methods, bias 0.01, half sides 0.2, 1, 5 and 25: (a) the share "
        "of simple polytopes among those found is at least share in all 16 cases; (b) in none "
        "does their mean number of faces exceed that at half side 1 by more than more. Reproduced "
        "if both, partly if one.",
        power="As for Fig. 4; the paper shows no numbers. Planes thrown at random would pass.",
        limits={"share": 1.0, "more": 1.0},
    ),
}
