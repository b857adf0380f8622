"""Write the sample to disk: images, and a spreadsheet that names them, with a few faulty rows."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields, replace
from datetime import datetime
from pathlib import Path

from generator.demo.captions import write_caption
from generator.demo.houses import APPEAL, HOUSES, House, count_themes
from generator.demo.plants import MOST_FURTHER, VIDEO_APPEAL, choose_format, choose_market, count_followers
from generator.demo.rhythm import FIRST_DAY, choose_moment
from generator.processes import count_cores
from generator.progress import Progress, SilentProgress

TITLE = "Five houses"
HEADERS = (
    *("Brand", "Thumbnail", "Caption", "Likes", "Comments", "Published", "Permalink"),
    *("Format", "Followers", "Market", *(f"Image {number + 2}" for number in range(MOST_FURTHER))),
)

_CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_QUALITY = 88

#: What each generator of random numbers of a post is for; one of its own leaves what the others give as it is.
_FIRST_IMAGE, _TEXT, _FACTS, _FURTHER_IMAGES = 1, 2, 3, 4


@dataclass(frozen=True, slots=True)
class _Job:
    """One post to be drawn and described."""

    house: House
    theme: str
    seed: tuple[int, int, int]
    form: str
    market: str
    names: tuple[str, ...]  # of its images' files, the first one's first


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the spreadsheet, its cells in the order of HEADERS."""

    brand: str | None
    thumbnail: str
    caption: str
    likes: int | str
    comments: int
    published: datetime
    permalink: str
    form: str
    followers: int
    market: str
    further: tuple[str, ...]

    def list_cells(self) -> list[object]:
        """Return the cells, without empty ones at the end."""
        *cells, further = (getattr(self, field.name) for field in fields(self))
        return [*cells, *further]


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
        for number, theme in enumerate(themes, 1):
            rng = np.random.default_rng((seed, place, number, _FACTS))
            form, further = choose_format(rng)
            name = f"{house.code.lower()}-{number:03d}"
            names = (f"{name}.jpg", *(f"{name}-{image + 2}.jpg" for image in range(further)))
            jobs.append(_Job(house, theme, (seed, place, number), form, choose_market(house, rng), names))
    return jobs


def _draw(job: _Job, images: Path) -> None:
    """Draw the post's images; further ones are of its theme too."""
    import numpy as np

    from generator.demo.scenes import draw_theme
    from generator.demo.studio import make_look

    look = make_look(job.house)
    for place, name in enumerate(job.names):
        seed = (*job.seed, _FURTHER_IMAGES, place) if place else (*job.seed, _FIRST_IMAGE)
        image = draw_theme(job.theme, np.random.default_rng(seed), look)
        image.save(images / name, quality=_QUALITY, subsampling=0)


def _describe(job: _Job) -> _Row:
    """Return the post's row. Its likes are lognormal about the usual number of its house, theme and format."""
    import numpy as np

    rng = np.random.default_rng((*job.seed, _TEXT))
    usual = job.house.likes * APPEAL[job.theme] * (VIDEO_APPEAL if job.form == "Video" else 1)
    likes = int(usual * rng.lognormal(0, 0.45))
    comments = int(likes * rng.lognormal(-4.6, 0.5))
    published = choose_moment(job.house, job.theme, rng)
    code = "".join(_CODE_LETTERS[int(k)] for k in rng.integers(0, len(_CODE_LETTERS), 11))
    first, *further = (f"images/{name}" for name in job.names)
    return _Row(
        brand=job.house.name,
        thumbnail=first,
        caption=write_caption(job.house, job.theme, rng),
        likes=likes,
        comments=comments,
        published=published,
        permalink=f"https://example.com/p/{code}",
        form=job.form,
        followers=count_followers(job.house, published),
        market=job.market,
        further=tuple(further),
    )


def _spoil(rows: Sequence[_Row]) -> list[_Row]:
    """Return the rows with the faults of real exports: three rows that no report can use, and likes as words."""
    spoilt = list(rows)
    doubtful = len(spoilt) // 3
    spoilt[doubtful] = replace(spoilt[doubtful], likes="a lot")
    lost = replace(spoilt[0], thumbnail="images/lost.jpg", permalink=spoilt[0].permalink + "x", further=())
    return [*spoilt, lost, replace(spoilt[1], brand=None), spoilt[2]]


def _write_rows(path: Path, rows: Sequence[_Row]) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    book.properties.created = FIRST_DAY
    sheet = book.create_sheet("posts")
    sheet.freeze_panes = "A2"
    widths = (14, 22, 60, 10, 10, 18, 34, 10, 10, 16, 22, 22, 22)
    for column, width in zip("ABCDEFGHIJKLM", widths, strict=True):
        sheet.column_dimensions[column].width = width
    sheet.append(HEADERS)
    for row in rows:
        sheet.append(row.list_cells())
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
