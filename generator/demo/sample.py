"""Write the sample to disk: images, and a spreadsheet that names them, with a few faulty rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from generator.demo.captions import write_caption
from generator.demo.houses import APPEAL, HOUSES, House, count_themes
from generator.demo.rhythm import FIRST_DAY, choose_moment
from generator.processes import count_cores
from generator.progress import Progress, SilentProgress

TITLE = "Five houses"
HEADERS = ("brand", "thumbnail", "caption", "likes", "comments", "published", "permalink")

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_QUALITY = 88

Row = tuple[str | None, str, str, int | str, int, datetime, str]


@dataclass(frozen=True, slots=True)
class _Job:
    """One post to be drawn and described."""

    house: House
    number: int
    theme: str
    name: str  # of the image's file
    seed: tuple[int, int, int]


def write_sample(folder: Path, seed: int = 0, progress: Progress | None = None, posts_per_house: int = 120) -> Path:
    """Draw the sample under `folder` and return its spreadsheet, folder/posts.xlsx.

    Every image has random numbers of its own, so the sample depends on `seed` and `posts_per_house`
    alone. Creates `folder` if needed, and overwrites files of an earlier sample.
    """
    progress = progress or SilentProgress()
    images = folder / "images"
    images.mkdir(parents=True, exist_ok=True)
    jobs = _plan(seed, posts_per_house)
    workers = min(8, count_cores())
    with progress.step("Drawing the sample", len(jobs)) as step, ThreadPoolExecutor(workers) as pool:
        for _ in pool.map(lambda job: _draw(job, images), jobs):
            step.advance()
    path = folder / "posts.xlsx"
    _write_rows(path, _spoil([_describe(job) for job in jobs]))
    return path


def _plan(seed: int, posts_per_house: int) -> list[_Job]:
    """Return the posts of all houses, each house's themes shuffled over its year."""
    import numpy as np

    jobs = []
    for place, house in enumerate(HOUSES):
        themes = [theme for theme, count in count_themes(house, posts_per_house).items() for _ in range(count)]
        np.random.default_rng((seed, place)).shuffle(themes)
        jobs += [
            _Job(house, number, theme, f"{house.code.lower()}-{number:03d}.jpg", (seed, place, number))
            for number, theme in enumerate(themes, 1)
        ]
    return jobs


def _draw(job: _Job, images: Path) -> None:
    import numpy as np

    from generator.demo.scenes import draw_theme
    from generator.demo.studio import make_look

    image = draw_theme(job.theme, np.random.default_rng((*job.seed, 1)), make_look(job.house))
    image.save(images / job.name, quality=_QUALITY, subsampling=0)


def _describe(job: _Job) -> Row:
    """Return the post's row. Its likes are lognormal about the usual number of its house and theme."""
    import numpy as np

    rng = np.random.default_rng((*job.seed, 2))
    likes = int(job.house.likes * APPEAL[job.theme] * rng.lognormal(0, 0.45))
    comments = int(likes * rng.lognormal(-4.6, 0.5))
    published = choose_moment(job.house, job.theme, rng)
    code = "".join(_CODE_LETTERS[int(k)] for k in rng.integers(0, len(_CODE_LETTERS), 11))
    return (
        job.house.name,
        f"images/{job.name}",
        write_caption(job.house, job.theme, rng),
        likes,
        comments,
        published,
        f"https://example.com/p/{code}",
    )


def _spoil(rows: Sequence[Row]) -> list[Row]:
    """Return the rows with the faults of real exports: three rows that no report can use, and likes as words."""
    spoilt = list(rows)
    doubtful = len(spoilt) // 3
    brand, thumbnail, caption, _, comments, published, permalink = spoilt[doubtful]
    spoilt[doubtful] = (brand, thumbnail, caption, "a lot", comments, published, permalink)
    brand, _, caption, likes, comments, published, permalink = spoilt[0]
    spoilt.append((brand, "images/lost.jpg", caption, likes, comments, published, permalink + "x"))
    spoilt.append((None, *spoilt[1][1:]))
    spoilt.append(spoilt[2])
    return spoilt


def _write_rows(path: Path, rows: Sequence[Row]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.created = FIRST_DAY
    sheet = book.create_sheet("posts")
    sheet.freeze_panes = "A2"
    for column, width in zip("ABCDEFG", (14, 22, 60, 10, 10, 18, 34), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    # openpyxl writes the time of day into the book and its archive; the same sample must have the same bytes
    with zipfile.ZipFile(written) as source, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "docProps/core.xml":
                data = re.sub(
                    rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + FIRST_DAY.isoformat().encode() + b"Z", data
                )
            target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
