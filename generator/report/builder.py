"""Build a report from mapped posts: its posts, brands, clusters and insights, and the facts about its map."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import PurePath
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from generator import __version__
from generator.insights.compute import find_insights
from generator.insights.duplicates import gather_duplicates
from generator.insights.looks import Tints, measure_tints
from generator.insights.words.common_words import find_common_words
from generator.language import open_language
from generator.report.address import find_address
from generator.report.benchmark import Benchmark, compare_with
from generator.report.findings import choose_findings
from generator.report.followers import find_followers
from generator.report.group_names import Naming, list_content
from generator.report.groups import (
    GroupSource,
    count_crossings,
    make_brands,
    make_clusters,
    make_territories,
    make_unclustered,
)
from generator.report.map_facts import Method, Quality, ShownMap, SimilarityFacts
from generator.report.model import Counts, Report, ShownPost
from generator.report.post_arrays import make_arrays, number_groups
from generator.report.post_fields import list_fields, show_fields, show_formats
from generator.report.post_marks import FoundMarks
from generator.report.subjects import make_subjects
from generator.report.within import find_field, make_within, tell_within
from generator.report.wording import field_label
from generator.settings.brand_groups import BrandGroups
from generator.tags.model import Tags
from generator.text import make_slugs

if TYPE_CHECKING:
    from generator.report.cluster_notes import ClusterNotes
    from generator.report.mapped_posts import MappedPosts
    from generator.settings import SiteSettings
    from generator.spreadsheet.posts import Post, PostTable, Refusal

#: Posts with likes that a brand needs for a median.
_LEAST_LIKED = 5


@dataclass(frozen=True, slots=True, eq=False)
class ReportFacts:
    """What a report states as it is given: the spreadsheet it is made from, and how its maps were made."""

    table: PostTable
    refusals: tuple[Refusal, ...]  # all rows of the table that are not in the report
    method: Method
    quality: Quality
    maps: tuple[ShownMap, ...]  # all maps of the report's posts, the main one first
    similarity: SimilarityFacts
    built: datetime
    tags: Tags = Tags()  # of the images in their order
    marks: FoundMarks = FoundMarks()  # of the posts in their order
    followers: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # by brand and day, from the settings
    groups: BrandGroups = field(default_factory=BrandGroups)
    within: str = ""  # the field within which brands are compared
    benchmark: Benchmark | None = None  # an earlier report that they are compared with


def build_report(
    facts: ReportFacts,
    mapped: MappedPosts,
    notes: ClusterNotes,
    settings: SiteSettings,
    known_names: Mapping[str, str],
) -> Report:
    """Return the report of `mapped`; clusters and territories whose key is in `known_names` keep their earlier name."""
    table, language = facts.table, open_language(settings.lang)
    slugs = make_slugs(post.brand for post in mapped.posts)
    names = sorted(slugs, key=_sorting_key)
    positions = {name: position for position, name in enumerate(names)}
    brand = [positions[post.brand] for post in mapped.posts]
    post_brands = brand[: mapped.count]
    medians = _find_medians(mapped.posts[: mapped.count], post_brands, len(names))
    tints = measure_tints(mapped.signatures.pixels)
    images = make_posts(mapped, facts, brand, medians, tints)
    posts = images[: mapped.count]
    source = _gather_source(mapped, images, tints)
    brands = make_brands(source, {name: slugs[name] for name in names}, medians)
    naming = Naming(
        [post.caption for post in images],
        np.array(brand),
        mapped.owner,
        names,
        list_content(images, facts.tags),
        notes,
        known_names,
        language,
    )
    clusters = make_clusters(source, mapped, naming)
    territories = make_territories(source, mapped, clusters, naming)
    fields, values = list_fields(table.fields, facts.groups, language), [post.fields for post in posts]
    shown_fields = show_fields(fields, values)
    within = make_within(find_field(facts.within, fields, values), shown_fields, values)
    words = find_common_words([post.caption for post in posts], np.array(post_brands), names)
    arrays, group = make_arrays(posts, mapped, facts.tags, shown_fields), number_groups(names, facts.groups)
    insights = find_insights(replace(arrays, said=words.said, within=within, group=group))
    subjects = make_subjects(insights.subjects if insights else None, posts, facts.tags, words)
    dates = [post.published.date() for post in posts if post.published]
    return Report(
        title=settings.title.strip() or _title_from(table.source),
        lang=settings.lang,
        built=facts.built,
        address=find_address(settings),
        generator=__version__,
        source=table.source,
        tables=table.tables,
        notices=table.notices,
        counts=_count(facts, mapped, len(posts)),
        span=(min(dates), max(dates)) if dates else None,
        fields=shown_fields,
        formats=show_formats([post.format for post in posts], field_label("format", language), shown_fields),
        brand_groups=tuple(facts.groups),
        group_of=(-1,) * len(names) if group is None else tuple(group.tolist()),
        benchmark=compare_with(facts.benchmark, names, np.array(post_brands), insights, facts.tags),
        within=tell_within(within, insights.held if insights else None, shown_fields, post_brands),
        posts=posts,
        look=source.find_looks([range(len(posts))])[0],
        brands=brands,
        clusters=clusters,
        territories=territories,
        subjects=subjects,
        duplicates=gather_duplicates(mapped.copies, mapped.images, np.array(brand), mapped.owner),
        noise=make_unclustered(source, notes, language) if clusters else None,
        findings=choose_findings(insights, images, brands, clusters, territories, subjects, shown_fields)
        if insights
        else (),
        insights=insights,
        method=facts.method,
        quality=facts.quality,
        history=facts.maps[0].history,
        maps=facts.maps,
        similarity=facts.similarity,
        tags=facts.tags,
        changes=None,
        refusals=facts.refusals,
        remarks=table.remarks,
        further=images[mapped.count :],
    )


def _count(facts: ReportFacts, mapped: MappedPosts, posts: int) -> Counts:
    return Counts(
        rows=facts.table.rows,
        posts=posts,
        images=len(set(mapped.images)),
        refused=dict(Counter(refusal.reason for refusal in facts.refusals).most_common()),
    )


def _gather_source(mapped: MappedPosts, images: tuple[ShownPost, ...], tints: Tints) -> GroupSource:
    return GroupSource(
        images,
        mapped.owner,
        mapped.features,
        mapped.signatures.pixels,
        tints,
        count_crossings(images, [post.cluster for post in images]),
        count_crossings(images, [post.territory for post in images]) if mapped.territories else (),
    )


def make_posts(
    mapped: MappedPosts, facts: ReportFacts, brand: Sequence[int], medians: Sequence[float | None], tints: Tints
) -> tuple[ShownPost, ...]:
    """Return the n images as the report shows them; `brand` (n) is the position of each one's brand in `medians`."""
    table, tags, territory = facts.table, facts.tags, mapped.territory
    tables = [table.name_table(place) for place in range(len(table.tables))]
    followers = find_followers(mapped.posts, facts.followers)
    groups = {post.brand: facts.groups.find(post.brand) for post in mapped.posts} if facts.groups else {}
    owner, sizes = mapped.owner.tolist(), np.bincount(mapped.owner).tolist()
    positions = list(range(len(mapped.posts)))  # one number for all that name it: those of 300,000 images take 80 MB
    return tuple(
        ShownPost(
            id=post.id,
            table=tables[post.table],
            row=post.row,
            thumbnail=post.thumbnail,
            caption=post.caption,
            likes=post.likes,
            comments=post.comments,
            published=post.published,
            precision=post.precision,
            permalink=post.permalink,
            image=mapped.images[index],
            picture=f"images/{mapped.images[index][:16]}.jpg",
            brand=brand[index],
            cluster=int(mapped.labels[index]) if mapped.labels[index] >= 0 else None,
            territory=None if territory is None or territory[index] < 0 else int(territory[index]),
            x=float(mapped.points[index, 0]),
            y=float(mapped.points[index, 1]),
            column=int(mapped.lattice.column[index]),
            line=int(mapped.lattice.line[index]),
            engagement=_compare_likes(post.likes, medians[brand[index]]),
            brightness=float(tints.brightness[index]),
            contrast=float(tints.contrast[index]),
            hash=int(mapped.signatures.hashes[index]),
            copy=int(mapped.copies[index]),
            near=tuple([positions[other] for other in mapped.near[index].tolist()]),
            tags=tags.of(index),
            owner=None if owner[index] == index else owner[index],
            part=1 / sizes[owner[index]],
            own_tags=facts.marks.tags.get(owner[index], ()),
            notes=facts.marks.notes.get(owner[index], ()),
            followers=followers[index],
            fields=(*post.fields, groups[post.brand]) if groups else post.fields,
            format=post.format,
        )
        for index, post in enumerate(mapped.posts)
    )


def _sorting_key(name: str) -> tuple[str, str]:
    """Return a key for alphabetical order in which accents and case count only between equals."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold(), name


def _title_from(source: str) -> str:
    words = PurePath(source).stem.replace("_", " ").replace("-", " ").split()
    title = " ".join(words) or "Brandscape"
    return title[0].upper() + title[1:]


def _find_medians(posts: Sequence[Post], brand: Sequence[int], brands: int) -> list[float | None]:
    """Return each brand's median likes; None if too few of its posts show them."""
    likes: list[list[int]] = [[] for _ in range(brands)]
    for post, position in zip(posts, brand, strict=True):
        if post.likes is not None:
            likes[position].append(post.likes)
    return [float(median(known)) if len(known) >= _LEAST_LIKED else None for known in likes]


def _compare_likes(likes: int | None, usual: float | None) -> float | None:
    return None if likes is None or not usual else likes / usual
