"""The protocol of F23's LeNet-5 (Figs. 8 and 9); ``f23_lenet_criteria`` says what it decides.

The paper gives the law of the images (uniform), the data (MNIST), that one convolution was removed
and ReLU put everywhere, and the rule for stopping; not which convolution, how pools work, training,
the law of directions, whether walkers move, nor whether walls of the cube count. Here pools are
averages, walkers move, walls of the cube count. 200 images walk in the trained narrow network, 50
in the trained wide one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from linreg_lib.experiments.lenets.polytopes import MARKS, polytopes_of_lenets
from linreg_lib.experiments.protocols.parameter import Parameter
from linreg_lib.experiments.protocols.protocol import Protocol

_SEED = 2  # networks with seeds 0 and 1 were looked at before
_TOGETHER = 10  # images of a piece


#: network -> images and batches of training are divided by this, 0 for no training
_NETWORKS = {
    "wide-trained": (4, 4),
    "narrow-trained": (1, 1),
    "wide-untrained": (20, 0),
    "narrow-untrained": (5, 0),
}
_SAMPLED_OF_WIDE = (64, 64)  # inequalities of the first images of a piece


def _pieces(
    *,
    networks: Sequence[str],
    num_images: int,
    num_steps: int,
    num_sampled: int,
    patience: int,
    most: int,
    dataset: str,
) -> Iterator[Mapping[str, Any]]:
    """Ten images of a network a piece, in the order of the networks."""
    for word in networks:
        kind, _, start = word.partition("-")
        fewer, divisor = _NETWORKS[word]
        decided = _SAMPLED_OF_WIDE if kind == "wide" else (num_sampled,)
        images = max(1, num_images // fewer)
        for first in range(0, images, _TOGETHER):
            together = min(_TOGETHER, images - first)
            yield {
                "kind": kind, "is_trained": start == "trained", "seed": _SEED,
                "num_steps": num_steps // divisor if divisor else 0, "first_image": first,
                "num_images": together, "num_sampled": list(decided[:together]),
                "patience": patience, "most": most, "dataset": dataset,
            }  # fmt: skip


PROTOCOLS: tuple[Protocol, ...] = (
    Protocol(
        name="f23-lenet",
        paper="F23",
        title="Polytopes of LeNets at uniform images: hit-and-run and certificates (Figs. 8, 9)",
        serves=("F23-Fig8-9", "F23-2000-5000", "F23-LP-hard"),
        columns={
            "kind": "wide (lost the first convolution) or narrow (kept it alone)",
            "is_trained": "whether the network was trained",
            "seed": "decides network, order of examples, images and walks",
            "dataset": "images it was trained on: mnist, or scikit-learn's 8x8 digits",
            "accuracy": "share of test images that are classified right",
            "image": "number of the uniform image",
            "num_inequalities": "neurons that vary on the polytope, and walls of the cube",
            "stop": "step at which the walk stopped by the rule, 0 if it had not at the last step",
            "found": "faces found by then",
            "walls_found": "of these, walls of the cube",
            **{f"found_{mark}": f"faces found in the first {mark} steps" for mark in MARKS},
            "thrown_stop": "ray at which throwing from the image stopped, 0 if it had not",
            "thrown": "faces found by then",
            "num_decided": "inequalities drawn at random and decided (all of them, or none)",
            "num_facets": "of these, certified to make a face",
            "num_redundant": "of these, certified to be implied by the others",
            "num_open": "of these, left open",
            "num_met": "inequalities decided that the walk had met",
            "num_met_redundant": "of these, certified to be implied by the others",
            "seconds": "CPU seconds of the decisions, with all that they need",
            "seconds_of_step": "CPU seconds of a step of one walk, of those that go at once",
        },
        parameters={
            "networks": Parameter(
                meaning="networks", tiny=("narrow-trained",),
                quick=("narrow-trained", "narrow-untrained"),
                paper=("wide-trained", "narrow-trained", "wide-untrained", "narrow-untrained"),
                choices=tuple(_NETWORKS),
            ),
            "num_images": Parameter(
                meaning="images of narrow-trained; others have fewer", tiny=2, quick=4, paper=200,
                least=1,
            ),
            "num_steps": Parameter(
                meaning="batches of training of the narrow network; the wide one has a quarter",
                tiny=50, quick=200, paper=400, least=4,
            ),
            "num_sampled": Parameter(
                meaning="inequalities decided of one narrow polytope in ten, 0 for all of them",
                tiny=20, quick=64, paper=0, least=0,
            ),
            "patience": Parameter(
                meaning="steps without news that end a walk", tiny=100, quick=1000, paper=1000,
                least=1,
            ),
            "most": Parameter(meaning="longest walk", tiny=300, quick=2000, paper=240_000, least=1),
            "dataset": Parameter(
                meaning="images to train on", tiny="digits", quick="mnist", paper="mnist",
                choices=("mnist", "digits"),
            ),
        },
        list_pieces=_pieces,
        run_piece=polytopes_of_lenets,
        version=2,
        cpu_seconds={"tiny": 3, "quick": 20, "paper": 6750},
    ),
)  # fmt: skip
