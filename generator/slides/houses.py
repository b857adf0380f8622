"""Slides of brands: one for each, and two side by side."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations

from generator.slides.groups import list_groups
from generator.slides.records import Compared, Line, Palette, Slide
from generator.slides.source import Group, Row, find_end, is_clear, is_found, number
from generator.slides.telling import Telling, words

_SHEET = 8
_MOST_SHARES = 6  # groups in the chart of a brand


def make_brands(telling: Telling) -> Iterator[Slide]:
    """Yield one slide a brand: its images, what it posts more and less than its rivals, what works, how it moved."""
    _ = telling.language.gettext
    for brand in telling.brands:
        pictures = telling.sheet("picture", list(telling.source.represent(brand))[:_SHEET])
        tones = _read_palette(telling, brand)
        blocks = [_tell_more(telling, brand), _tell_less(telling, brand)]
        blocks += [_tell_likes(telling, brand), _tell_openings(telling, brand), _tell_moves(telling, brand)]
        lines = [line for block in blocks for line in block]
        plots = _draw_shares(telling, brand)
        if plots and not lines:
            lines = [Line(_("No share differs from its rivals’ by more than chance."), "quiet")]
        yield Slide(
            kind="brand",
            section=_("Brands"),
            title=brand.name,
            words=[
                words("label", Line(_("Brands"), "label")),
                words("subtitle", _tell_size(telling, brand)),
                words("caption", _("Its palette") if tones else ""),
                words("text", *lines),
            ],
            pictures=pictures,
            plots=plots,
            palettes=[Palette("palette", tones)] if tones else [],
            notes=[brand.note, _("Figures in brackets are 95%% intervals.") % {}],
            page=f"brands/{brand.key}.html",
        )


def make_pairs(telling: Telling) -> Iterator[Slide]:
    """Yield each pair of the chosen brands, side by side."""
    _, language = telling.language.gettext, telling.language
    for one, other in combinations(telling.chosen, 2):
        pair = {one.key, other.key}
        rows = [row for row in telling.source.rows("overlap") if {row.get("brand_key"), row.get("other_key")} == pair]
        overlap = number(rows[0], "overlap") if rows else None
        ends = telling.range_of(rows[0]) if rows else ""
        common = number(rows[0], "common_share") if rows else None
        same = number(rows[0], "same_images") if rows else None
        said = _("How often each is among the other’s nearest images, against chance.") if overlap is not None else ""
        kept = "" if common is None else _("%(share)s of their posts lie in common ground.")
        posted = "" if not same else _("Images that both have posted: %(count)s.")
        shown = []
        for side, brand in enumerate((one, other)):
            more = " · ".join(telling.name(row["cluster_key"]) for row in _list_clear(telling, brand, True)[:3])
            told = _("More than its rivals: %(clusters)s") % {"clusters": more} if more else ""
            shown += [words(f"name{side}", brand.name), words(f"side{side}", _tell_size(telling, brand), told)]
        yield Slide(
            kind="pair",
            section=_("Brands"),
            title=_("%(one)s and %(other)s") % {"one": one.name, "other": other.name},
            words=[
                words("label", Line(_("Side by side"), "label")),
                words("figure", "" if overlap is None else telling.times(overlap)),
                words(
                    "text",
                    said,
                    _("95%% interval %(ends)s") % {"ends": ends} if ends else "",
                    kept % {"share": language.percent(common)} if kept and common is not None else "",
                    posted % {"count": language.number(same)} if posted and same else "",
                ),
                *shown,
            ],
            pictures=[
                picture
                for side, brand in enumerate((one, other))
                for picture in telling.sheet(f"side{side}-", list(telling.source.represent(brand))[:6])
            ],
            notes=[said],
            page="compare.html",
        )


def _tell_size(telling: Telling, brand: Group) -> str:
    """Return how much a brand posted and how distinct it looks."""
    _, language = telling.language.gettext, telling.language
    parts = [
        _("%(posts)s, %(share)s of all") % {"posts": telling.posts(brand.posts), "share": language.percent(brand.share)}
    ]
    for row in telling.source.rows("distinctiveness", brand_key=brand.key):
        ratio = number(row, "ratio")
        if ratio is not None and row.get("withheld") != "yes":
            said = {"ratio": telling.times(ratio), "ends": telling.range_of(row)}
            parts.append(_("distinctiveness %(ratio)s (%(ends)s)") % said)
    return " · ".join(parts)


def _list_clear(telling: Telling, brand: Group, more: bool) -> list[Row]:
    """Return the groups that a brand posts clearly more, or less, than its rivals, the clearest first."""
    groups = {group.key for group in list_groups(telling)}
    rows = [row for row in telling.source.rows("shares", brand_key=brand.key) if is_clear(row)]
    rows = [row for row in rows if row.get("cluster_key") in groups]
    if more:
        return sorted(
            (row for row in rows if (number(row, "low") or 0) > 1), key=lambda row: -(number(row, "low") or 0)
        )
    less = [row for row in rows if (high := number(row, "high")) is not None and high < 1]
    return sorted(less, key=lambda row: -(number(row, "median_rival") or 0))


def _tell_more(telling: Telling, brand: Group) -> Iterator[Line]:
    _ = telling.language.gettext
    rows = _list_clear(telling, brand, True)[:3]
    if rows:
        yield Line(_("More than its rivals"), "label")
    for row in rows:
        said = {
            "cluster": telling.name(row["cluster_key"]),
            "share": telling.language.percent(number(row, "share") or 0),
            "ratio": telling.ratio_of(row, "over_index"),
        }
        if said["ratio"]:
            yield Line(_("%(cluster)s: %(share)s, %(ratio)s") % said)
        else:
            yield Line(_("%(cluster)s: %(share)s, its rivals next to nothing") % said)


def _draw_shares(telling: Telling, brand: Group) -> list[Compared]:
    """Return where a brand posts, beside its median rival, as a chart; none if the report has no shares."""
    _ = telling.language.gettext
    rows: list[tuple[str, float, float]] = []
    for group in list_groups(telling):
        for row in telling.source.rows("shares", brand_key=brand.key, cluster_key=group.key):
            own, rival = number(row, "share"), number(row, "median_rival")
            if own is not None and rival is not None and own + rival > 0:
                rows.append((group.name, _round(own), _round(rival)))
    rows = sorted(rows, key=lambda row: -max(row[1], row[2]))[:_MOST_SHARES]
    rows.sort(key=lambda row: -row[1])
    if not rows:
        return []
    names = tuple(name for name, _own, _rival in rows)
    shares, rivals = tuple(own for _name, own, _rival in rows), tuple(rival for _name, _own, rival in rows)
    told = "; ".join(
        f"{name}: {telling.language.percent(share)}, {telling.language.percent(rival)}" for name, share, rival in rows
    )
    median = _("Its median rival")
    alt = f"{_('Share of posts')}: {brand.name}, {median}. {told}"
    return [Compared("shares", alt, names, ((brand.name, shares), (median, rivals)))]


def _round(share: float) -> float:
    """Return a share in whole percent, rounded as the report's words are; PowerPoint rounds halves up."""
    return float(Decimal(str(share)).quantize(Decimal("0.01"), ROUND_HALF_EVEN))


def _tell_less(telling: Telling, brand: Group) -> Iterator[Line]:
    _, language = telling.language.gettext, telling.language
    rows = _list_clear(telling, brand, False)[:3]
    if rows:
        yield Line(_("Less than its rivals"), "label")
    for row in rows:
        share, others = number(row, "share") or 0, number(row, "median_rival")
        said = {"cluster": telling.name(row["cluster_key"]), "share": language.percent(share)}
        if others is None:
            yield Line(_("%(cluster)s: %(share)s") % said)
        else:
            yield Line(_("%(cluster)s: %(share)s against %(others)s") % {**said, "others": language.percent(others)})


def _tell_likes(telling: Telling, brand: Group) -> Iterator[Line]:
    """Yield what gets a brand other likes than usual; else what does so for any brand, of what it posts more of."""
    _ = telling.language.gettext
    likes = [row for row in telling.source.rows("engagement", measure="likes") if number(row, "ratio") is not None]
    own = [row for row in likes if row.get("brand_key") == brand.key]
    groups = {group.key for group in list_groups(telling)}
    posted = {
        row.get("cluster_key")
        for row in telling.source.rows("shares", brand_key=brand.key)
        if row.get("cluster_key") in groups and (number(row, "share") or 0) > (number(row, "median_rival") or 0)
    }
    found = [row for row in own if is_found(row)]
    title = _("Likes, against its ordinary posts")
    if not found:
        title = _("Likes, against ordinary posts, whatever the brand")
        found = [row for row in likes if "brand_key" not in row and is_found(row) and row.get("cluster_key") in posted]
    found = sorted(found, key=lambda row: (-(number(row, "ratio") or 0), str(row["cluster_key"])))
    if found:
        yield Line(title, "label")
    for row in [*found[:1], *found[-1:]] if len(found) > 1 else found:
        said = {"cluster": telling.name(row["cluster_key"]), "ratio": telling.ratio_of(row, "ratio")}
        yield Line(_("%(cluster)s: %(ratio)s") % said)


def _tell_openings(telling: Telling, brand: Group) -> Iterator[Line]:
    """Yield clusters that do well for rivals like the brand, and that it hardly posts."""
    _ = telling.language.gettext
    rows = [row for row in telling.source.rows("openings", brand_key=brand.key) if number(row, "ratio") is not None]
    if rows:
        yield Line(_("What it could try"), "label")
    for row in rows[:2]:
        said = {
            "cluster": telling.name(row.get("cluster_key")),
            "ratio": telling.times(number(row, "ratio") or 0),
            "ends": telling.range_of(row),
        }
        yield Line(_("%(cluster)s: %(ratio)s the likes for such rivals, %(ends)s for it") % said)


def _tell_moves(telling: Telling, brand: Group) -> Iterator[Line]:
    """Yield the groups whose share surely moved, with its change from the first third of the time to the last."""
    _ = telling.language.gettext
    rows = [row for row in telling.source.rows("moves", brand_key=brand.key) if row.get("course")]
    if rows:
        yield Line(_("What moved"), "label")
    for row in rows[:2]:
        said = {"cluster": telling.name(row.get("cluster_key"))}
        change, low, high = number(row, "change"), find_end(row, "low"), find_end(row, "high")
        if row["course"] in ("passing", "pause") or change is None or low is None or high is None:
            told = _("%(cluster)s: with a pause") if row["course"] == "pause" else _("%(cluster)s: for a while")
        else:
            told = _("%(cluster)s: %(change)s percentage points (%(low)s to %(high)s)")
            said |= {name: telling.points(value) for name, value in (("change", change), ("low", low), ("high", high))}
        yield Line(told % said)


def _read_palette(telling: Telling, brand: Group) -> tuple[tuple[str, float], ...]:
    """Return a brand's colours with their shares, "" for none."""
    rows = telling.source.rows("looks", kind="brand", name_key=brand.key)
    words_of = str(rows[0].get("palette") or "").split() if rows else []
    tones = []
    for colour, share in zip(words_of[::2], words_of[1::2], strict=False):
        plain = colour.removeprefix("#").lower()
        if len(plain) == 6 and set(plain) <= set("0123456789abcdef") and share.replace(".", "", 1).isdigit():
            tones.append((f"#{plain}", float(share)))
    return tuple(tone for tone in tones if tone[1] > 0)
