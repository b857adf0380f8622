"""The cells of every mosaic on the maps beside the main one: the same tiles in another order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from generator.maps.lattice import assign_cells, extend_cells
from generator.pipeline.layouts import Chart
from generator.pipeline.mosaics import GROUP_FILL, keep_cells, list_groups
from generator.report.mapped_posts import Mapped
from generator.report.model import Report
from generator.site.viewer_data import encode_order


def write_further_maps(report: Report, mapped: Mapped, charts: Sequence[Chart], folder: Path) -> None:
    """Write into `folder`/data, for each mosaic and each of `charts` but the first, the cells of its images.

    Where an earlier report had the map, images keep the cells they had there.
    """
    for chart in charts[1:]:
        before = chart.before if chart.before is not None and chart.before.stays else None
        places = before.find_places() if before else {}
        lattices = [("all", np.arange(len(mapped.posts)), chart.lattice)]
        for name, members in list_groups(report):
            points = chart.points[members]
            kept = None
            if before:
                former = [places.get(mapped.posts[member].id, -1) for member in members]
                kept = keep_cells(f"{name}--{chart.mix.key}", former, before.previous)
            lattice = extend_cells(points, kept, GROUP_FILL) if kept else assign_cells(points, GROUP_FILL)
            lattices.append((name, members, lattice))
        for name, members, lattice in lattices:
            text = encode_order(f"{name}--{chart.mix.key}", name, lattice, members.tolist())
            path = folder / "data" / f"mosaic-{name}--{chart.mix.key}.js"
            path.write_text(text, encoding="utf-8", newline="\n")
