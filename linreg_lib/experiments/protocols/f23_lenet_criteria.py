"""What the LeNet of F23 is judged by, written down before it ran at its full size.

Seen before, and to be known: one untrained network of each kind (seed 0) and one image each. Of the
narrow one's 6,476 inequalities about 99 of 100 were certified to make faces, of the wide one's
26,316 about 45 of 100 at least; walks found 142 faces of a narrow one in 5000 steps and 36 of a
wide one in 300; 3000 rays from the image found 27 and 33. No trained network, no walk to its end. A
broad search of architectures gave 26,796 in 11 of 492,000 sums; of LeNet's own numbers one, with
the walls of a 32x32 image.

Then a first run, of 14 images and walks of at most 30,000 steps (networks of seed 1): 307 and 298
faces found in the trained wide network, no walk stopped; 257 to 358 in the trained narrow one, two
of eight walks stopped; 6,313 of 6,476 inequalities of one polytope were certified faces, 93
redundant, 70 open in 98 seconds; of 128 in the wide one 54, 36 and 38. Limits are what they were;
images, the longest walk, and the search where it had stayed open have grown, seeds are new.
"""

from __future__ import annotations

from collections.abc import Mapping

from linreg_lib.experiments.protocols.criterion import Criterion

CRITERIA: Mapping[str, Criterion] = {
    "F23-Fig8-9": Criterion(
        protocols=("f23-lenet",),
        of_paper="1,677 faces found on average, after about 120,000 steps (Figs. 8 and 9)",
        criterion="Walks in the trained wide network, whose 26,316 inequalities come nearest to "
        "26,796 (they are as many with the walls of a 32x32 image): the mean number of faces found "
        "at the stop is within a factor found of 1,677, and the mean number of steps within a "
        "factor steps of 120,000 (a walk that goes on at step 240,000 counts with what it has). "
        "Reproduced, if both hold; partly, if one does.",
        power="50 images; between images the number found is expected to vary by 10 to 20 per "
        "cent. Walks that stop four times earlier, or with a third of the faces, are refused. "
        "A mean of more than 240,000 steps cannot be told from one of 240,000: if most walks reach "
        "the cap, the number of steps is not judged, and the faces alone decide.",
        limits={"found": 1.5, "steps": 2.0},
    ),
    "F23-26796": Criterion(
        protocols=(),
        of_paper="26,796 inequalities, the largest possible number of faces (text and Fig. 8)",
        criterion="Readings of a LeNet-5 (convolutions of 6, 16 and 120 filters, windows 5x5, "
        "pools 2x2, 120 and 84 neurons, 10 outputs) without one convolution, for the 28x28 images "
        "that the paper names: reproduced, if at least num_readings of them gives 26,796, and at "
        "most the share chance of the numbers between 20,000 and 35,000 is given by any.",
        power="The paper's number is one that such a network must give. If more than one number "
        "in twenty is a sum of some reading, finding one says nothing.",
        limits={"num_readings": 1, "chance": 0.05},
    ),
    "F23-2000-5000": Criterion(
        protocols=("f23-lenet",),
        of_paper="no walk finds more than 2,000 faces (text); no polytope has more than 5,000",
        criterion="Trained networks of both kinds. Text: no walk finds more than most_found faces "
        "at its stop. Caption: for the wide kind the certified share of faces times the number of "
        "inequalities, pooled over images, less errors standard errors of sampling, is at most "
        "most_faces. Reproduced, if both hold; partly, if one does.",
        power="640 sampled inequalities: a share of 0.35, or 9,200 faces, has a standard error of "
        "0.019, so that it is told from 5,000; a polytope with 5,000 faces passes.",
        limits={"most_found": 2000, "most_faces": 5000, "errors": 3.0},
    ),
    "F23-LP-hard": Criterion(
        protocols=("f23-lenet",),
        of_paper="difficult to find all non-redundant inequalities in a short time (Section III)",
        criterion="All inequalities of the first polytope of the trained narrow network, in 784 "
        "dimensions, are put to decision: the statement is false as it stands, of high dimension "
        "alone, if at least the share decided of them is certified within seconds CPU seconds. "
        "The wide network is told beside it.",
        power="One linear program of the common kind, with all inequalities, takes some six "
        "seconds: by such the whole would take eleven hours, and the statement would stand.",
        limits={"decided": 0.99, "seconds": 600},
    ),
}
