"""Slides of time: what rises and falls, who has the largest voice, and campaigns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.slides import grid
from generator.slides.groups import DIRECTIONS, has_brand, list_groups, name_kind, tell_move
from generator.slides.records import Cell, Curve, Grid, Line, Slide, Words
from generator.slides.source import Group, Row, number, read_day
from generator.slides.telling import Telling, name_period, spread, words

#: Curves on a slide.
_MOST_CURVES = 6
#: A curve needs this many times.
_LEAST_TIMES = 3
_MOST_CAMPAIGNS = 8
_LEADERS = 30  # letters of the names of brands that lead together; of more, their number is told


def make_momentum(telling: Telling) -> Slide | None:
    """Return the groups whose share moves most, as curves with their bands; None if the report has none.

    They are those of the brands together, or of the deck's one brand.
    """
    _ = telling.language.gettext
    one = telling.chosen[0] if len(telling.chosen) == 1 else None
    drawn = _list_moves(telling, one)[:_MOST_CURVES]
    curves = [
        (row, telling.source.rows("curves", brand_key=row.get("brand_key"), cluster_key=key)) for key, row in drawn
    ]
    curves = [(row, points) for row, points in curves if len(points) >= _LEAST_TIMES]
    if not curves:
        return None
    # one scale for all, so that heights compare
    top = _round_up(max(number(point, "high") or 0 for _row, points in curves for point in points))
    shown: list[Words] = []
    plots = []
    for place, (row, points) in enumerate(curves):
        name = telling.name(row["cluster_key"])
        said = tell_move(telling, row, _direct(row))
        shown.append(words(f"curve{place}", Line(name, "strong"), Line(said, "quiet")))
        plots.append(_draw_curve(telling, f"curve{place}", f"{name}. {said}", points, top))
    rises, falls = (any(_direct(row) * sign > 0 for row, _points in curves) for sign in (1, -1))
    title = _("What rises, what falls") if rises and falls else _("What rises") if rises else _("What falls")
    if one and not (rises or falls):
        return None
    title = title if rises or falls else _("Nothing surely rises or falls")
    title = f"{one.name}: {title[:1].lower()}{title[1:]}" if one else title
    whole = _("Share of posts, each brand with the same weight. The band is a 95%% interval for the whole curve.") % {}
    own = _("Share of the brand’s posts. The band is a 95%% interval for the whole curve.") % {}
    said = f"{own if one else whole} {_tell_times(telling, curves[0][1])}"
    return Slide(
        kind="curves",
        section=_("Then and now"),
        title=title,
        words=[words("label", Line(_("Then and now"), "label")), *shown, words("text", said)],
        plots=plots,
        notes=[
            said,
            _("A change is that from the first third of the time to the last. A wide interval means that the posts "
              "cannot tell, not that nothing moved."),
        ],
        page="trends.html" if not one else f"brands/{one.key}.html#moves",
    )  # fmt: skip


def make_new(telling: Telling) -> Iterator[Slide]:
    """Yield the groups whose first post is recent, beyond chance, with their images, four a slide at most."""
    _, source, language = telling.language.gettext, telling.source, telling.language
    rows = [row for row in source.rows("new_clusters") if number(row, "place") == 1]
    theirs = {row.get("cluster_key") for row in source.rows("new_clusters") if has_brand(telling, row)}
    rows = [row for row in rows if row.get("cluster_key") in theirs and row["cluster_key"] in source.groups]
    said = _("Clusters whose first post lies in the last quarter of the time, and that are too large for that to be "
             "chance.")  # fmt: skip
    for part in spread(rows[:_MOST_CAMPAIGNS], max(grid.GROUP_KINDS)):
        shown, pictures = [], []
        for place, row in enumerate(part):
            group, day = source.groups[str(row["cluster_key"])], read_day(row.get("first_day"))
            began = _("First posted on %(day)s") % {"day": language.short_day(day)} if day else ""
            first = _("By %(brand)s first") % {"brand": telling.name(row.get("brand_key"))}
            facts = [Line(fact, "quiet") for fact in (telling.posts(group.posts), began, first)]
            shown.append(words(f"group{place}", Line(group.name, "strong"), *facts))
            posts = list(source.represent(group))[: grid.count_pictures(max(2, len(part)))]
            pictures += telling.sheet(f"group{place}-", posts)
        yield Slide(
            kind=grid.GROUP_KINDS[max(2, len(part))],
            section=_("Then and now"),
            title=_("New this season"),
            words=[words("label", Line(_("Then and now"), "label")), *shown],
            pictures=pictures,
            notes=[said],
            page="trends.html#new",
        )


def make_voice(telling: Telling) -> Iterator[Slide]:
    """Yield the brand with the largest part of each group's posts, in the first and the last quarter that tell."""
    _, source = telling.language.gettext, telling.source
    found: list[tuple[str, Sequence[Row], Sequence[Row]]] = []
    for group in list_groups(telling):
        told = [row for row in source.rows("voice", cluster_key=group.key) if number(row, "share") is not None]
        told = [row for row in told if len(telling.chosen) != 1 or has_brand(telling, row)]
        quarters = sorted({str(row.get("quarter")) for row in told})
        if len(quarters) < 2 or not group.posts:
            continue
        first, last = (_find_leaders(told, quarter) for quarter in (quarters[0], quarters[-1]))
        found.append((group.name, first, last))
    found = found[: grid.TABLE_ROWS]
    if not found:
        return
    one = telling.chosen[0].name if len(telling.chosen) == 1 else ""
    heads, rows = [Cell(name_kind(telling))], [[Cell(name)] for name, *_ends in found]
    for default, ends in ((_("First"), [entry[1] for entry in found]), (_("Last"), [entry[2] for entry in found])):
        quarters = sorted({str(end[0].get("quarter")) for end in ends})
        named = len(quarters) == 1
        heads.append(Cell(name_period(telling, quarters[0], "quarter") if named else default))
        heads += [] if one else [Cell(_("Share of voice"))]
        for row, end in zip(rows, ends, strict=True):
            row += map(Cell, _tell_voice(telling, end, named)[1 if one else 0 :])
    title = _("The voice of %(brand)s, then and now") % {"brand": one} if one else _("Who posts most, then and now")
    said = _("A brand’s part of all posts there, with its 95%% interval, in the first and the last quarter that have "
             "enough posts.") % {}  # fmt: skip
    yield Slide(
        kind="table",
        section=_("Then and now"),
        title=title,
        words=[words("label", Line(_("Share of voice"), "label")), words("text", said)],
        table=Grid(
            title,
            tuple(map(tuple, (heads, *rows))),
            (2.0, 2.0, 2.0) if one else (2.0, 1.4, 2.0, 1.4, 2.0),
            () if one else (1, 2, 3, 4),
        ),
        notes=[said],
        page="trends.html#voice",
    )


def make_campaigns(telling: Telling) -> Iterator[Slide]:
    """Yield the bursts of near copies that count as one decision, the largest first, four a slide at most."""
    _, source = telling.language.gettext, telling.source
    rows = [row for row in source.rows("campaigns") if telling.is_about(row.get("brand_key"))]
    rows = sorted(
        rows, key=lambda row: (-(number(row, "posts") or 0), str(row.get("first_day")), str(row.get("brand_key")))
    )
    said = _("Near copies within days of each other are one decision of the brand, and count once.")
    for position, part in enumerate(spread(rows[:_MOST_CAMPAIGNS], max(grid.GROUP_KINDS))):
        shown, pictures = [], []
        for place, row in enumerate(part):
            shown.append(words(f"group{place}", *_tell_campaign(telling, row)))
            posts = source.gather(str(row.get("ids") or "").split())
            pictures += telling.sheet(f"group{place}-", posts[: grid.count_pictures(max(2, len(part)))])
        yield Slide(
            kind=grid.GROUP_KINDS[max(2, len(part))],
            section=_("Then and now"),
            title=_("Campaigns, continued") if position else _("Campaigns"),
            words=[words("label", Line(_("Then and now"), "label")), *shown],
            pictures=pictures,
            notes=[said],
            page="compare.html",
        )


def _tell_campaign(telling: Telling, row: Row) -> Iterator[Line]:
    _, language = telling.language.gettext, telling.language
    yield Line(telling.name(row.get("brand_key")), "strong")
    first, last = (read_day(row.get(name)) for name in ("first_day", "last_day"))
    if first and last and first.date() == last.date():
        yield Line(language.short_day(first), "quiet")
    elif first and last:
        both = dict(zip(("first", "last"), language.short_days(first, last), strict=True))
        yield Line(_("%(first)s to %(last)s") % both, "quiet")
    yield Line(telling.posts(int(number(row, "posts") or 0)), "quiet")
    if row.get("cluster_key"):
        yield Line(_("In “%(cluster)s”") % {"cluster": telling.name(row["cluster_key"])}, "quiet")


def _list_moves(telling: Telling, one: Group | None) -> list[tuple[str, Row]]:
    """Return groups with their move: those that surely move first, then by how far."""
    wanted = {group.key for group in list_groups(telling)}
    rows = telling.source.rows("moves", brand_key=one.key if one else None)
    rows = [row for row in rows if row.get("cluster_key") in wanted and number(row, "change") is not None]
    if not telling.source.territories:  # of many clusters, those that move alone
        rows = [row for row in rows if _direct(row)]
    rows.sort(key=lambda row: (not _direct(row), -abs(number(row, "change") or 0), str(row["cluster_key"])))
    return [(str(row["cluster_key"]), row) for row in rows]


def _direct(row: Row) -> int:
    return DIRECTIONS.get(str(row.get("course")), 0)


def _draw_curve(telling: Telling, role: str, alt: str, points: Sequence[Row], top: float) -> Curve:
    ordered = sorted(points, key=lambda point: str(point.get("day")))
    shares, lows, highs = (tuple(number(point, name) or 0.0 for point in ordered) for name in ("share", "low", "high"))
    times = tuple(name_period(telling, str(point.get("day"))) for point in ordered)
    return Curve(role, alt, times, shares, lows, highs, top)


def _tell_times(telling: Telling, points: Sequence[Row]) -> str:
    days = sorted(str(point.get("day")) for point in points)
    named = {"first": name_period(telling, days[0]), "last": name_period(telling, days[-1])}
    return telling.language.gettext("From %(first)s to %(last)s.") % named


def _find_leaders(rows: Sequence[Row], quarter: str) -> list[Row]:
    """Return the rows of the brands with the largest share in a quarter: of more than one if they have the same."""
    within = [row for row in rows if row.get("quarter") == quarter]
    most = max(number(row, "share") or 0 for row in within)
    return [row for row in within if (number(row, "share") or 0) == most]


def _tell_voice(telling: Telling, rows: Sequence[Row], named: bool) -> tuple[str, str]:
    """Return brands, or how many, and each one's part of a group's posts, with its interval; when unless `named`."""
    row, share = rows[0], telling.language.percent(number(rows[0], "share") or 0)
    said = {
        "ratio": telling.language.gettext("%(share)s each") % {"share": share} if len(rows) > 1 else share,
        "ends": telling.range_of(row, shares=True),
    }
    names = ", ".join(telling.name(row.get("brand_key")) for row in rows)
    if len(rows) > 1 and len(names) > _LEADERS:
        count = {"count": telling.language.number(len(rows))}
        names = telling.language.ngettext("%(count)s brand", "%(count)s brands", len(rows)) % count
    told = telling.language.gettext("%(ratio)s (%(ends)s)") % said
    quarter = "" if named else f" · {name_period(telling, str(row.get('quarter')), 'quarter')}"
    return names, told + quarter


def _round_up(share: float) -> float:
    """Return the end of a scale for shares up to `share`."""
    return next((step for step in (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8) if share <= step), 1.0)
