"""Figures: a complex or a table of numbers to axes.  Nothing here counts or decides anything."""

from linreg_lib.extras import needs_extra as _needs_extra

with _needs_extra("linreg_lib.figures"):
    from linreg_lib.figures.colours import label_colours as label_colours
    from linreg_lib.figures.colours import pattern_colours as pattern_colours
    from linreg_lib.figures.curves import Series as Series
    from linreg_lib.figures.curves import compare as compare
    from linreg_lib.figures.curves import draw_bars as draw_bars
    from linreg_lib.figures.curves import draw_counts as draw_counts
    from linreg_lib.figures.curves import draw_measured as draw_measured
    from linreg_lib.figures.curves import draw_predicted as draw_predicted
    from linreg_lib.figures.curves import draw_runs as draw_runs
    from linreg_lib.figures.evolution import Evolution as Evolution
    from linreg_lib.figures.films import evolution_of_regions as evolution_of_regions
    from linreg_lib.figures.graphs import compare_graphs as compare_graphs
    from linreg_lib.figures.graphs import draw_graph as draw_graph
    from linreg_lib.figures.levels import draw_level_set as draw_level_set
    from linreg_lib.figures.plot import plot_complex as plot_complex
    from linreg_lib.figures.region_canvas import RegionCanvas as RegionCanvas
    from linreg_lib.figures.region_canvas import region_canvas as region_canvas
    from linreg_lib.figures.regions import draw_layers as draw_layers
    from linreg_lib.figures.regions import draw_regions as draw_regions
    from linreg_lib.figures.regions import mark_points as mark_points
    from linreg_lib.figures.sections import section as section
    from linreg_lib.figures.solids import draw_solid as draw_solid
    from linreg_lib.figures.style import PALETTE as PALETTE
    from linreg_lib.figures.style import book_style as book_style
    from linreg_lib.figures.style import new_figure as new_figure
    from linreg_lib.figures.style import note as note
    from linreg_lib.figures.style import use_book_style as use_book_style
