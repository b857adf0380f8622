"""The slides a deck ends with: what changed, how the report was made, what it cannot say, and its data."""

from __future__ import annotations

from collections.abc import Iterator

from generator.insights.inference import SIGNIFICANT
from generator.report.changes import Changes, ShareChange
from generator.report.wording import facet_label, reason_text
from generator.slides.records import Cell, Grid, Line, Picture, Slide
from generator.slides.source import number
from generator.slides.telling import Telling, words

_MOST_REASONS = 9
_PICTURES = 8


def make_changes(telling: Telling) -> Slide | None:
    """Return what changed since the report before; None if there is none, or nothing changed."""
    changes = telling.source.changes
    if changes is None or changes.is_empty:
        return None
    _, language = telling.language.gettext, telling.language
    counts = (
        (len(changes.new), _("New posts")),
        (len(changes.gone), _("Gone")),
        (len(changes.moved), _("In another cluster")),
        (len(changes.clusters), _("Clusters born or gone")),
    )
    figures = [
        words(f"{role}{place}", text)
        for place, (count, name) in enumerate(counts)
        for role, text in (("figure", language.number(count)), ("caption", name))
    ]
    moved = [share for share in changes.shares if share.p < SIGNIFICANT and telling.is_about(share.brand.key)]
    told = [_tell_share(share, telling) for share in moved[:3]]
    since = language.day(changes.since)
    return Slide(
        kind="changes",
        section=_("Changes"),
        title=_("What changed since %(day)s") % {"day": since},
        words=[
            words("label", Line(_("Changes"), "label")),
            *figures,
            words("text", *(told or [_("No share moved by more than chance would move it.")])),
        ],
        pictures=_list_new(changes, telling),
        notes=[_tell_share(share, telling) for share in moved[:12]],
        page="changes.html",
    )


def _tell_share(share: ShareChange, telling: Telling) -> str:
    _, language = telling.language.gettext, telling.language
    cluster = telling.source.groups.get(share.cluster.key)
    said = {
        "brand": telling.name(share.brand.key),
        "cluster": cluster.name if cluster else share.cluster.name,
        "before": language.percent(share.before),
        "new": language.percent(share.of_new),
    }
    return _("%(brand)s: “%(cluster)s” had %(before)s of its posts, and has %(new)s of the new ones.") % said


def _list_new(changes: Changes, telling: Telling) -> list[Picture]:
    """Return pictures of new posts, of each brand in turn."""
    _ = telling.language.gettext
    rows = [change for change in changes.brands if telling.is_about(change.brand.key)]
    ranked = [(place, row.brand.name, path) for row in rows for place, path in enumerate(row.pictures) if path]
    ranked.sort(key=lambda entry: entry[0])
    return [
        Picture(f"picture{place}", path, _("New post by %(brand)s") % {"brand": name[:60]})
        for place, (_rank, name, path) in enumerate(ranked[:_PICTURES])
    ]


def make_method(telling: Telling) -> Slide:
    """Return how the report was made and what it cannot say, in plain words."""
    _ = telling.language.gettext
    made = (
        _(
            "No one sorted these images. They were compared by what they look like, laid out so that like lies beside "
            "like, and cut into groups where the layout is dense."
        ),
        _("Only the image counts. Neither the brand, nor the caption, nor the likes had any part in it."),
        _tell_weights(telling),
        _(
            "Every ratio has a 95%% interval: the values that fit the data. Marks hold for all comparisons of the "
            "report together."
        )
        % {},
    )
    limits = (
        _(
            "What counts as similar was chosen. With other weights, or with examples, other images would lie together "
            "and form other clusters."
        ),
        _("Likeness looks at images only: captions have no part in it, and a video counts by its stills."),
        _(
            "It shows the posts it was given. If the spreadsheet holds more posts of one brand, or another span of "
            "time, shares show that too."
        ),
        _("Another random start, or another network, gives another layout, and clusters that differ at their edges."),
    )
    return Slide(
        kind="text",
        section=_("Method"),
        title=_("How this was made, and what it cannot say"),
        words=[
            words("label", Line(_("Method"), "label")),
            words("text", Line(_("How it was made"), "strong"), *made),
            words("more", Line(_("What it cannot say"), "strong"), *limits),
        ],
        notes=list(_record_method(telling)),
        page="method.html",
    )


def _tell_weights(telling: Telling) -> str:
    """Return the parts of the similarity that the figures follow."""
    _ = telling.language.gettext
    weights = (telling.source.content.get("similarity") or {}).get("weights") or {}
    parts = [
        f"{facet_label(name, telling.language).lower()} {telling.language.percent(float(weights[name]))}"
        for name in ("content", "colour", "composition")
        if number(weights, name)
    ]
    return _("What counts as similar: %(parts)s.") % {"parts": ", ".join(parts)} if parts else ""


def _record_method(telling: Telling) -> Iterator[str]:
    _ = telling.language.gettext
    method = telling.source.content.get("method") or {}
    for label, name in (
        (_("Network"), "model"),
        (_("Perplexity"), "perplexity"),
        ("eps", "eps"),
        ("min_samples", "min_samples"),
        (_("Seed"), "seed"),
    ):
        value = method.get(name)
        if value not in (None, ""):
            yield f"{label}: {telling.language.plain(value) if isinstance(value, float) else value}"
    yield str(telling.source.content.get("generator") or "")


def make_ledger(telling: Telling) -> Slide | None:
    """Return the rows of the spreadsheet and what became of them; None if the report does not say."""
    _, language = telling.language.gettext, telling.language
    counts = telling.source.content.get("counts") or {}
    rows, posts = number(counts, "rows"), number(counts, "posts")
    if rows is None or posts is None:
        return None
    refused = sorted((counts.get("refused") or {}).items(), key=lambda entry: (-entry[1], entry[0]))
    lines = [(Cell(_("Rows")), Cell(language.number(rows)))]
    lines += [
        (Cell(reason_text(reason, language)), Cell(f"−{language.number(count)}"))
        for reason, count in refused[:_MOST_REASONS]
    ]
    if rest := sum(count for _reason, count in refused[_MOST_REASONS:]):
        lines.append((Cell(_("Other reasons")), Cell(f"−{language.number(rest)}")))
    lines.append((Cell(_("Posts in the report"), True), Cell(language.number(posts), True)))
    said = {"rows": language.number(rows), "posts": language.number(posts)}
    head = (Cell(_("What became of the rows")), Cell(_("Rows")))
    notices = [str(text) for text in telling.source.content.get("notices") or ()]
    return Slide(
        kind="table",
        section=_("Method"),
        title=_("%(rows)s rows went in; %(posts)s posts are in the report") % said,
        words=[
            words("label", Line(_("Data"), "label")),
            words("text", _("The data page names every row that was left out, with the reason.")),
        ],
        table=Grid(_("What became of the rows"), (head, *lines), (4.0, 1.0)),
        notes=[str(telling.source.content.get("source") or ""), *notices],
        page="data.html",
    )
