"""Slides of groups of images, of brands in them as a table, and of ratios with their intervals as charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from generator.slides import grid
from generator.slides.records import Bar, Bars, Cell, Grid, Line, Slide, Words
from generator.slides.source import Group, Post, Row, is_clear, is_found, number
from generator.slides.telling import Telling, split, spread, words

#: Groups that get a picture slide, and that the table of shares lists.
_MOST_SHOWN, _MOST_LISTED = 12, 24
#: Brands beside each other in a table; more of them take the rows instead.
_MOST_COLUMNS = 8
_MOST_BARS = 14
#: A bar of one ratio alone is no chart.
_LEAST_BARS = 2


def make_groups(telling: Telling) -> Iterator[Slide]:
    """Yield the report's territories, or its largest clusters, with three images each, six a slide."""
    _, language, source = telling.language.gettext, telling.language, telling.source
    groups = _rank_groups(telling)[: 6 if telling.chosen else _MOST_SHOWN]
    parts = split(groups, 6)
    for position, part in enumerate(parts):
        shown: list[Words] = []
        pictures = []
        for place, group in enumerate(part):
            counts = {"posts": telling.posts(group.posts), "share": language.percent(group.share)}
            meta = _("%(posts)s, %(share)s of all") % counts
            shown.append(words(f"group{place}", group.name, Line(meta, "quiet")))
            pictures += telling.sheet(f"group{place}-", _choose_posts(telling, group)[:3])
        if telling.chosen:
            title = _("Where %(brand)s posts most") % {"brand": list_names(telling)}
        elif source.territories:
            title = _("The territories") if position == 0 else _("The territories, continued")
        else:
            title = _("The largest clusters of images") if position == 0 else _("The largest clusters, continued")
        yield Slide(
            kind="groups",
            section=_name_section(telling),
            title=title,
            words=[words("label", Line(source.title, "label")), *shown],
            pictures=pictures,
            notes=[group.note for group in part],
            page="index.html#clusters",
        )


def make_table(telling: Telling) -> Iterator[Slide]:
    """Yield the shares of brands in clusters, as tables of twelve rows; for one brand beside its rivals."""
    _, source = telling.language.gettext, telling.source
    groups = [group for group in _rank_groups(telling) if source.rows("shares", cluster_key=group.key)]
    groups = groups[: grid.TABLE_ROWS if telling.chosen else _MOST_LISTED]
    if not groups:
        return
    marked = _("Marked: a share that differs from the rivals’ by more than chance, over all comparisons together.")
    if len(telling.chosen) == 1:
        tables = _lay_one_brand(telling, groups)
        title = _("Where %(brand)s posts, and where its rivals do") % {"brand": telling.chosen[0].name}
    elif len(telling.brands) <= _MOST_COLUMNS:
        tables = _lay_brands_across(telling, groups)
        title = _("What part of each brand’s posts lies where")
    else:
        tables = _lay_brands_down(telling, groups[:_MOST_COLUMNS])
        title = _("What part of each brand’s posts lies where")
    listed = _("The %(count)s largest are listed.") % {"count": telling.language.number(len(groups))}
    for position, table in enumerate(tables):
        yield Slide(
            kind="table",
            section=_name_section(telling),
            title=_("%(title)s, continued") % {"title": title} if position else title,
            words=[words("label", Line(_("Share of posts"), "label")), words("text", marked)],
            table=table,
            notes=[marked, listed],
            page="compare.html#shares",
        )


def make_shares_chart(telling: Telling) -> Slide | None:
    """Return a chart of the shares that differ most from rivals'; None if none can be drawn."""
    _ = telling.language.gettext
    one = telling.chosen[0] if len(telling.chosen) == 1 else None
    rows = [row for row in telling.source.rows("shares") if _is_group(telling, row) and _has_brand(telling, row)]
    rows = [row for row in rows if _is_drawable(row, "over_index") and (one or is_clear(row))]
    found = len(rows)
    if one:
        rows = sorted(rows, key=lambda row: (not is_clear(row), -(number(row, "posts") or 0)))
    else:
        rows = sorted(rows, key=_measure_distance, reverse=True)
    rows = sorted(rows[:_MOST_BARS], key=lambda row: (-(number(row, "over_index") or 0), str(row["cluster_key"])))
    bars = []
    for row in rows:
        parts = [telling.name(row["cluster_key"])] if one else [telling.name(row[key]) for key in _KEYS]
        bars.append(_make_bar(" · ".join(parts), row, "over_index", is_clear(row)))
    counts = {"count": telling.language.number(found), "shown": telling.language.number(len(rows))}
    if one:
        title = _("Where %(brand)s parts from its rivals") % {"brand": one.name}
    elif found > len(rows):
        title = _("%(count)s shares set the brands apart; these %(shown)s most clearly") % counts
    else:
        title = telling.language.ngettext(
            "%(count)s share sets a brand apart", "%(count)s shares set the brands apart", found
        )
        title = title % {"count": counts["count"]}
    said = _("How many times as often as its median rival a brand posts a cluster. 1 is as often.")
    return _make_chart(telling, title, said, bars, "compare.html#shares")


def make_distinct_chart(telling: Telling) -> Slide | None:
    """Return a chart of how distinct each brand looks; None for fewer than two brands that can be drawn."""
    _ = telling.language.gettext
    rows = [row for row in telling.source.rows("distinctiveness") if _is_drawable(row, "ratio")]
    rows = [row for row in rows if row.get("withheld") != "yes"]
    rows = sorted(rows, key=lambda row: (-(number(row, "ratio") or 0), str(row["brand_key"])))
    bars = [_make_bar(telling.name(row["brand_key"]), row, "ratio", is_clear(row)) for row in _pick_ends(rows)]
    said = _("How often the images most like a brand’s own are its own, against chance. 1 is chance.")
    return _make_chart(telling, _("How far each brand keeps to a look of its own"), said, bars, "compare.html#distinct")


def make_likes_chart(telling: Telling) -> Slide | None:
    """Return a chart of what gets more or fewer likes, whatever the brand; None if the report finds nothing."""
    _ = telling.language.gettext
    rows = [
        row
        for row in telling.source.rows("engagement", measure="likes", brand_key=None)
        if is_found(row) and _is_drawable(row, "ratio") and _is_group(telling, row)
    ]
    rows = sorted(rows, key=lambda row: (-(number(row, "ratio") or 0), str(row["cluster_key"])))
    bars = [_make_bar(telling.name(row["cluster_key"]), row, "ratio", True) for row in _pick_ends(rows)]
    said = _("Likes of a cluster’s posts, against each brand’s ordinary posts. Seen together, not proven as a cause.")
    more, less = any(bar.value > 1 for bar in bars), any(bar.value < 1 for bar in bars)
    both = _("What is liked more, and what less")
    title = both if more and less else _("What is liked more") if more else _("What is liked less")
    return _make_chart(telling, title, said, bars, "compare.html")


def list_groups(telling: Telling) -> Sequence[Group]:
    """Return the territories if the report has shares in them, else the clusters."""
    source = telling.source
    known = {row.get("cluster_key") for row in source.rows("shares")}
    return [group for group in source.territories if group.key in known] or source.clusters


_KEYS = ("brand_key", "cluster_key")


def list_names(telling: Telling) -> str:
    """Return the chosen brands' names as a heading has them."""
    return " / ".join(brand.name for brand in telling.chosen)


def _rank_groups(telling: Telling) -> list[Group]:
    """Return territories or clusters, the largest first; those where the chosen brands post, by how much they do."""
    groups = telling.source.territories or telling.source.clusters
    posts = {group.key: group.posts for group in groups}
    if telling.chosen:
        posts = dict.fromkeys(posts, 0)
        for row in telling.source.rows("shares"):
            if row.get("cluster_key") in posts and _has_brand(telling, row):
                posts[row["cluster_key"]] += int(number(row, "posts") or 0)
    return sorted((group for group in groups if posts[group.key]), key=lambda group: (-posts[group.key], group.key))


def _choose_posts(telling: Telling, group: Group) -> list[Post]:
    """Return posts that stand for a group; for chosen brands their own."""
    if not telling.chosen:
        return list(telling.source.represent(group))
    keys = [brand.key for brand in telling.chosen]
    own = [post for key in keys for post in telling.source.represent(group, key)]
    more = [post for post in telling.source.posts.values() if post.cluster == group.key and post.brand in keys]
    return list({post.picture: post for post in (*own, *more) if post.picture}.values())


def _name_section(telling: Telling) -> str:
    _ = telling.language.gettext
    return _("Territories") if telling.source.territories else _("Clusters")


def _lay_brands_across(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _, brands = telling.language.gettext, telling.brands
    head = (Cell(_("Cluster")), *(Cell(brand.name) for brand in brands))
    for part in spread(groups, grid.TABLE_ROWS):
        rows = [(Cell(group.name), *(_share_cell(telling, brand, group) for brand in brands)) for group in part]
        yield Grid(_("Share of each brand’s posts in each cluster"), (head, *rows), (2.6, *[1.0] * len(brands)))


def _lay_brands_down(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _ = telling.language.gettext
    head = (Cell(_("Brand")), *(Cell(group.name) for group in groups))
    for part in spread(telling.brands, grid.TABLE_ROWS):
        rows = [(Cell(brand.name), *(_share_cell(telling, brand, group) for group in groups)) for brand in part]
        yield Grid(_("Share of each brand’s posts in each cluster"), (head, *rows), (2.0, *[1.0] * len(groups)))


def _lay_one_brand(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _, brand, language = telling.language.gettext, telling.chosen[0], telling.language
    head = tuple(map(Cell, (_("Cluster"), brand.name, _("Its rivals"), _("Ratio"), _("95%% interval") % {})))
    for part in spread(groups, grid.TABLE_ROWS):
        rows = []
        for group in part:
            found = telling.source.rows("shares", brand_key=brand.key, cluster_key=group.key)
            row: Row = found[0] if found else {}
            others, ratio = number(row, "share_of_others"), number(row, "over_index")
            rows.append(
                (
                    Cell(group.name),
                    _share_cell(telling, brand, group),
                    Cell("–" if others is None else language.percent(others)),
                    Cell("–" if ratio is None else telling.times(ratio)),
                    Cell(telling.range_of(row) or "–"),
                )
            )
        yield Grid(_("Share of the brand’s posts in each cluster, and its rivals’"), (head, *rows), (2.4, 1, 1, 1, 1.2))


def _share_cell(telling: Telling, brand: Group, group: Group) -> Cell:
    found = telling.source.rows("shares", brand_key=brand.key, cluster_key=group.key)
    share = number(found[0], "share") if found else None
    return Cell("–" if share is None else telling.language.percent(share), bool(found) and is_clear(found[0]))


def _make_chart(telling: Telling, title: str, said: str, bars: Sequence[Bar], page: str) -> Slide | None:
    if len(bars) < _LEAST_BARS:
        return None
    _ = telling.language.gettext
    told = "; ".join(f"{bar.name} {telling.times(bar.value)} ({_tell_ends(bar, telling)})" for bar in bars)
    whiskers = _("The thin lines are 95%% intervals.") % {}
    pale = "" if all(bar.marked for bar in bars) else _("Pale bars could be chance.")
    return Slide(
        kind="chart",
        section=_name_section(telling),
        title=title,
        words=[
            words("label", Line(_("Ratios"), "label")),
            words("text", said, Line(f"{whiskers} {pale}".strip(), "quiet")),
        ],
        chart=Bars(f"{title}. {told}", _("Ratio"), tuple(bars)),
        notes=[said, f"{whiskers} {pale}", told],
        page=page,
    )


def _tell_ends(bar: Bar, telling: Telling) -> str:
    ends = {"low": telling.language.ratio(bar.low), "high": telling.language.ratio(bar.high)}
    return telling.language.gettext("%(low)s to %(high)s") % ends


def _make_bar(name: str, row: Row, column: str, marked: bool) -> Bar:
    low, value, high = (number(row, part) or 0.0 for part in ("low", column, "high"))
    return Bar(name, value, low, high, marked)


def _pick_ends(rows: Sequence[Row]) -> Sequence[Row]:
    """Return at most fourteen rows of a sorted list, from both its ends."""
    if len(rows) <= _MOST_BARS:
        return rows
    return [*rows[: _MOST_BARS // 2], *rows[-(_MOST_BARS // 2) :]]


def _measure_distance(row: Row) -> float:
    """Return how far the nearer end of a ratio's interval lies from 1, as a logarithm."""
    return max(math.log(number(row, "low") or 1), -math.log(number(row, "high") or 1))


def _is_drawable(row: Row, column: str) -> bool:
    """Return whether a ratio and both its ends have a place on a logarithmic scale."""
    return all((number(row, name) or 0) > 0 for name in ("low", column, "high")) and row.get("withheld") != "yes"


def _is_group(telling: Telling, row: Row) -> bool:
    return any(group.key == row.get("cluster_key") for group in list_groups(telling))


def _has_brand(telling: Telling, row: Row) -> bool:
    return any(group.key == row.get("brand_key") for group in telling.brands)
