"""All mosaics of a report: the map, every brand's and every cluster's own, and the case study's two pictures.

A mosaic that the old site already shows, with the same images in the same cells, is taken from there
instead of being drawn again.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache, open_cell
from generator.digests import digest_of
from generator.errors import DamagedCacheError
from generator.history.continuity import LEAST_KNOWN, Continuity
from generator.maps.lattice import Lattice, assign_cells, extend_cells
from generator.mosaics.pyramid import Pyramid, cell_size_for, plan_pyramid
from generator.mosaics.scatter import Scatter, write_scatters
from generator.mosaics.script import encode_mosaic
from generator.mosaics.tiles import DrawnSubtree, Subtree, draw_subtree, fit_cell
from generator.mosaics.writer import PyramidWriter, overview, write_pyramid
from generator.progress import Progress, Step
from generator.settings import MosaicSettings
from generator.site.staging import OldSite

if TYPE_CHECKING:
    from generator.history.previous import PreviousReport
    from generator.report.mapped_posts import MappedPosts
    from generator.report.model import Report
    from generator.workers import Workers
from generator.mosaics.script import encode_order
from generator.pipeline.layouts import MapLayout
from generator.report.mapped_posts import MappedPosts
from generator.report.model import Report

#: Share of a brand's or cluster's own lattice that is filled: denser than the map's, since it is read as a sheet.
GROUP_FILL = 0.75
#: What decoded cells may take: all of 10,000 images at 64 px.
_CELL_BYTES = 150_000_000
#: Raised whenever the same cells would be drawn as other bytes.
_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Mosaic:
    """One mosaic as written: what it was made of, and its first-paint picture."""

    key: str
    overview: bytes  # JPEG


class _Cells:
    """Images at the size of a cell: each is drawn in three mosaics, so it is kept while there is room."""

    def __init__(self, image_cache: ImageCache, side: int) -> None:
        self._gallery = image_cache
        self._side = side
        self._most = _CELL_BYTES // (3 * side * side)
        self._kept: dict[str, bytes] = {}

    def draw(self, sha256: str) -> Image.Image:
        """The image as a square of `side` px, RGB."""
        kept = self._kept.get(sha256)
        if kept is not None:
            return Image.frombytes("RGB", (self._side, self._side), kept)
        image = fit_cell(self._gallery.cell(sha256), self._side)
        if len(self._kept) < self._most:
            self._kept[sha256] = image.tobytes()
        return image


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One mosaic to draw: n images, each with its border and cell."""

    name: str
    members: NDArray[np.intp]  # (n,) the posts
    images: Sequence[str]
    borders: Sequence[str | None]
    lattice: Lattice


@dataclass(frozen=True, slots=True)
class _Piece:
    """A branch of a mosaic for a worker to draw, from cells in the cache."""

    sheet: str
    branch: Subtree
    cells: tuple[str, ...]  # keys, in the order of the branch's images
    borders: tuple[str | None, ...]
    quality: int
    cache: Path | str


def draw_mosaics(
    report: Report,
    mapped: MappedPosts,
    colours: Sequence[str | None],
    image_cache: ImageCache,
    before: Continuity | None,
    folder: Path,
    old: OldSite,
    settings: MosaicSettings,
    progress: Progress,
    workers: Workers | None = None,
) -> dict[str, Mosaic]:
    """Write every mosaic into `folder`/mosaics and what the viewer needs of it into `folder`/data.

    `colours` are the posts' borders, by cluster, None for noise. Where the map of the report `before` stays, images
    keep their cells in every mosaic. Returns the mosaics by name; those that `old` shows unchanged are taken
    from there. Where there are `workers`, they draw the others.
    """
    target = folder / "mosaics"
    target.mkdir()
    (folder / "data").mkdir(exist_ok=True)
    cell = cell_size_for(len(mapped.posts), settings.cell_size)
    sheets = _plan_sheets(report, mapped, colours, before)
    kept = old.tell("mosaics") or {}
    with progress.step("Mosaics", sum(len(sheet.members) for sheet in sheets)) as step:
        keys = {}
        drawn: dict[str, Pyramid] = {}
        to_draw = []
        for sheet in sheets:
            keys[sheet.name] = digest_of(
                _VERSION,
                *sheet.images,
                *(border or "" for border in sheet.borders),
                sheet.lattice.column.tobytes(),
                sheet.lattice.line.tobytes(),
                f"{sheet.lattice.columns} {sheet.lattice.lines} {cell} {settings.quality} {settings.flat_size}",
            )
            if kept.get(sheet.name) == keys[sheet.name] and _take_mosaic(old, folder, sheet.name):
                drawn[sheet.name] = plan_pyramid(sheet.name, sheet.lattice, cell)
                step.advance(len(sheet.members))
            else:
                to_draw.append(sheet)
        if workers is not None:
            pyramids = _draw_by_workers(to_draw, cell, image_cache, target, settings, step, workers)
        else:
            pyramids = _draw_here(to_draw, cell, image_cache, target, settings, step)
        drawn.update((pyramid.name, pyramid) for pyramid in pyramids)
        written = {}
        for sheet in sheets:
            text = encode_mosaic(drawn[sheet.name], sheet.lattice, sheet.members.tolist())
            (folder / "data" / f"mosaic-{sheet.name}.js").write_text(text, encoding="utf-8", newline="\n")
            written[sheet.name] = Mosaic(keys[sheet.name], overview(drawn[sheet.name], target))
    return written


def _draw_here(
    sheets: Sequence[_Sheet], cell: int, image_cache: ImageCache, target: Path, settings: MosaicSettings, step: Step
) -> Iterator[Pyramid]:
    cells = _Cells(image_cache, cell)
    for sheet in sheets:

        def draw(index: int, images: Sequence[str] = sheet.images) -> Image.Image:
            return cells.draw(images[index])

        yield write_pyramid(target, sheet.name, sheet.lattice, cell, draw, sheet.borders, settings, step)


def _draw_by_workers(
    sheets: Sequence[_Sheet],
    cell: int,
    image_cache: ImageCache,
    target: Path,
    settings: MosaicSettings,
    step: Step,
    workers: Workers,
) -> Iterator[Pyramid]:
    """As `_draw_here`, the branches of all mosaics one after another, so that no worker waits for the end of one."""
    writers: dict[str, PyramidWriter] = {}

    def cut() -> Iterator[_Piece]:
        for sheet in sheets:
            writers[sheet.name] = PyramidWriter(target, sheet.name, sheet.lattice, cell, settings)
            for branch in writers[sheet.name].split():
                keys = tuple(image_cache.cell_key(sheet.images[member]) for member in branch.members)
                borders = tuple(sheet.borders[member] for member in branch.members)
                yield _Piece(sheet.name, branch, keys, borders, settings.quality, workers.cache)

    for piece, drawn in workers.map(_draw_piece, cut()):
        step.advance(len(piece.cells))
        if writers[piece.sheet].add(piece.branch, drawn):
            yield writers.pop(piece.sheet).finish()


def _draw_piece(piece: _Piece) -> DrawnSubtree:
    """Draw a piece, on a worker. Raises DamagedCacheError."""
    cells = list(Store(piece.cache, asks=True).get_many("cells", piece.cells))
    if None in cells:
        raise DamagedCacheError
    opened = [open_cell(cell) for cell in cells if cell is not None]
    return draw_subtree(piece.branch, opened.__getitem__, piece.borders, piece.quality)


def draw_scatters(
    mapped: MappedPosts,
    colours: Sequence[str | None],
    image_cache: ImageCache,
    folder: Path,
    old: OldSite,
    settings: MosaicSettings,
    progress: Progress,
) -> str:
    """Write the case study's two pictures into `folder`/mosaics; returns what they depend on.

    They are taken from `old` where they depend on the same.
    """
    target = folder / "mosaics"
    key = digest_of(
        _VERSION,
        *mapped.images,
        *(colour or "" for colour in colours),
        mapped.points.tobytes(),
        f"{settings.scatter_size} {settings.scatter_thumbnail} {settings.quality}",
    )
    names = ("scatter.jpg", "scatter-clusters.jpg")
    if old.tell("scatter") == key and all(old.give(f"mosaics/{name}", folder) for name in names):
        return key

    def thumbnail(index: int) -> Image.Image:
        return Image.open(io.BytesIO(image_cache.picture(mapped.images[index])), formats=("JPEG",))

    with progress.step("Scatter mosaics"):
        scatters = [Scatter(target / names[0]), Scatter(target / names[1], colours, mapped.labels >= 0)]
        write_scatters(scatters, mapped.points, thumbnail, settings)
    return key


def _plan_sheets(
    report: Report, mapped: MappedPosts, colours: Sequence[str | None], before: Continuity | None
) -> list[_Sheet]:
    def plan(name: str, members: NDArray[np.intp], lattice: Lattice) -> _Sheet:
        places = members.tolist()
        images, borders = [mapped.images[place] for place in places], [colours[place] for place in places]
        return _Sheet(name, members, images, borders, lattice)

    sheets = [plan("all", np.arange(len(mapped.posts)), mapped.lattice)]
    places = before.find_places() if before and before.stays else {}
    for name, members in list_groups(report):
        points = mapped.points[members]
        former = [places.get(mapped.posts[member].id, -1) for member in members]
        kept = keep_cells(name, former, before.previous) if before and before.stays else None
        lattice = extend_cells(points, kept, GROUP_FILL) if kept else assign_cells(points, GROUP_FILL)
        sheets.append(plan(name, members, lattice))
    return sheets


def list_groups(report: Report) -> list[tuple[str, NDArray[np.intp]]]:
    """The mosaics of brands and clusters by name, each with its posts."""
    named = [(f"brand-{group.key}", group) for group in report.brands]
    named += [(f"cluster-{group.key}", group) for group in report.groups]
    return [(name, np.array(group.members, dtype=np.intp)) for name, group in named]


def keep_cells(name: str, former: Sequence[int], previous: PreviousReport) -> Lattice | None:
    """The cells that posts had in the earlier mosaic `name`; None where it is laid out anew.

    `former` are the posts' positions in `previous`, -1 for new ones, whose column is -1.
    """
    sheet = previous.read_sheet(name)
    if sheet is None:
        return None
    lattice, members = sheet
    cells = dict(zip(members, zip(lattice.column.tolist(), lattice.line.tolist(), strict=True), strict=True))
    found = np.array([cells.get(place, (-1, -1)) for place in former], np.int32).reshape(-1, 2)
    known = int((found[:, 0] >= 0).sum())
    if known < LEAST_KNOWN * max(len(former), len(members)):
        return None
    return Lattice(lattice.columns, lattice.lines, found[:, 0].copy(), found[:, 1].copy())


def _take_mosaic(old: OldSite, folder: Path, name: str) -> bool:
    """Take a whole mosaic over from the old site into the site in `folder`."""
    parts = (f"mosaics/{name}_files", f"mosaics/{name}.dzi", f"mosaics/{name}.jpg")
    if all(old.find(part) and all(old.give(file, folder) for file in old.find(part)) for part in parts):
        return True
    for part in parts:
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).unlink(missing_ok=True)
    return False


def write_further_maps(report: Report, mapped: MappedPosts, charts: Sequence[MapLayout], folder: Path) -> None:
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
