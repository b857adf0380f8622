"""Plan a report's pages, and render each from its template."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from generator.insights.colour_names import name_colour
from generator.insights.likes.timing import PART_HOURS
from generator.insights.posting.beside import find_percentile
from generator.insights.posting.held import LEAST_IN_CATEGORY, LEAST_PART
from generator.language import Language, open_language
from generator.report import wording
from generator.report.address import SITEMAP, SOCIAL_IMAGE, address_page, encode_sitemap
from generator.report.model import Group, Report, ShownPost, drop_repeats
from generator.report.simulated import tell_simulations
from generator.resources import find_resources
from generator.settings import Settings
from generator.similarity.mixes import plan_maps
from generator.site.cells import count_small_groups, list_cells, list_grouped, list_levels, list_told_groups
from generator.site.change_pages import list_change_values
from generator.site.curves import draw_curve
from generator.site.drawings import OVERLAP_HEAT, draw_brand_map, floor_ratio, grade_heat, place_on_scale
from generator.site.features import has_features
from generator.site.tables import INSIGHTS
from generator.site.tag_pages import list_tag_functions
from generator.site.viewer_fields import name_formats
from generator.tags.calibration import load_calibration
from generator.text import cut_excerpt, lower_first, write_text

if TYPE_CHECKING:
    from generator.insights.duplicates import Duplicates
    from generator.insights.likeness.contrast import Contrast
    from generator.insights.looks import Tone

#: Most rows of a ledger that a page shows; the workbook has them all.
_MOST_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class _Page:
    """A page to write: its path, its template, and the values that only it shows."""

    path: str
    template: str
    shown: Mapping[str, Any]


def write_pages(report: Report, folder: Path, overviews: Mapping[str, str]) -> None:
    """Write every page of `report` into `folder`.

    `overviews` maps each mosaic's name ("all", "brand-<key>", "cluster-<key>") to a data: URI of the whole mosaic.
    """
    environment = make_environment(report, find_resources("templates"))
    pages = list(_plan_pages(report))
    for page in pages:
        mosaic = page.shown.get("mosaic")
        path = folder / page.path
        path.parent.mkdir(parents=True, exist_ok=True)
        text = environment.get_template(page.template).render(
            page.shown,
            root="../" * page.path.count("/"),
            template=page.template,
            overview=overviews[mosaic] if mosaic else "",
            address=address_page(report.address, page.path) if report.address else None,
        )
        write_text(path, text)
    if report.address:
        paths = [page.path for page in pages]
        write_text(folder / SITEMAP, encode_sitemap(report.address, paths, report.built))


def make_environment(report: Report, templates: Path) -> Environment:
    """Return the templates of a folder in the report's language; an unset name is an error, and text is escaped."""
    language = open_language(report.lang)
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.policies["ext.i18n.trimmed"] = True
    environment.install_gettext_callables(language.gettext, language.ngettext, newstyle=True)  # type: ignore[attr-defined]
    environment.filters.update(_list_filters(report, language))
    environment.tests["is_nan_at"] = lambda index, values: bool(np.isnan(values[index]))
    environment.tests["by"] = lambda index, brand: report.find_image(index).brand == brand
    environment.globals.update(_list_values(report, language) | list_change_values(report))
    environment.globals.update(_list_functions(report, language) | list_tag_functions(report))
    return environment


def _list_filters(report: Report, language: Language) -> dict[str, Callable[..., Any]]:
    return {
        "number": language.number,
        "plain": language.plain,
        "percent": language.percent,
        "points": language.points,
        "in_sentence": lower_first,
        "score": language.score,
        "small_percent": language.small_percent,
        "ratio": language.ratio,
        "at_least": lambda ratio: language.ratio(floor_ratio(ratio)),
        "period": language.period,
        "day": lambda value, precision="day": _raise_ordinal(language.day(value, precision)),
        "short_day": lambda value, precision="day": _raise_ordinal(language.short_day(value, precision)),
        "from_days": lambda days: datetime(1970, 1, 1) + timedelta(days=float(days)),
        "is_nan": lambda value: bool(np.isnan(value)),
        "excerpt": cut_excerpt,
        "css_string": _quote_css,
        "heat": grade_heat,
        "on_scale": place_on_scale,
        "on_line": lambda value, most: f"{min(max(value / most, 0), 1):.4f}",
        "post": report.find_image,
        "cluster": lambda position: report.clusters[position],
    }


def _list_values(report: Report, language: Language) -> dict[str, Any]:
    return {
        "report": report,
        "social_image": f"{report.address}{SOCIAL_IMAGE}",
        "locale": str(language.locale),
        "largest_share": max((c.of_brand for group in report.levels[0].groups for c in group.crossings), default=1.0),
        "viewer_maps": report.maps,
        "within_least": LEAST_IN_CATEGORY,
        "within_part": LEAST_PART,
        "usual_mix": plan_maps(Settings())[0].weights,
        "most_rows": _MOST_ROWS,
        "has_features": has_features(len(report.images)),
        "calibration": load_calibration(),
        "formats_field": name_formats(report),
        "has_likes": any(post.likes is not None for post in report.posts),
        "overlap_heat": OVERLAP_HEAT,
        "pairs": _key_pairs(report),
        "brands_by_key": {brand.key: brand for brand in report.brands},
        "clusters_by_key": {group.key: group for group in report.clusters},
    }


def _list_functions(report: Report, language: Language) -> dict[str, Callable[..., Any]]:
    return {
        "find_image": report.find_image,
        "tables": lambda: {table.name for table in INSIGHTS if table.has_rows(report)},
        "brand_map": lambda: draw_brand_map(report),
        "by_overlap": lambda: _rank_contrasts(report),
        "contrast_of": lambda one, two: _find_contrast(report, one, two),
        "ranked_by": lambda values: (-values).argsort(kind="stable").tolist(),
        "repeats_of": lambda brand: _find_repeats(report, brand),
        "levels_of": lambda record, brand: list_levels(report, record, brand),
        "cells_of": lambda record, brand: list_cells(report, record, brand),
        "grouped_levels": lambda: list_grouped(report),
        "told_groups": lambda: list_told_groups(report),
        "small_groups": lambda: count_small_groups(report),
        "percentile_of": find_percentile,
        "group_of": lambda finding: report.find_group(finding),
        "count_images": _count_images(report),
        "field_of": lambda finding: report.find_field(finding.value[0]),
        "reposts": lambda: [group for group in report.duplicates if len(group.brands) > 1],
        "curve": draw_curve,
        "largest": lambda values, rows: float(np.nanmax(values[rows], initial=0)),
        "by_colour_name": lambda palette: _gather_tones(palette, language),
        "members_of": lambda group, brand: _order_members(report, group, lambda post: post.brand == brand),
        "others_in": lambda group, brand: _order_members(report, group, lambda post: post.brand != brand),
        "reason_text": lambda reason: wording.reason_text(reason, language),
        "detail_text": lambda row: wording.detail_text(row, language),
        "notice_text": lambda notice: wording.notice_text(notice, language),
        "table_label": lambda table: wording.table_label(table, language),
        "brand_source_label": lambda origin: wording.brand_source_label(origin, language),
        "field_kind_label": lambda kind: wording.field_kind_label(kind, language),
        "value_label": lambda field, name: wording.value_label(field, name, language),
        "formats_label": lambda name: wording.formats_label(name, language),
        "claim_field": lambda kind, value: Markup(wording.claim_field(kind, value, language)),  # noqa: S704 - our words
        "field_label": lambda field: wording.field_label(field, language),
        "perturbation_label": lambda name: wording.perturbation_label(name, language),
        "weekday_label": lambda day: language.weekday(day).capitalize(),
        "hours_label": lambda part: wording.hours_label(part, PART_HOURS, language),
        "facet_label": lambda facet: wording.facet_label(facet, language),
    }


def _count_images(report: Report) -> Callable[[int], int]:
    """Return a function that gives how many images the post of an image has; images are told by their positions."""
    further = Counter(image.owner for image in report.further)

    def count(position: int) -> int:
        owner = report.find_image(position).owner
        return 1 + further[position if owner is None else owner]

    return count


def _key_pairs(report: Report) -> dict[tuple[int, int], str]:
    """Return the anchor of each pair of brands that is set side by side, for both orders of the pair."""
    contrasts = report.insights.contrasts if report.insights else ()
    keys = {
        pair: "pair-" + "-".join(report.brands[brand].key for brand in pair) for pair in (c.brands for c in contrasts)
    }
    return keys | {(two, one): key for (one, two), key in keys.items()}


def _find_repeats(report: Report, brand: int) -> list[Duplicates]:
    """Return the images that a brand posted more than once."""
    return [
        group
        for group in report.duplicates
        if sum(report.find_image(index).brand == brand for index in group.posts) > 1
    ]


def _rank_contrasts(report: Report) -> list[Contrast]:
    """Return the pairs that are set side by side, those that look most alike first."""
    assert report.insights is not None
    overlap = report.insights.distinctiveness.overlap
    return sorted(report.insights.contrasts, key=lambda contrast: -overlap[contrast.brands])


def _find_contrast(report: Report, one: int, two: int) -> Contrast | None:
    contrasts = report.insights.contrasts if report.insights else ()
    return next((contrast for contrast in contrasts if set(contrast.brands) == {one, two}), None)


def _plan_pages(report: Report) -> Iterator[_Page]:
    yield _Page("index.html", "index.html", {"mosaic": "all"})
    if report.insights:
        yield _Page("compare.html", "compare.html", {"mosaic": "all"})
    if report.insights and report.insights.momentum:
        yield _Page("trends.html", "trends.html", {})
    if report.changes:
        yield _Page("changes.html", "changes.html", {})
    yield from _plan_groups(report.brands, "brand")
    # a territory is picked out on the whole map, and needs no mosaic of its own
    yield from _plan_groups(report.territories, "territory", "all")
    yield from _plan_groups(report.groups, "cluster")
    yield _Page("method.html", "method.html", tell_simulations())
    yield _Page("data.html", "data.html", {})


def _plan_groups(groups: Sequence[Group], kind: str, mosaic: str = "") -> Iterator[_Page]:
    """Yield the page of each group; by default each has a mosaic of its own."""
    for position, group in enumerate(groups):
        shown = {
            "group": group,
            "position": position,
            "mosaic": mosaic or f"{kind}-{group.key}",
            "previous": groups[position - 1] if position else None,
            "next": groups[position + 1] if position + 1 < len(groups) else None,
        }
        yield _Page(group.page, f"{kind}.html", shown)


def _raise_ordinal(day: str) -> Markup:
    """Return a French day as it is set in type: the letters of 1er above the line."""
    return Markup(str(escape(day)).replace("1er ", "1<sup>er</sup> "))  # noqa: S704 - escaped on this line


def _quote_css(text: str) -> Markup:
    """Return `text` as a string of CSS in which nothing but letters, digits and spaces stands unescaped."""
    safe = "".join(
        letter if letter.isascii() and (letter.isalnum() or letter == " ") else f"\\{ord(letter):x} " for letter in text
    )
    return Markup(f'"{safe}"')  # noqa: S704 - escaped on the line above


def _order_members(report: Report, group: Group, fits: Callable[[ShownPost], bool]) -> list[int]:
    """Return the members of a group that fit, its representatives first, each image once."""
    return drop_repeats(
        (index for index in (*group.representatives, *group.posts) if fits(report.find_image(index))), report.images
    )


def _gather_tones(palette: Sequence[Tone], language: Language) -> list[tuple[str, list[Tone]]]:
    """Return the tones of a palette by the name of their colour, which two may share, in the palette's order."""
    named: dict[str, list[Tone]] = {}
    for tone in palette:
        named.setdefault(wording.colour_label(name_colour(tone.colour), language), []).append(tone)
    return list(named.items())
