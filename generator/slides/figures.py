"""Slides of brands in groups of images as a table, and of ratios with their intervals as charts."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from generator.slides import grid
from generator.slides.groups import has_brand, list_groups, name_kind, name_section, rank_groups
from generator.slides.records import Bar, Bars, Cell, Grid, Line, Slide
from generator.slides.source import Group, Row, is_bound, is_clear, is_found, number
from generator.slides.telling import Telling, spread, words

#: Groups that the table of shares lists.
_MOST_LISTED = 24
#: Brands beside each other in a table; more of them take the rows instead.
_MOST_COLUMNS = 8
_MOST_BARS = 14
#: A bar of one ratio alone is no chart.
_LEAST_BARS = 2
#: Fewer groups than this that are liked more or less are told by findings.
_LEAST_LIKED = 3
#: With fewer clear ratios than this, the next ones are shown as well.
_FEWEST_BARS = 7


def make_table(telling: Telling) -> Iterator[Slide]:
    """Yield the shares of brands in clusters, as tables of a few rows each; for one brand beside its rivals."""
    _, source = telling.language.gettext, telling.source
    groups = [group for group in rank_groups(telling) if source.rows("shares", cluster_key=group.key)]
    groups = groups[: grid.TABLE_ROWS if telling.chosen else _MOST_LISTED]
    if not groups:
        return
    marked = _("Marked: a share that differs from the rivals’ by more than chance, over all comparisons together.")
    if len(telling.chosen) == 1:
        tables = _lay_one_brand(telling, groups)
        title = _("Where %(brand)s posts, and where its rivals do") % {"brand": telling.chosen[0].name}
    elif len(telling.brands) <= _MOST_COLUMNS:
        tables = _lay_brands_across(telling, groups)
        title = _("Where each brand posts")
    else:
        tables = _lay_brands_down(telling, groups[:_MOST_COLUMNS])
        title = _("Where each brand posts")
    listed = _("The %(count)s largest are listed.") % {"count": telling.language.number(len(groups))}
    for position, table in enumerate(tables):
        yield Slide(
            kind="table",
            section=name_section(telling),
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
    rows = [row for row in telling.source.rows("shares") if _is_group(telling, row) and has_brand(telling, row)]
    rows = [row for row in rows if _is_drawable(row, "over_index")]
    found = sum(map(is_clear, rows))
    if one:
        rows = sorted(rows, key=lambda row: (not is_clear(row), -(number(row, "posts") or 0)))
    else:
        # a few pale bars show what the clear ones stand out from
        rows = sorted(rows, key=lambda row: (not is_clear(row), -_measure_distance(row)))
        rows = rows[: max(found, _FEWEST_BARS)] if found else []
    rows = rows[:_MOST_BARS]
    bars = []
    for row in rows:
        parts = [telling.name(row["cluster_key"])] if one else [telling.name(row[key]) for key in _KEYS]
        bars.append(_make_ratio(" · ".join(parts), row, telling))
    bars.sort(key=lambda bar: (-bar.value, bar.name))
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
    said = _("How many times as often as its median rival a brand posts such images. At 1 it posts them as often.")
    return _make_chart(telling, title, said, bars, "compare.html#shares")


def make_distinct_chart(telling: Telling) -> Slide | None:
    """Return a chart of how distinct each brand looks; None for fewer than two brands that can be drawn."""
    _ = telling.language.gettext
    rows = [row for row in telling.source.rows("distinctiveness") if _is_drawable(row, "ratio")]
    rows = [row for row in rows if row.get("withheld") != "yes"]
    if not any(has_brand(telling, row) for row in rows):
        return None
    rows = sorted(rows, key=lambda row: (-(number(row, "ratio") or 0), str(row["brand_key"])))
    ends = _pick_ends(rows)
    bars = [
        _make_bar(telling.name(row["brand_key"]), row, "ratio", has_brand(telling, row) and is_clear(row))
        for row in rows
        if row in ends or (telling.chosen and has_brand(telling, row))
    ]
    said = _("How often the images most like a brand’s own are its own, against chance. 1 is what chance gives.")
    title = _("How far each brand keeps to a look of its own")
    pale = _("Pale bars are other brands, or could be chance.") if telling.chosen else ""
    return _make_chart(telling, title, said, bars, "compare.html#distinct", pale)


def make_likes_chart(telling: Telling) -> Slide | None:
    """Return a chart of what gets more or fewer likes, whatever the brand; None if the report finds nothing."""
    _ = telling.language.gettext
    rows = [
        row
        for row in telling.source.rows("engagement", measure="likes", brand_key=None)
        if is_found(row) and _is_drawable(row, "ratio") and _is_group(telling, row)
    ]
    rows = sorted(rows, key=lambda row: (-(number(row, "ratio") or 0), str(row["cluster_key"])))
    if len(rows) < _LEAST_LIKED:
        return None
    bars = [_make_bar(telling.name(row["cluster_key"]), row, "ratio", True) for row in _pick_ends(rows)]
    said = _("Likes of such posts, against each brand’s ordinary posts. Seen together, not proven as a cause.")
    more, less = any(bar.value > 1 for bar in bars), any(bar.value < 1 for bar in bars)
    both = _("What is liked more, and what less")
    title = both if more and less else _("What is liked more") if more else _("What is liked less")
    return _make_chart(telling, title, said, bars, "compare.html")


_KEYS = ("brand_key", "cluster_key")


def _lay_brands_across(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _, brands = telling.language.gettext, telling.brands
    head = (Cell(name_kind(telling)), *(Cell(brand.name) for brand in brands))
    for part in spread(groups, grid.TABLE_ROWS):
        rows = [(Cell(group.name), *(_share_cell(telling, brand, group) for brand in brands)) for group in part]
        yield Grid(_("Share of each brand’s posts in each group of images"), (head, *rows), (2.6, *[1.0] * len(brands)))


def _lay_brands_down(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _ = telling.language.gettext
    head = (Cell(_("Brand")), *(Cell(group.name) for group in groups))
    for part in spread(telling.brands, grid.TABLE_ROWS):
        rows = [(Cell(brand.name), *(_share_cell(telling, brand, group) for group in groups)) for brand in part]
        yield Grid(_("Share of each brand’s posts in each group of images"), (head, *rows), (2.0, *[1.0] * len(groups)))


def _lay_one_brand(telling: Telling, groups: Sequence[Group]) -> Iterator[Grid]:
    _, brand, language = telling.language.gettext, telling.chosen[0], telling.language
    head = tuple(
        map(Cell, (name_kind(telling), brand.name, _("Its median rival"), _("Ratio"), _("95%% interval") % {}))
    )
    for part in spread(groups, grid.TABLE_ROWS):
        rows = []
        for group in part:
            found = telling.source.rows("shares", brand_key=brand.key, cluster_key=group.key)
            row: Row = found[0] if found else {}
            others, ratio = number(row, "median_rival"), number(row, "over_index")
            rows.append(
                (
                    Cell(group.name),
                    _share_cell(telling, brand, group),
                    Cell("–" if others is None else language.percent(others)),
                    Cell("–" if ratio is None else telling.at_least(row) if is_bound(row) else telling.times(ratio)),
                    Cell("–" if is_bound(row) else telling.range_of(row) or "–"),
                )
            )
        yield Grid(
            _("Share of the brand’s posts in each group of images, and its rivals’"), (head, *rows), (2.4, 1, 1, 1, 1.2)
        )


def _share_cell(telling: Telling, brand: Group, group: Group) -> Cell:
    found = telling.source.rows("shares", brand_key=brand.key, cluster_key=group.key)
    share = number(found[0], "share") if found else None
    return Cell("–" if share is None else telling.language.percent(share), bool(found) and is_clear(found[0]))


def _make_chart(
    telling: Telling, title: str, said: str, bars: Sequence[Bar], page: str, pale: str = ""
) -> Slide | None:
    """Return a chart with its words; `pale` says what a pale bar is, if not one that could be chance."""
    if len(bars) < _LEAST_BARS:
        return None
    _ = telling.language.gettext
    told = "; ".join(
        f"{bar.name} {bar.told or f'{telling.times(bar.value)} ({_tell_ends(bar, telling)})'}" for bar in bars
    )
    whiskers = _("The thin lines are 95%% intervals.") % {}
    pale = "" if all(bar.marked for bar in bars) else pale or _("Pale bars could be chance.")
    return Slide(
        kind="chart",
        section=name_section(telling),
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


def _make_ratio(name: str, row: Row, telling: Telling) -> Bar:
    """Return the bar of a share's ratio; one that is known by its lower end alone reaches to what it is at least."""
    if not is_bound(row):
        return _make_bar(name, row, "over_index", is_clear(row))
    least = telling.floor(row)
    return Bar(name, least, least, least, is_clear(row), telling.at_least(row))


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
