"""Data sets, training, one protocol module a paper, many runs at once."""

from __future__ import annotations

from linreg_lib.experiments.data import (
    ChecksumError,
    CovidCounts,
    Dataset,
    DatasetBanner,
    DataUnavailableError,
    DownloadError,
    ImageData,
    LabelledPoints,
    dataset_banner,
    load_covid,
    load_digits_dataset,
    load_images,
    load_mnist,
    load_moons,
    load_quantiles,
)
from linreg_lib.experiments.data.scaled_images import (
    ScaledImages,
    normal_points_like,
    scaled_images,
)
from linreg_lib.experiments.distances.boundary_distances import NearestSwitches, nearest_switches
from linreg_lib.experiments.distances.gradient_jump_search import distance_to_gradient_jump
from linreg_lib.experiments.engine_checks.census import (
    Census,
    CensusGroup,
    engine_digest,
    load_census,
)
from linreg_lib.experiments.engine_checks.certification_share import certification_share
from linreg_lib.experiments.engine_checks.fuzz import Fuzz, FuzzGroup, load_fuzz
from linreg_lib.experiments.engine_checks.naive_count import naive_count, naive_patterns
from linreg_lib.experiments.engine_checks.tie_catalogue import TieCase, tie_catalogue
from linreg_lib.experiments.engine_checks.vertex_errors import VertexErrors, vertex_errors
from linreg_lib.experiments.lanes.train_lanes import train_lanes
from linreg_lib.experiments.lines.breakpoint_counts import (
    breakpoint_counts,
    exact_mean_breakpoints,
    mean_breakpoints,
)
from linreg_lib.experiments.lines.level_crossings import LevelCrossings, level_crossings
from linreg_lib.experiments.lines.noise import growth_base, pieces_under_noise
from linreg_lib.experiments.lines.piece_search import PieceSearch, search_pieces
from linreg_lib.experiments.lines.whole_lines import count_along_whole_lines
from linreg_lib.experiments.measured_runs.at_initialisation import pieces_and_distances_at_start
from linreg_lib.experiments.measured_runs.distances_during_training import (
    distance_histograms,
    distances_during_training,
)
from linreg_lib.experiments.measured_runs.pieces_during_training import (
    count_on_part,
    pieces_during_training,
)
from linreg_lib.experiments.measured_runs.pieces_without_biases import pieces_without_biases
from linreg_lib.experiments.measured_runs.planes import (
    ExampleTriple,
    PlaneTable,
    regions_in_plane,
    three_examples,
)
from linreg_lib.experiments.measured_runs.polygons_during_training import (
    polygons_during_training,
    squares_through,
)
from linreg_lib.experiments.protocols import (
    Parameter,
    Protocol,
    ProtocolRun,
    StoredTable,
    load_table,
    run_protocol,
    save_table,
)
from linreg_lib.experiments.saved_runs.many_seeds import RunResults, run_many
from linreg_lib.experiments.saved_runs.pieces import PieceResults, run_pieces
from linreg_lib.experiments.saved_runs.run_error import RunError
from linreg_lib.experiments.saved_runs.snapshots import (
    Snapshot,
    TrainingRun,
    TrainingSettings,
    load_run,
    save_run,
)
from linreg_lib.experiments.training.train_classifier import train_classifier
from linreg_lib.experiments.training.training_plan import TrainingDivergedError

__all__ = [
    "Census",
    "CensusGroup",
    "ChecksumError",
    "CovidCounts",
    "DataUnavailableError",
    "Dataset",
    "DatasetBanner",
    "DownloadError",
    "ExampleTriple",
    "Fuzz",
    "FuzzGroup",
    "ImageData",
    "LabelledPoints",
    "LevelCrossings",
    "Parameter",
    "PieceResults",
    "NearestSwitches",
    "PieceSearch",
    "PlaneTable",
    "Protocol",
    "ProtocolRun",
    "RunError",
    "RunResults",
    "ScaledImages",
    "Snapshot",
    "StoredTable",
    "TieCase",
    "TrainingDivergedError",
    "TrainingRun",
    "TrainingSettings",
    "VertexErrors",
    "breakpoint_counts",
    "certification_share",
    "count_along_whole_lines",
    "count_on_part",
    "dataset_banner",
    "distance_histograms",
    "distance_to_gradient_jump",
    "distances_during_training",
    "engine_digest",
    "exact_mean_breakpoints",
    "growth_base",
    "level_crossings",
    "load_census",
    "load_covid",
    "load_digits_dataset",
    "load_fuzz",
    "load_images",
    "load_mnist",
    "load_moons",
    "load_quantiles",
    "load_run",
    "load_table",
    "mean_breakpoints",
    "naive_count",
    "naive_patterns",
    "nearest_switches",
    "normal_points_like",
    "pieces_and_distances_at_start",
    "pieces_during_training",
    "pieces_under_noise",
    "pieces_without_biases",
    "polygons_during_training",
    "regions_in_plane",
    "run_many",
    "run_pieces",
    "run_protocol",
    "save_run",
    "save_table",
    "scaled_images",
    "search_pieces",
    "squares_through",
    "three_examples",
    "tie_catalogue",
    "train_classifier",
    "train_lanes",
    "vertex_errors",
]
