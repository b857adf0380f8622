"""Plan the mosaics of a report: which images lie in which cells, on every map, for all posts and for each group.

Where the cells of an earlier report stay, images keep theirs in every mosaic.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from generator.history.continuity import LEAST_KNOWN, Continuity
from generator.maps.lattice import Lattice, assign_cells, extend_cells
from generator.mosaics.name_places import Named, NamePlace, place_names

if TYPE_CHECKING:
    from generator.history.previous import PreviousReport
    from generator.pipeline.layouts import MapLayout
    from generator.report.mapped_posts import MappedPosts
    from generator.report.model import Group, Report

#: Share of a brand's or cluster's own lattice that is filled: denser than the map's, since it is read as a sheet.
GROUP_FILL = 0.75


@dataclass(frozen=True, slots=True)
class MosaicPlan:
    """One mosaic to draw: n images, each with its border and cell."""

    name: str
    members: NDArray[np.intp]  # (n,) positions of the posts
    images: Sequence[str]  # sha256
    borders: Sequence[str | None]
    lattice: Lattice


def plan_mosaics(
    report: Report, mapped: MappedPosts, colours: Sequence[str | None], before: Continuity | None
) -> list[MosaicPlan]:
    """Return the mosaics of the main map: that of all posts, and those of every brand and cluster."""
    lattices = [("all", np.arange(len(mapped.posts)), mapped.lattice)]
    lattices += _group_lattices(report, mapped, mapped.points, before, "")
    return [
        MosaicPlan(
            name,
            members,
            [mapped.images[member] for member in members.tolist()],
            [colours[member] for member in members.tolist()],
            lattice,
        )
        for name, members, lattice in lattices
    ]


def arrange_mosaics(
    report: Report, mapped: MappedPosts, layout: MapLayout
) -> list[tuple[str, NDArray[np.intp], Lattice]]:
    """Return the cells of every mosaic on a further map: name, positions of posts, lattice."""
    before = layout.before if layout.before is not None and layout.before.stays else None
    return [
        ("all", np.arange(len(mapped.posts)), layout.lattice),
        *_group_lattices(report, mapped, layout.image_map.points, before, f"--{layout.mix.key}"),
    ]


def _group_lattices(
    report: Report, mapped: MappedPosts, points: NDArray[np.float64], before: Continuity | None, suffix: str
) -> list[tuple[str, NDArray[np.intp], Lattice]]:
    """Return the mosaics of brands and clusters; `suffix` ends the names that the earlier report gave them."""
    kept = before if before and before.keeps_cells(report.history.fill) else None
    positions = kept.find_positions() if kept else {}
    lattices = []
    for name, members in list_groups(report):
        earlier = None
        if kept:
            former = [positions.get(mapped.posts[member].id, -1) for member in members]
            earlier = keep_cells(f"{name}{suffix}", former, kept.previous)
        group = points[members]
        lattice = extend_cells(group, earlier, GROUP_FILL) if earlier else assign_cells(group, GROUP_FILL)
        lattices.append((name, members, lattice))
    return lattices


def list_groups(report: Report) -> list[tuple[str, NDArray[np.intp]]]:
    """Return the mosaics of brands and clusters by name, each with the positions of its posts."""
    named: list[tuple[str, Group]] = [(f"brand-{group.key}", group) for group in report.brands]
    named += [(f"cluster-{group.key}", group) for group in report.groups]
    return [(name, np.array(group.members, dtype=np.intp)) for name, group in named]


def name_mosaic(report: Report, plan: MosaicPlan) -> list[NamePlace]:
    """Return the names of clusters and territories over the images of a mosaic.

    A cluster's own mosaic has none.
    """
    if plan.name.startswith("cluster-"):
        return []
    groups: list[Named] = []
    kinds: tuple[tuple[str, Sequence[Group]], ...] = (("cluster", report.clusters), ("territory", report.territories))
    for kind, all_of_kind in kinds:
        for position, group in enumerate(all_of_kind):
            members = np.flatnonzero(np.isin(plan.members, group.members))
            if len(members):
                groups.append(Named(kind, position, group.name, members))
    return place_names(plan.lattice, groups)


def keep_cells(name: str, former: Sequence[int], previous: PreviousReport) -> Lattice | None:
    """Return the cells that posts had in the earlier mosaic `name`; None if it is laid out anew.

    `former` are the positions of the posts in `previous`, -1 for new ones, whose column is -1.
    """
    mosaic = previous.read_mosaic(name)
    if mosaic is None:
        return None
    lattice, members = mosaic
    cells = dict(zip(members, zip(lattice.column.tolist(), lattice.line.tolist(), strict=True), strict=True))
    earlier = np.array([cells.get(position, (-1, -1)) for position in former], np.int32).reshape(-1, 2)
    known = int((earlier[:, 0] >= 0).sum())
    if known < LEAST_KNOWN * max(len(former), len(members)):
        return None
    return Lattice(lattice.columns, lattice.lines, earlier[:, 0].copy(), earlier[:, 1].copy())
