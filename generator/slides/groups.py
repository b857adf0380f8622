"""Slides of groups of images: territories or clusters with their figures, and what they are called."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.slides import grid
from generator.slides.records import Line, Slide, Words
from generator.slides.source import Group, Post, Row, find_end, is_found, number
from generator.slides.telling import Telling, spread, words

#: Groups that get a picture slide.
_MOST_SHOWN = 12


def make_groups(telling: Telling) -> Iterator[Slide]:
    """Yield the report's territories, or its largest clusters, with their figures and images, four a slide at most."""
    _ = telling.language.gettext
    groups = rank_groups(telling)[: max(grid.GROUP_KINDS) if telling.chosen else _MOST_SHOWN]
    parts = spread(groups, max(grid.GROUP_KINDS))
    for position, part in enumerate(parts):
        shown: list[Words] = []
        pictures = []
        for place, group in enumerate(part):
            facts = [Line(fact, "quiet") for fact in _tell_group(telling, group)]
            shown.append(words(f"group{place}", Line(group.name, "strong"), *facts))
            most = grid.count_pictures(max(2, len(part)))
            pictures += telling.sheet(f"group{place}-", _choose_posts(telling, group)[:most])
        title = _title_groups(telling, len(groups))
        title = _("%(title)s, continued") % {"title": title} if position else title
        yield Slide(
            kind=grid.GROUP_KINDS[max(2, len(part))],
            section=name_section(telling),
            title=title,
            words=[words("label", Line(name_section(telling), "label")), *shown],
            pictures=pictures,
            notes=[
                _("Counted are posts. A brand’s share is that of its own posts; the images stand for their group."),
                *(f"{group.name}: {group.note}" for group in part if group.note),
            ],
            page="index.html#clusters",
        )


def _title_groups(telling: Telling, count: int) -> str:
    """Return the title of the slides of `count` groups."""
    _, ngettext, source = telling.language.gettext, telling.language.ngettext, telling.source
    if len(telling.chosen) > 1:
        return _("Where these brands post most")
    if telling.chosen:
        return _("Where %(brand)s posts most") % {"brand": list_names(telling)}
    if count < len(source.territories or source.clusters):
        told = _("What the brands post: the %(count)s largest clusters")
    elif source.territories:
        told = ngettext(
            "What the brands post: %(count)s territory", "What the brands post: %(count)s territories", count
        )
    else:
        told = ngettext("What the brands post: %(count)s cluster", "What the brands post: %(count)s clusters", count)
    return told % {"count": telling.language.number(count)}


def list_groups(telling: Telling) -> Sequence[Group]:
    """Return the territories if the report has shares in them, else the clusters."""
    source = telling.source
    known = {row.get("cluster_key") for row in source.rows("shares")}
    return [group for group in source.territories if group.key in known] or source.clusters


def list_names(telling: Telling) -> str:
    """Return the chosen brands' names as a heading has them."""
    names = [brand.name for brand in telling.chosen]
    if len(names) == 2:
        return telling.language.gettext("%(one)s and %(other)s") % {"one": names[0], "other": names[1]}
    return ", ".join(names)


def rank_groups(telling: Telling) -> list[Group]:
    """Return territories or clusters, the largest first; those where the chosen brands post, by how much they do."""
    groups = telling.source.territories or telling.source.clusters
    posts = {group.key: float(group.posts) for group in groups}
    if telling.chosen:
        posts = dict.fromkeys(posts, 0.0)
        for row in telling.source.rows("shares"):
            if row.get("cluster_key") in posts and has_brand(telling, row):
                posts[row["cluster_key"]] += number(row, "posts") or 0
    return sorted((group for group in groups if posts[group.key]), key=lambda group: (-posts[group.key], group.key))


def _choose_posts(telling: Telling, group: Group) -> list[Post]:
    """Return posts that stand for a group; for chosen brands their own."""
    if not telling.chosen:
        return list(telling.source.represent(group))
    keys = [brand.key for brand in telling.chosen]
    own = [post for key in keys for post in telling.source.represent(group, key)]
    more = [post for post in telling.source.posts.values() if group.key in (post.cluster, post.territory)]
    more = [post for post in more if post.brand in keys]
    return list({post.picture: post for post in (*own, *more) if post.picture}.values())


def name_section(telling: Telling) -> str:
    """Return what the section of groups is called."""
    _ = telling.language.gettext
    return _("Territories") if telling.source.territories else _("Clusters")


def name_kind(telling: Telling) -> str:
    """Return what one of the groups is called."""
    _ = telling.language.gettext
    return _("Territory") if telling.source.territories else _("Cluster")


def has_brand(telling: Telling, row: Row) -> bool:
    """Return whether a row is about a brand of the deck."""
    return any(group.key == row.get("brand_key") for group in telling.brands)


def tell_move(telling: Telling, row: Row, direction: int) -> str:
    """Return how a share moved, in words; `direction` is above 0 if it surely rises, below 0 if it surely falls."""
    _ = telling.language.gettext
    low, high = (find_end(row, name) or 0.0 for name in ("low", "high"))
    ends = {"low": telling.points(low), "high": telling.points(high)}
    if direction > 0:
        return _("Rises: %(low)s to %(high)s percentage points.") % ends
    if direction < 0:
        return _("Falls: %(low)s to %(high)s percentage points.") % ends
    if low > 0:
        return _("Perhaps rises: %(low)s to %(high)s percentage points.") % ends
    if high < 0:
        return _("Perhaps falls: %(low)s to %(high)s percentage points.") % ends
    return _("Not known to move: %(low)s to %(high)s percentage points.") % ends


def _tell_group(telling: Telling, group: Group) -> Iterator[str]:
    """Yield how large a group is, for whom it weighs most, how it is liked, and how it moves if it surely does."""
    _, language, source = telling.language.gettext, telling.language, telling.source
    counts = {"posts": telling.posts(group.posts), "share": language.percent(group.share)}
    yield _("%(posts)s, %(share)s of all") % counts
    rows = [row for row in source.rows("shares", cluster_key=group.key) if number(row, "share")]
    rows = [row for row in rows if has_brand(telling, row)] if telling.chosen else rows
    for row in sorted(rows, key=lambda row: -(number(row, "share") or 0))[: max(1, len(telling.chosen))]:
        said = {"brand": telling.name(row.get("brand_key")), "share": language.percent(number(row, "share") or 0)}
        if telling.chosen:
            yield _("%(share)s of the posts of %(brand)s") % said
        else:
            yield _("Most at %(brand)s: %(share)s of its posts") % said
    for row in source.rows("engagement", measure="likes", brand_key=None, cluster_key=group.key):
        if is_found(row) and (ratio := number(row, "ratio")) is not None:
            likes, ends = _("%(ratio)s the usual likes") % {"ratio": telling.times(ratio)}, telling.range_of(row)
            yield _("%(ratio)s (%(ends)s)") % {"ratio": likes, "ends": ends} if ends else likes
    for row in source.rows("moves", brand_key=None, cluster_key=group.key):
        if row.get("course") in DIRECTIONS:
            yield tell_move(telling, row, DIRECTIONS[str(row["course"])])


#: How report.json tells which way a group surely moves.
DIRECTIONS = {"rise": 1, "fall": -1}
