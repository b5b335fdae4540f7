"""What the experiments of F23 are judged by, written down before they ran at their full size.

Seen before, and to be known: two networks of other seeds, trained for 20 epochs by another program
and cut in six planes with half sides of 5 to 320: triangles and quadrilaterals are the larger part,
but clearly fewer than nine of ten; the number of polygons falls at first and may rise again later,
so that whether it "increases" depends on the epochs compared and on the square.
"""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.protocols.criterion import Criterion

CRITERIA: Mapping[str, Criterion] = {
    "F23-Fig10": Criterion(
        protocols=("f23-fig10",),
        of_paper="the number of polytopes increases; almost all are triangles or quadrilaterals",
        criterion="For each size of the square, means over planes and networks. Increase: from "
        "epoch 0 to 480 log(regions) grows by more than errors times its standard error over the "
        "networks (paired), and Spearman's correlation of the mean count with the order of the "
        "moments is at least correlation. Shapes: at epoch 480 at least the share of all polygons "
        "have 3 or 4 sides. Each of the two holds if it does for at least num_squares of the 5 "
        "sizes. Reproduced, if both hold; partly, if one does.",
        power="Ten networks: an increase by 15 per cent is seen. Of lines thrown at random 74 per "
        "cent of the polygons have 3 or 4 sides: such pictures are refused, as is a share of 85 "
        "per cent. Their mean number of sides is 4, whatever the network: it says nothing.",
        limits={"errors": 2.0, "correlation": 0.7, "share": 0.9, "num_squares": 3},
    ),
}
