"""Draw the mosaics of a report: the map, one for each brand and cluster, and the two flat pictures of the case study.

A mosaic that the site before already shows, with the same images in the same cells, is taken from there.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache, open_cell
from generator.digests import digest_of
from generator.errors import DamagedCacheError
from generator.history.continuity import Continuity
from generator.mosaics.flat_names import write_named
from generator.mosaics.pyramid import Pyramid, cell_size_for, plan_pyramid
from generator.mosaics.scatter import Scatter, write_scatters
from generator.mosaics.script import encode_mosaic, encode_order
from generator.mosaics.tiles import DrawnSubtree, Subtree, draw_subtree, fit_cell
from generator.mosaics.writer import PyramidWriter, overview, write_pyramid
from generator.pipeline.analyse import Analysis
from generator.pipeline.mosaic_plans import MosaicPlan, arrange_mosaics, name_mosaic, plan_mosaics
from generator.pipeline.run import Run
from generator.site.staging import OldSite
from generator.text import write_text

if TYPE_CHECKING:
    from generator.progress import Step
    from generator.workers import Workers

#: The mosaic of all images, and the flat picture of it with names.
WHOLE, NAMED = "all", "all-names.jpg"
#: What decoded cells may take: all of 10,000 images at 64 px.
_CELL_BYTES = 150_000_000
#: Raised whenever the same cells would be drawn as other bytes.
VERSION = 1


@dataclass(frozen=True, slots=True)
class Target:
    """The folder that a site is written to, and the site before, whose files may serve again."""

    folder: Path
    old: OldSite


@dataclass(frozen=True, slots=True)
class Mosaic:
    """One mosaic as written: a digest of what it shows, and its first-paint picture."""

    key: str
    overview: bytes  # JPEG


class _Cells:
    """Images at the size of a cell, kept while there is room: each is drawn in three mosaics."""

    def __init__(self, image_cache: ImageCache, side: int) -> None:
        self._image_cache = image_cache
        self._side = side
        self._most = _CELL_BYTES // (3 * side * side)
        self._kept: dict[str, bytes] = {}

    def draw(self, sha256: str) -> Image.Image:
        """Return the image as a square of `side` px, RGB."""
        pixels = self._kept.get(sha256)
        if pixels is not None:
            return Image.frombytes("RGB", (self._side, self._side), pixels)
        image = fit_cell(self._image_cache.cell(sha256), self._side)
        if len(self._kept) < self._most:
            self._kept[sha256] = image.tobytes()
        return image


@dataclass(frozen=True, slots=True)
class _Piece:
    """A subtree of a mosaic for a worker to draw, from cells in the cache."""

    mosaic: str
    subtree: Subtree
    cells: tuple[str, ...]  # keys, in the order of the subtree's images
    borders: tuple[str | None, ...]
    quality: int
    cache: Path | str


def cluster_colours(analysis: Analysis) -> list[str | None]:
    """Return the colour of each post's border: that of its cluster, None for noise."""
    clusters = analysis.report.clusters
    return [clusters[label].colour if label >= 0 else None for label in analysis.mapped.labels.tolist()]


def draw_mosaics(
    run: Run, analysis: Analysis, image_cache: ImageCache, before: Continuity | None, target: Target
) -> dict[str, Mosaic]:
    """Write every mosaic into mosaics/ of the target, and what the viewer needs of it into data/.

    Where the map of the report `before` stays, images keep their cells in every mosaic. Returns the mosaics by name;
    those that the site before shows unchanged are taken from there. Workers draw the others if there are any.
    """
    settings = run.settings.mosaic
    (target.folder / "mosaics").mkdir()
    (target.folder / "data").mkdir(exist_ok=True)
    cell = cell_size_for(len(analysis.mapped.posts), settings.cell_size)
    plans = plan_mosaics(analysis.report, analysis.mapped, cluster_colours(analysis), before)
    earlier = target.old.fact("mosaics") or {}
    with run.progress.step("Drawing mosaics", sum(len(plan.members) for plan in plans)) as step:
        keys = {}
        pyramids: dict[str, Pyramid] = {}
        to_draw = []
        for plan in plans:
            keys[plan.name] = digest_of(
                str(VERSION),
                *plan.images,
                *(border or "" for border in plan.borders),
                plan.lattice.column.tobytes(),
                plan.lattice.line.tobytes(),
                f"{plan.lattice.columns} {plan.lattice.lines} {cell} {settings.quality} {settings.flat_size}",
            )
            if earlier.get(plan.name) == keys[plan.name] and _reuse_mosaic(target, plan.name):
                pyramids[plan.name] = plan_pyramid(plan.name, plan.lattice, cell)
                step.advance(len(plan.members))
            else:
                to_draw.append(plan)
        draw = _draw_here if run.workers is None else _draw_by_workers
        drawn = draw(run, to_draw, cell, image_cache, target.folder / "mosaics", step)
        pyramids.update((pyramid.name, pyramid) for pyramid in drawn)
        mosaics = {}
        for plan in plans:
            names = name_mosaic(analysis.report, plan)
            encoded = [place.encode(plan.members.tolist()) for place in names]
            text = encode_mosaic(pyramids[plan.name], plan.lattice, plan.members.tolist(), encoded)
            write_text(target.folder / "data" / f"mosaic-{plan.name}.js", text)
            if plan.name == WHOLE:
                flat = target.folder / "mosaics" / f"{WHOLE}.jpg"
                write_named(flat, flat.with_name(NAMED), plan.lattice, names, settings.quality)
            mosaics[plan.name] = Mosaic(keys[plan.name], overview(pyramids[plan.name], target.folder / "mosaics"))
    return mosaics


def _draw_here(
    run: Run, plans: Sequence[MosaicPlan], cell: int, image_cache: ImageCache, folder: Path, step: Step
) -> Iterator[Pyramid]:
    cells = _Cells(image_cache, cell)
    for plan in plans:

        def draw(index: int, images: Sequence[str] = plan.images) -> Image.Image:
            return cells.draw(images[index])

        yield write_pyramid(folder / plan.name, plan.lattice, cell, draw, plan.borders, run.settings.mosaic, step)


def _draw_by_workers(
    run: Run, plans: Sequence[MosaicPlan], cell: int, image_cache: ImageCache, folder: Path, step: Step
) -> Iterator[Pyramid]:
    """As `_draw_here`, the subtrees of all mosaics one after another, so that no worker waits for the end of one."""
    workers: Workers | None = run.workers
    assert workers is not None
    settings = run.settings.mosaic
    writers: dict[str, PyramidWriter] = {}

    def split_plans() -> Iterator[_Piece]:
        for plan in plans:
            writers[plan.name] = PyramidWriter(folder / plan.name, plan.lattice, cell, settings)
            for subtree in writers[plan.name].split():
                keys = tuple(image_cache.cell_key(plan.images[member]) for member in subtree.members)
                borders = tuple(plan.borders[member] for member in subtree.members)
                yield _Piece(plan.name, subtree, keys, borders, settings.quality, workers.cache)

    for piece, drawn in workers.map(_draw_piece, split_plans()):
        step.advance(len(piece.cells))
        if writers[piece.mosaic].add(piece.subtree, drawn):
            yield writers.pop(piece.mosaic).finish()


def _draw_piece(piece: _Piece) -> DrawnSubtree:
    """Draw a piece, on a worker. Raises DamagedCacheError."""
    cells = list(Store(piece.cache, asks=True).get_many("cells", piece.cells))
    if None in cells:
        raise DamagedCacheError
    images = [open_cell(cell) for cell in cells if cell is not None]
    return draw_subtree(piece.subtree, images.__getitem__, piece.borders, piece.quality)


def _reuse_mosaic(target: Target, name: str) -> bool:
    """Take a whole mosaic over from the site before. Return False, and leave nothing of it, if a file is missing."""
    old, folder = target.old, target.folder
    parts = (f"mosaics/{name}_files", f"mosaics/{name}.dzi", f"mosaics/{name}.jpg")
    if all(old.find(part) and all(old.reuse(file, folder) for file in old.find(part)) for part in parts):
        return True
    for part in parts:
        shutil.rmtree(folder / part, ignore_errors=True)
        (folder / part).unlink(missing_ok=True)
    return False


def write_further_maps(analysis: Analysis, folder: Path) -> None:
    """Write into `folder`/data the cells of every mosaic on each map beside the main one: the same tiles, reordered."""
    for layout in analysis.layouts[1:]:
        for name, members, lattice in arrange_mosaics(analysis.report, analysis.mapped, layout):
            text = encode_order(f"{name}--{layout.mix.key}", name, lattice, members.tolist())
            write_text(folder / "data" / f"mosaic-{name}--{layout.mix.key}.js", text)


def draw_scatters(run: Run, analysis: Analysis, image_cache: ImageCache, target: Target) -> str:
    """Write the two flat pictures of the case study into mosaics/; return a digest of what they show.

    They are taken from the site before if they show the same there.
    """
    mapped, settings, colours = analysis.mapped, run.settings.mosaic, cluster_colours(analysis)
    key = digest_of(
        str(VERSION),
        *mapped.images,
        *(colour or "" for colour in colours),
        mapped.points.tobytes(),
        f"{settings.scatter_size} {settings.scatter_thumbnail} {settings.quality}",
    )
    names = ("scatter.jpg", "scatter-clusters.jpg")
    old, folder = target.old, target.folder
    if old.fact("scatter") == key and all(old.reuse(f"mosaics/{name}", folder) for name in names):
        return key

    def thumbnail(index: int) -> Image.Image:
        return Image.open(io.BytesIO(image_cache.picture(mapped.images[index])), formats=("JPEG",))

    with run.progress.step("Drawing flat pictures"):
        plain, clustered = (folder / "mosaics" / name for name in names)
        scatters = [Scatter(plain), Scatter(clustered, colours, mapped.labels >= 0)]
        write_scatters(scatters, mapped.points, thumbnail, settings)
    return key
