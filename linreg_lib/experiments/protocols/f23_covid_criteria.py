"""What F23's experiment on the COVID risk is judged by, written before it ran at its full size.

Seen before, and to be known. Seeds 0 and 1 by the same program, all patients a step and 4096, all
moments: polytopes become fewer in every window, by factors of 3 to 90; those of 10 to 13 faces,
too; their share rises a little in both cubes, and clearly among the polytopes of points, while that
of fewer than 8 faces falls a little in the cubes and is next to nothing among the polytopes of
points from the start. The largest number of faces at the end was 21 to 31 in the cubes, 26 to 31
among those of points, 12 to 15 in slices; walls counted. In the cubes the mean is 10.0 to 10.2 at
all moments. Seeds 0 to 2, batches of 128 and 1024: nine of ten units die within a few epochs.
F23-Fig10's table (planes through images) was known: after 480 epochs there are more polygons than
before training in three of five squares.

In what follows *points* are the polytopes of 8,000 points, as F23 finds them, with walls counted;
*clearly* means by more than ``errors`` standard errors of the mean over seeds. The batch size is
not in the paper, so that one of the three that does as the paper says is enough, but must be the
same for all parts of a criterion.
"""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.protocols.criterion import Criterion

_BOTH = ("f23-covid", "f23-covid-biases")

CRITERIA: Mapping[str, Criterion] = {
    "F23-Fig7": Criterion(
        protocols=_BOTH,
        of_paper="fewer polytopes than at the start, most simple throughout, none over 22 faces",
        criterion="For points: (a) from epoch 0 to 400 the mean of log(number of polytopes) "
        "falls clearly (errors); (b) at every moment and for every seed more than the share of "
        "polytopes have fewer than simple faces; (c) at epoch 400 none has more than largest "
        "faces, for at least the part of the seeds. Reproduced, if for one batch size all three "
        "hold; partly, if (a) or (b) does. All polytopes of both cubes are shown beside it, and "
        "decide on (a) together with points: it holds if it does in all three.",
        power="Seen before: (a) has no power left, (b) little. Points fall into large polytopes, "
        "whose mean number of faces is 14 to 17 of 20, so that (b) could fail. In the cubes (b) "
        "cannot: with a mean of 10.1 and 6 faces at least, 71 per cent have fewer than 20.",
        limits={"errors": 3.0, "share": 0.5, "simple": 20, "largest": 22, "part": 0.5},
    ),
    "F23-Fig7-shift": Criterion(
        protocols=_BOTH,
        of_paper="the number of polytopes with 10-13 faces goes up, that with fewer than 8 down",
        criterion="From epoch 0 to 400, means over seeds: log(1 + number) of polytopes with 10 to "
        "13 faces rises, and of those with fewer than 8 faces falls, both clearly (errors). "
        "Reproduced, if both hold for one batch size in one of cube-1, cube-5, points, slice-1, "
        "slice-5 and slice-points. Partly, if both hold so of shares of all polytopes instead.",
        power="Among 18 tries the chance of one that passes without any shift is below 0.01. A "
        "share that moves by a per cent of itself is seen in the cubes, so that 'partly' says "
        "little: whether fewer hyperplanes without any training do the same is shown beside it.",
        limits={"errors": 3.0},
    ),
    "F23-Fig7-threshold": Criterion(
        protocols=_BOTH,
        of_paper="at the end none has more than 22 faces, so that most are simple",
        criterion="For points at epoch 400 and one batch size: (a) the largest number of faces is "
        "at most largest for at least the part of the seeds; (b) more than the share of polytopes "
        "have fewer than simple faces, for every seed. Reproduced, if both hold; partly, if one.",
        power="A network whose largest number is 26 or more in most runs fails (a). That (b) "
        "should follow from (a) is no matter of experiment: 22 is above the threshold 20.",
        limits={"largest": 22, "simple": 20, "share": 0.5, "part": 0.5},
    ),
    "F23-count-direction": Criterion(
        protocols=("f23-covid",),
        of_paper="increases (opening of Section V; Fig. 10), drops (Fig. 7)",
        criterion="Three sentences: that of Fig. 7, by part (a) of F23-Fig7 (errors); that of "
        "Fig. 10, by the part of F23-Fig10 on the increase; that of the opening, if the number at "
        "the end is clearly above that at the start in both experiments, whatever the batch, "
        "window or square. Reproduced, if all three hold (they exclude each other); partly, if "
        "some do.",
        power="Seen before: the drop of Fig. 7, and the table of Fig. 10.",
        limits={"errors": 3.0},
    ),
}
