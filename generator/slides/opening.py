"""The slides a deck opens with: its title, the map with its names, and one slide a finding."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from generator.slides import grid
from generator.slides.claims import tell_caveat, tell_claim, tell_figure, tell_interval, tell_reckoning, tell_sentence
from generator.slides.groups import list_names
from generator.slides.measure import STAND_IN, measure
from generator.slides.records import Box, Line, Mark, Picture, Slide
from generator.slides.source import MAP, Post, Row, is_clear, number, read_day
from generator.slides.telling import Telling, words

#: Height of a name on the map, in inches, and its size in points.
NAME_SIZE = 10.0
_NAME_HEIGHT = 0.22
#: More names than this would hide the images.
_MOST_NAMES = 30
#: Fewer findings than this need no slide that sums them up.
_LEAST_BRIEF = 3


def make_title(telling: Telling) -> Slide:
    """Return the title slide: what is compared, how many posts, from when to when, and a part of the map."""
    _, language, source = telling.language.gettext, telling.language, telling.source
    names = list_names(telling)
    title = names or source.title
    counts = [
        language.ngettext("%(count)s brand", "%(count)s brands", len(source.brands))
        % {"count": language.number(len(source.brands))},
        telling.posts(source.post_count),
    ]
    if telling.chosen:
        rivals = len(source.brands) - len(telling.chosen)
        told = language.ngettext("beside %(count)s other brand", "beside %(count)s other brands", rivals)
        counts = [
            telling.posts(sum(brand.posts for brand in telling.chosen)),
            told % {"count": language.number(rivals)} if rivals else "",
        ]
    built = _("Report of %(day)s") % {"day": language.day(source.built)}
    span = _tell_span(telling)
    return Slide(
        kind="title",
        section=_("Opening"),
        title=title,
        words=[
            words("label", Line(source.title if names else _("Visual landscape"), "label")),
            words("subtitle", ", ".join(filter(None, counts)), span, built),
        ],
        pictures=[Picture("picture", MAP, _("Part of the map of all images"))],
        page="index.html",
    )


def make_map(telling: Telling) -> Slide | None:
    """Return the map as high as the slide, with the names of its clusters; None if the report has no picture of it."""
    _, source = telling.language.gettext, telling.source
    grown = source.content.get("map") or {}
    columns, lines = number(grown, "columns"), number(grown, "lines")
    if not columns or not lines or source.picture(MAP) is None:
        return None
    area = grid.LAYOUTS["map"]["picture"].box
    scale = min(area.width / columns, area.height / lines)
    width, height = columns * scale, lines * scale
    box = Box(area.x + (area.width - width) / 2, area.y + (area.height - height) / 2, width, height)
    said = _("Images that look alike lie together. Distances between far groups mean nothing.")
    marks = _name_clusters(telling, box, scale)
    coloured = _("A coloured border marks a cluster.") if source.clusters else ""
    some = _("The largest clusters are named.") if len(marks) < len(source.clusters) else ""
    return Slide(
        kind="map",
        section=_("Opening"),
        title=_("The map"),
        words=[
            words("text", " ".join(filter(None, (said, coloured, some)))),
        ],
        pictures=[Picture("picture", MAP, _("Map of all images"), box)],
        marks=marks,
        notes=[said, coloured, some],
        page="index.html",
    )


def _name_clusters(telling: Telling, box: Box, scale: float) -> list[Mark]:
    """Return the clusters' names in the middle of their cells, those of the largest clusters first, none on another."""
    cells: dict[str, list[Post]] = {}
    for post in telling.source.posts.values():
        cells.setdefault(post.cluster or "", []).append(post)
    taken: list[Box] = []
    marks = []
    for cluster in sorted(telling.source.clusters, key=lambda group: (-group.posts, group.key))[:_MOST_NAMES]:
        posts = cells.get(cluster.key)
        if not posts:
            continue
        name = cluster.name if len(cluster.name) <= 34 else cluster.name[:33].rstrip(" ,") + "…"
        width = measure(name) * STAND_IN * NAME_SIZE / 72 + 0.1
        x = box.x + (median(post.column for post in posts) + 0.5) * scale
        middle = box.y + (median(post.line for post in posts) + 0.5) * scale
        x = min(max(x, box.x + width / 2), grid.WIDTH - 0.1 - width / 2)
        for shift in (0.0, 1.05, -1.05, 2.1, -2.1):
            y = min(max(middle + shift * _NAME_HEIGHT, _NAME_HEIGHT), grid.HEIGHT - _NAME_HEIGHT)
            place = Box(x - width / 2, y - _NAME_HEIGHT / 2, width, _NAME_HEIGHT)
            if not any(_overlap(place, other) for other in taken):
                taken.append(place)
                marks.append(Mark(name, x, y))
                break
    return marks


def _overlap(one: Box, other: Box) -> bool:
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    down = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    return across > 0 and down > 0


def make_brief(telling: Telling) -> Slide | None:
    """Return all findings at a glance; None for fewer than three."""
    _ = telling.language.gettext
    findings = _list_findings(telling)[: grid.BRIEFS]
    if len(findings) < _LEAST_BRIEF:
        return None
    return Slide(
        kind="brief",
        section=_("Findings"),
        title=_("In brief"),
        words=[
            words("label", Line(_("Findings"), "label")),
            *(words(f"figure{place}", tell_figure(row, telling)) for place, (_claim, row) in enumerate(findings)),
            *(words(f"claim{place}", claim) for place, (claim, _row) in enumerate(findings)),
        ],
        notes=[_("Each of the next slides has one of these, with its interval, its images and what it does not say.")],
        page="index.html",
    )


def make_findings(telling: Telling) -> Iterator[Slide]:
    """Yield one slide a finding about the deck's brands, in the report's order, those on brands chosen first."""
    findings = _list_findings(telling)
    _, language = telling.language.gettext, telling.language
    for position, (claim, finding) in enumerate(findings, 1):
        count = {"number": language.number(position), "count": language.number(len(findings))}
        note = tell_caveat(finding, telling)
        yield Slide(
            kind="finding",
            section=_("Findings"),
            title=claim,
            words=[
                words("label", Line(_("Finding %(number)s of %(count)s") % count, "label")),
                words("figure", tell_figure(finding, telling)),
                words("interval", tell_interval(finding, telling)),
                words(
                    "text",
                    Line(tell_reckoning(finding, telling) if finding.get("kind") != "largest_cluster" else ""),
                    Line(_tell_basis(finding, telling)),
                    Line(note, "quiet"),
                ),
            ],
            pictures=telling.sheet("picture", telling.source.gather(finding.get("posts") or ())[:3]),
            notes=_note_finding(finding, note, telling),
            page=str(finding.get("page") or ""),
        )


def _list_findings(telling: Telling) -> list[tuple[str, Row]]:
    """Return the findings about the deck's brands with their headlines."""
    findings = [
        (claim, row)
        for row in telling.source.content.get("findings") or ()
        if (telling.is_about(row.get("brand")) or (row.get("other") and telling.is_about(row["other"])))
        and (claim := tell_claim(row, telling))
    ]
    return sorted(findings, key=lambda entry: not entry[1].get("brand")) if telling.chosen else findings


def _tell_basis(finding: Row, telling: Telling) -> str:
    """Return on how many posts a finding rests; "" if the report does not say."""
    _, language = telling.language.gettext, telling.language
    n, units = number(finding, "counted_posts"), number(finding, "occasions")
    if n and units is not None and units < n:
        said = _("The finding rests on %(posts)s; those of one campaign count once, which leaves %(units)s.")
        return said % {"posts": telling.posts(int(n)), "units": language.number(units)}
    if n:
        return _("The finding rests on %(posts)s.") % {"posts": telling.posts(int(n))}
    brand, cluster = finding.get("brand"), finding.get("cluster")
    if finding.get("kind") == "largest_cluster":  # whose headline counts them
        return ""
    if finding.get("kind") == "engagement":
        rows = telling.source.rows("engagement", measure="likes", brand_key=brand, cluster_key=cluster)
    else:
        rows = telling.source.rows("shares", brand_key=brand, cluster_key=cluster)
    posts = number(rows[0], "posts") if rows and brand and cluster else None
    if posts is not None:
        named = {"brand": telling.name(brand), "cluster": telling.name(cluster), "posts": language.number(posts)}
        whole = language.number(telling.source.groups[brand].posts) if brand in telling.source.groups else ""
        return _("%(brand)s has %(posts)s of its %(all)s posts in “%(cluster)s”.") % {**named, "all": whole}
    groups = [telling.source.groups.get(str(key)) for key in (cluster or brand, finding.get("other")) if key]
    told = [(group.name, telling.posts(group.posts)) for group in groups if group]
    if len(told) == 2:
        (one, first), (second, last) = told
        return _("%(one)s has %(first)s, %(other)s %(last)s.") % {
            "one": one, "first": first, "other": second, "last": last,
        }  # fmt: skip
    return _("%(name)s has %(posts)s.") % dict(zip(("name", "posts"), told[0], strict=True)) if told else ""


def _note_finding(finding: Row, note: str, telling: Telling) -> list[str]:
    _ = telling.language.gettext
    rows = telling.source.rows("shares", brand_key=finding.get("brand"), cluster_key=finding.get("cluster"))
    sure = _("It holds for all comparisons of the report together.") if any(map(is_clear, rows)) else ""
    images = ", ".join(map(str, finding.get("posts") or ()))
    return [
        tell_sentence(finding, telling),
        tell_reckoning(finding, telling),
        _tell_basis(finding, telling),
        sure,
        _("What it does not say: %(note)s") % {"note": note} if note else "",
        _("The images: %(posts)s") % {"posts": images} if images else "",
    ]


def _tell_span(telling: Telling) -> str:
    """Return the days of the first and the last post; "" without any."""
    _, language = telling.language.gettext, telling.language
    dates = sorted(
        (day, str(post.get("published_precision") or "day"))
        for post in telling.source.content["posts"]
        if (day := read_day(post.get("published")))
    )
    if not dates:
        return ""
    first, last = (language.day(*date) for date in (dates[0], dates[-1]))
    return first if first == last else _("%(first)s to %(last)s") % {"first": first, "last": last}
