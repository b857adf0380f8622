"""Make the deck of a finished report: the richest one within a limit."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from generator.cache.folders import replace_file
from generator.errors import SettingsError
from generator.language import LANGUAGES, open_language
from generator.progress import Progress
from generator.settings.sizes import format_size
from generator.slides.images import GRADES, Grade, encode_images
from generator.slides.names import translate_names
from generator.slides.package import encode_deck
from generator.slides.plan import choose_brands, plan_slides
from generator.slides.records import Slide
from generator.slides.source import read_source
from generator.slides.stage import open_stage
from generator.slides.telling import Telling
from generator.slides.writer import write_slides


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a deck should be: its language ("" for the report's), brands, template, address and limit in bytes."""

    lang: str = ""
    brands: tuple[str, ...] = ()
    template: Path | None = None
    address: str = ""
    limit: int | None = None


@dataclass(frozen=True, slots=True)
class Deck:
    """A deck that was written: how many slides, how many bytes, and the grade of its pictures."""

    slides: int
    size: int
    grade: Grade


def write_deck(site: Path, output: Path, wishes: Wishes, progress: Progress) -> Deck:
    """Write the deck of the report in `site`, a folder or a zip, as `output`.

    Raises SettingsError if there is no report, it lacks a brand that is asked for, the template does not fit, or the
    limit is too low. The same report and wishes give the same bytes.
    """
    source = read_source(site)
    with closing(source.files):
        lang = wishes.lang or source.lang
        language = open_language(lang if lang in LANGUAGES else "en")
        if language.code != source.lang:
            source.rename(translate_names(source, language))
        telling = Telling(source, language, choose_brands(source, wishes.brands))
        slides = plan_slides(telling)
        data, grade = _fit(slides, telling, wishes, progress)
    with replace_file(output) as spare:
        spare.write_bytes(data)
    return Deck(len(slides), len(data), grade)


def _fit(slides: Sequence[Slide], telling: Telling, wishes: Wishes, progress: Progress) -> tuple[bytes, Grade]:
    """Return the richest deck within the limit, and its grade. Its other parts weigh the same in every grade."""
    paths = [picture.path for slide in slides for picture in slide.pictures]
    others, limit = 0, sys.maxsize if wishes.limit is None else wishes.limit
    with progress.step("Slides", len(slides)) as step:
        for grade in GRADES:
            images = encode_images(telling.source, paths, grade)
            pictures = sum(map(len, images.values()))
            if others + pictures > limit and grade != GRADES[-1]:
                continue
            stage = open_stage(wishes.template, telling.language)
            address = wishes.address or telling.source.address
            write_slides(stage, slides, telling, images.get, address)
            data = encode_deck(stage.presentation, slides, telling.source.title, telling.source.built)
            if len(data) <= limit:
                step.advance(len(slides))
                return data, grade
            others = max(0, len(data) - pictures)
    least = format_size(-(-len(data) // 100_000) * 100_000)
    raise SettingsError(
        f"The deck of this report takes at least {least}; --max-size allows {format_size(limit)}.",
        "Allow more, or make the deck of fewer brands with --brand.",
    )
