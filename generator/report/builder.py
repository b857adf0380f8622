"""A report put together: posts grouped by brand and cluster, each group named, measured and shown by its images."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import PurePath
from statistics import median
from typing import TYPE_CHECKING

from generator import __version__
from generator.insights.representatives import choose_medoids, rank_least_typical
from generator.language import open_language
from generator.report.address import find_address
from generator.report.model import (
    Counts,
    Crossing,
    Group,
    Method,
    Quality,
    Report,
    ShownMap,
    ShownPost,
    SimilarityFacts,
    drop_repeats,
)
from generator.report.wording import colour_label
from generator.text import make_slugs

if TYPE_CHECKING:
    import numpy as np

    from generator.insights.looks import Look
    from generator.report.cluster_notes import ClusterNotes
    from generator.report.mapped_posts import MappedPosts
    from generator.settings import SiteSettings
    from generator.spreadsheet.posts import PostTable, Refusal

#: Images shown of a group at most.
_REPRESENTATIVES = 12
_LEAST_TYPICAL = 6
_MOST_ENGAGING = 6
#: Posts with likes that a brand needs before its median says anything.
_LEAST_LIKED = 5


def build_report(
    table: PostTable,
    refusals: tuple[Refusal, ...],
    mapped: MappedPosts,
    notes: ClusterNotes,
    method: Method,
    quality: Quality,
    maps: tuple[ShownMap, ...],
    similarity: SimilarityFacts,
    settings: SiteSettings,
    built: datetime,
    known_names: Mapping[int, str],
) -> Report:
    """The report of `mapped`, whose n arrays are in one order; `refusals` are all rows that are not in it.

    `maps` are all maps of these posts, the main one first. `known_names` are what an earlier report called clusters, by
    number: they keep these names.
    """
    import numpy as np

    from generator.colour import distinct_colours
    from generator.insights.colour_names import describe_look
    from generator.insights.compute import Columns, find_insights
    from generator.insights.duplicates import gather_duplicates
    from generator.insights.looks import measure_looks, measure_tints
    from generator.insights.names import name_clusters
    from generator.report.findings import choose_findings

    language = open_language(settings.lang)
    _ = language.gettext
    labels: list[int] = [int(label) for label in mapped.labels]
    slugs = make_slugs(post.brand for post in mapped.posts)
    names = sorted(slugs, key=_sorting_key)
    positions = {name: position for position, name in enumerate(names)}
    brands = [positions[post.brand] for post in mapped.posts]
    medians = _find_medians(mapped, brands, len(names))
    tints = measure_tints(mapped.signatures.pixels)
    posts = tuple(
        ShownPost(
            id=post.id,
            row=post.row,
            thumbnail=post.thumbnail,
            caption=post.caption,
            likes=post.likes,
            comments=post.comments,
            published=post.published,
            permalink=post.permalink,
            image=mapped.images[index],
            picture=f"images/{mapped.images[index][:16]}.jpg",
            brand=brands[index],
            cluster=labels[index] if labels[index] >= 0 else None,
            x=float(mapped.points[index, 0]),
            y=float(mapped.points[index, 1]),
            column=int(mapped.lattice.column[index]),
            line=int(mapped.lattice.line[index]),
            engagement=_compare_likes(post.likes, medians[brands[index]]),
            brightness=float(tints.brightness[index]),
            contrast=float(tints.contrast[index]),
            hash=int(mapped.signatures.hashes[index]),
            copy=int(mapped.copies[index]),
            near=tuple(mapped.near[index].tolist()),
        )
        for index, post in enumerate(mapped.posts)
    )
    crossings = _count_crossings(posts, len(names))
    clusters = len(mapped.cluster_numbers)
    # by number, so that a cluster keeps its colour where others are gone
    colours = distinct_colours(max(mapped.cluster_numbers, default=0))
    of_brand, of_label = _gather(brands), _gather(labels)
    looks = {
        kind: dict(zip(found, measure_looks(mapped.signatures.pixels, tints, list(found.values())), strict=True))
        for kind, found in (("brand", of_brand), ("label", of_label))
    }
    described = [
        _join([colour_label(name, language) for name in describe_look(looks["label"][label])], _)
        for label in range(clusters)
    ]
    kept_names = {
        label: known_names[number] for label, number in enumerate(mapped.cluster_numbers) if number in known_names
    }
    named = name_clusters(
        [post.caption for post in posts], np.array(labels), np.array(brands), names, described, kept_names
    )

    def group(
        key: str,
        name: str,
        members: list[int],
        look: Look,
        *,
        colour: str | None = None,
        brand: int | None = None,
        words: tuple[str, ...] = (),
        stability: float | None = None,
    ) -> Group:
        cluster = posts[members[0]].cluster
        return Group(
            key=key,
            name=notes.names.get(key, name) if brand is None else name,
            colour=colour,
            words=words,
            found_name=name,
            note=notes.notes.get(key, "") if brand is None else "",
            look=look,
            stability=stability,
            members=tuple(members),
            share=len(members) / len(posts),
            crossings=tuple(
                crossing
                for crossing in crossings
                if (crossing.cluster == cluster if brand is None else crossing.brand == brand)
            ),
            representatives=_choose(choose_medoids, members, posts, mapped.features, _REPRESENTATIVES),
            least_typical=_choose(rank_least_typical, members, posts, mapped.features, _LEAST_TYPICAL),
            most_engaging=_rank_engaging(members, posts),
            median_likes=None if brand is None else medians[brand],
        )

    shown_clusters = tuple(
        group(
            f"c{number:02d}",
            named[label].name or _capitalise(f"{described[label]} {number}"),
            of_label[label],
            looks["label"][label],
            colour=colours[number - 1],
            words=named[label].words,
            stability=float(mapped.together[label]),
        )
        for label, number in enumerate(mapped.cluster_numbers)
    )
    shown_brands = tuple(
        group(slugs[name], name, of_brand[position], looks["brand"][position], brand=position)
        for position, name in enumerate(names)
    )
    noise = group("noise", _("Unclustered"), of_label[-1], looks["label"][-1]) if clusters and -1 in of_label else None
    likes = np.array([np.nan if post.likes is None else post.likes for post in posts], np.float64)
    comments = np.array([np.nan if post.comments is None else post.comments for post in posts], np.float64)
    days = np.array([_count_days(post.published) for post in posts], np.float64)
    insights = find_insights(
        Columns(np.array(brands), np.array(labels), likes, comments, days, mapped.features, mapped.near, mapped.copies)
    )
    dates = [post.published.date() for post in posts if post.published]
    return Report(
        title=settings.title.strip() or _title_from(table.source),
        lang=settings.lang,
        built=built,
        address=find_address(settings),
        generator=__version__,
        source=table.source,
        sheet=table.sheet,
        columns=table.columns,
        counts=Counts(
            rows=table.rows,
            posts=len(posts),
            images=len(set(mapped.images)),
            refused=dict(Counter(refusal.reason for refusal in refusals).most_common()),
        ),
        span=(min(dates), max(dates)) if dates else None,
        posts=posts,
        look=measure_looks(mapped.signatures.pixels, tints, [range(len(posts))])[0],
        brands=shown_brands,
        clusters=shown_clusters,
        duplicates=gather_duplicates(mapped.copies, mapped.images, np.array(brands)),
        noise=noise,
        findings=choose_findings(insights, posts, shown_brands, shown_clusters) if insights else (),
        insights=insights,
        method=method,
        quality=quality,
        history=maps[0].history,
        maps=maps,
        similarity=similarity,
        changes=None,
        refusals=refusals,
        remarks=table.remarks,
    )


def _join(names: list[str], _: Callable[[str], str]) -> str:
    """One name, or two with an and between them."""
    return names[0] if len(names) == 1 else _("%(one)s and %(two)s") % {"one": names[0], "two": names[1]}


def _capitalise(text: str) -> str:
    return text[:1].upper() + text[1:]


def _count_days(moment: datetime | None) -> float:
    """Days since 1970, NaN for no date."""
    return float("nan") if moment is None else (moment - datetime(1970, 1, 1)).total_seconds() / 86_400


def _sorting_key(name: str) -> tuple[str, str]:
    """Alphabetical order as readers expect it: accents and case count only between equals."""
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold(), name


def _title_from(source: str) -> str:
    words = PurePath(source).stem.replace("_", " ").replace("-", " ").split()
    title = " ".join(words) or "Brandscape"
    return title[0].upper() + title[1:]


def _gather(keys: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for index, key in enumerate(keys):
        found.setdefault(key, []).append(index)
    return found


def _find_medians(mapped: MappedPosts, brands: list[int], count: int) -> list[float | None]:
    """Each brand's median likes, where enough of its posts show them."""
    likes: list[list[int]] = [[] for _ in range(count)]
    for post, brand in zip(mapped.posts, brands, strict=True):
        if post.likes is not None:
            likes[brand].append(post.likes)
    return [float(median(known)) if len(known) >= _LEAST_LIKED else None for known in likes]


def _compare_likes(likes: int | None, usual: float | None) -> float | None:
    return None if likes is None or not usual else likes / usual


def _count_crossings(posts: tuple[ShownPost, ...], brands: int) -> list[Crossing]:
    """Every brand × cluster that has posts, the largest share of its brand first."""
    pairs = Counter((post.brand, post.cluster) for post in posts)
    of_brand = Counter(post.brand for post in posts)
    of_cluster = Counter(post.cluster for post in posts)
    found = [
        Crossing(
            brand=brand,
            cluster=cluster,
            posts=count,
            of_brand=count / of_brand[brand],
            of_others=(of_cluster[cluster] - count) / (len(posts) - of_brand[brand]) if brands > 1 else 0.0,
            of_cluster=count / of_cluster[cluster],
        )
        for (brand, cluster), count in pairs.items()
    ]
    return sorted(found, key=lambda crossing: (-crossing.of_brand, -crossing.posts, crossing.brand))


def _choose(
    choose: Callable[[np.ndarray, int], list[int]],
    members: list[int],
    posts: tuple[ShownPost, ...],
    features: np.ndarray,
    count: int,
) -> tuple[int, ...]:
    """What `choose` takes of the members; an image posted twice is shown once."""
    different = drop_repeats(members, posts)
    return tuple(different[index] for index in choose(features[different], count))


def _rank_engaging(members: list[int], posts: tuple[ShownPost, ...]) -> tuple[int, ...]:
    """The members that did best against their own brand's median, of those above it."""
    ranked = sorted((-(posts[member].engagement or 0.0), member) for member in members)
    return tuple(drop_repeats((member for rank, member in ranked if rank < -1), posts)[:_MOST_ENGAGING])
