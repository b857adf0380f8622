"""Tell a finding on a slide: as a headline, a figure, its interval, and what it does not say."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.report.wording import claim_field
from generator.slides.names import name_value
from generator.slides.source import Row, number, tidy
from generator.slides.telling import Telling

#: An interval in a sentence, which a slide shows under its figure instead.
_INTERVAL = re.compile(r"\s*\(([^()]*95[^()]*)\)")
#: Kinds whose figure, low and high are shares of posts.
_SHARES = frozenset({"own_ground", "largest_cluster", "drift"})
#: Kinds whose figure is a ratio of likes.
_LIKES = frozenset({"engagement", "subject"})
#: Kinds whose sentence explains its figure at length; a slide does that in its text.
_LONG = frozenset({"distinct", "overlap", "drift", "white_space"})


def tell_claim(finding: Row, telling: Telling) -> str:
    """Return a finding as a headline, without its interval; "" for one that cannot be told."""
    sentence = tidy(finding.get("sentence") or "")
    kind = _KINDS.get(str(finding.get("kind")))
    in_report = telling.language.code == telling.source.lang and finding.get("kind") not in _LONG
    if sentence and (kind is None or in_report):
        return _INTERVAL.sub("", sentence)
    figure = number(finding, "figure")
    if kind is None or figure is None:
        return _INTERVAL.sub("", sentence)
    return tidy(kind(finding, figure, telling))


def tell_sentence(finding: Row, telling: Telling) -> str:
    """Return the whole sentence of a finding, with its interval."""
    sentence = tidy(finding.get("sentence") or "")
    return sentence if telling.language.code == telling.source.lang else tell_claim(finding, telling)


def tell_figure(finding: Row, telling: Telling) -> str:
    """Return the figure of a finding as it is set large; "" without one."""
    text = tidy(finding.get("figure_text") or "")
    figure, expected = number(finding, "figure"), number(finding, "expected")
    if text and telling.language.code == telling.source.lang:
        # the page has these words for screen readers
        return re.sub(r"→ +\w+ +", "→ ", text)
    if figure is None or finding.get("kind") not in _KINDS:
        return text
    language, kind = telling.language, finding.get("kind")
    if kind == "drift" and expected is not None:
        return f"{language.percent(expected)} → {language.percent(figure)}"
    if kind == "white_space" and expected is not None:
        said = {"posts": language.number(figure), "expected": language.number(expected)}
        return language.gettext("%(posts)s of %(expected)s") % said
    if kind in _SHARES:
        return language.percent(figure)
    if finding.get("only_at_least"):
        return telling.at_least(finding)
    if _is_barely(finding):
        return language.gettext("%(low)s to %(high)s×") % _name_ends(finding, telling)
    return telling.times(figure)


def tell_interval(finding: Row, telling: Telling) -> str:
    """Return the interval of a finding in words; "" if it has none."""
    _, kind = telling.language.gettext, finding.get("kind")
    low, high = number(finding, "low"), number(finding, "high")
    if kind == "largest_cluster":
        return _("of all posts")
    if kind not in _KINDS:
        found = _INTERVAL.search(tidy(finding.get("sentence") or ""))
        return found[1][:1].upper() + found[1][1:] if found else ""
    if finding.get("only_at_least"):
        return _("Its median rival has too few for an upper end.")
    if kind == "white_space" and high is not None:
        return _("At most %(high)s times its median rival’s share (95%% interval)") % {
            "high": telling.language.ratio(high)
        }
    if low is None or high is None:
        return ""
    if kind == "drift":
        said = {"low": telling.points(low), "high": telling.points(high)}
        return _("A change of %(low)s to %(high)s percentage points (95%% interval)") % said
    if _is_barely(finding):
        return _("95%% interval") % {}
    return _("95%% interval %(ends)s") % {"ends": telling.range_of(finding, kind in _SHARES)}


def tell_reckoning(finding: Row, telling: Telling) -> str:
    """Return how a finding was reckoned, in one sentence; "" for a kind that is told on the method page alone."""
    _ = telling.language.gettext
    return {
        "over_index": _("The share of the brand’s posts in this group of images, against its median rival’s."),
        "shows": _("The share of the brand’s images that show this, against that of its median rival."),
        "field": _("The share of the brand’s posts that have this value, against that of its median rival."),
        "engagement": _("Likes of such posts, against those of the same brand’s ordinary posts."),
        "subject": _("Likes of such posts, against those of the same brand’s ordinary posts without it."),
        "drift": _(
            "The share of the brand’s posts in this group of images, in the first and the last third of its time."
        ),
        "distinct": _("How often the images most like one of the brand’s are its own, against chance."),
        "overlap": _("How often the images most like one brand’s are the other’s, against chance."),
        "own_ground": _("The brand’s part of all posts in this group of images."),
        "white_space": _(
            "The brand’s posts in this group of images, against those it would have at its median rival’s rate."
        ),
        "largest_cluster": _("The posts in this group of images, counted."),
    }.get(str(finding.get("kind")), "")


def tell_caveat(finding: Row, telling: Telling) -> str:
    """Return what a finding does not say; "" for one that the report's words in another language tell."""
    _ = telling.language.gettext
    if telling.language.code == telling.source.lang:
        # how many posts it rests on stands beside it
        note = tidy(finding.get("note") or "")
        first, dot, rest = note.partition(". ")
        return rest if dot and re.search(r"\d", first) else note
    return {
        "over_index": _("This is how often, not how well: likes have no part in it."),
        "shows": _("As far as a neural network is sure of what it sees; likes have no part in it."),
        "field": _("This is how often, not how well: likes have no part in it."),
        "engagement": _("Seen together, not proven as a cause: such posts may differ in more than their images."),
        "subject": _("Seen together, not proven as a cause: such posts may differ in more than this."),
        "drift": _("A change in what is posted. Whether it is a season or a turn, a year by itself cannot tell."),
        "distinct": _("Distinct does not mean better liked."),
        "overlap": _(
            "Alike by what images show, their colours and their composition; who knows both brands may still tell "
            "them apart."
        ),
        "own_ground": _(
            "Among the brands of this report. That nobody else posts it may also mean that nobody wants it."
        ),
        "white_space": _("A gap is not yet an opening: the brand may leave it on purpose."),
        "largest_cluster": _("It is large because much of it is posted, not because it works."),
    }.get(str(finding.get("kind")), "")


def _is_barely(finding: Row) -> bool:
    """Return whether the report tells a ratio of likes by its interval, as it passed its test narrowly."""
    low, figure, high = (number(finding, name) for name in ("low", "figure", "high"))
    if finding.get("kind") not in _LIKES or low is None or figure is None or high is None:
        return False
    return (low > 1 and figure < 1.05 * low) or (high < 1 and figure > high / 1.05)


def _name_ends(finding: Row, telling: Telling) -> dict[str, str]:
    return {name: telling.language.ratio(number(finding, name) or 0) for name in ("low", "high")}


def _tell_over_index(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    named = _name(finding, figure, telling)
    if finding.get("only_at_least"):
        return _("%(brand)s posts “%(cluster)s” at least %(ratio)s times as often as its median rival.") % named
    return _("%(brand)s posts “%(cluster)s” %(ratio)s times as often as its median rival.") % named


def _tell_shows(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    named = {**_name(finding, figure, telling), "term": telling.term(finding.get("term"))}
    if finding.get("only_at_least"):
        return _("Images of %(brand)s show %(term)s at least %(ratio)s times as often as its median rival’s.") % named
    return _("Images of %(brand)s show %(term)s %(ratio)s times as often as its median rival’s.") % named


def _tell_field(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    kind, field, value = name_value(telling.source, finding, telling.language)
    named = _name(finding, figure, telling)
    times = _("at least %(ratio)s times") if finding.get("only_at_least") else _("%(ratio)s times")
    parts = {**named, "field": field, "value": value, "times": times % named, "told": ""}
    return claim_field(kind, str(finding.get("value")), telling.language) % parts


def _tell_engagement(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    named = _name(finding, figure, telling)
    if _is_barely(finding):
        named["ratio"] = telling.range_of(finding)
    if finding.get("brand"):
        return _("For %(brand)s, “%(cluster)s” gets %(ratio)s times the likes of its ordinary posts.") % named
    return _("“%(cluster)s” gets %(ratio)s times the likes of a brand’s ordinary posts.") % named


def _tell_subject(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    rows = telling.source.rows("subjects", subject_key=finding.get("subject"))
    term, said = telling.term(finding.get("subject")), tidy(finding.get("subject_name") or finding.get("subject") or "")
    if rows and rows[0].get("seen_in") == "image":
        which = _("Posts whose images show %(subject)s") % {"subject": term or said}
    else:
        which = _("Posts whose captions say %(subject)s") % {"subject": _("“%(words)s”") % {"words": said}}
    named = {**_name(finding, figure, telling), "which": which}
    if _is_barely(finding):
        named["ratio"] = telling.range_of(finding)
    if finding.get("brand"):
        return _("%(which)s get %(brand)s %(ratio)s times the likes of its ordinary posts.") % named
    return _("%(which)s get %(ratio)s times the likes of a brand’s ordinary posts.") % named


def _tell_drift(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    said = _("%(brand)s moves: “%(cluster)s” went from %(first)s of its posts to %(last)s.")
    first = telling.language.percent(number(finding, "expected") or 0.0)
    return said % {**_name(finding, figure, telling), "first": first, "last": telling.language.percent(figure)}


def _tell_distinct(finding: Row, figure: float, telling: Telling) -> str:
    return telling.language.gettext("%(brand)s keeps to a look of its own.") % _name(finding, figure, telling)


def _tell_overlap(finding: Row, figure: float, telling: Telling) -> str:
    return telling.language.gettext("%(brand)s and %(other)s look alike.") % _name(finding, figure, telling)


def _tell_own_ground(finding: Row, figure: float, telling: Telling) -> str:
    return telling.language.gettext("%(brand)s has “%(cluster)s” nearly to itself.") % _name(finding, figure, telling)


def _tell_white_space(finding: Row, figure: float, telling: Telling) -> str:
    return telling.language.gettext("%(brand)s leaves “%(cluster)s” to its rivals.") % _name(finding, figure, telling)


def _tell_largest(finding: Row, figure: float, telling: Telling) -> str:
    return telling.language.gettext("“%(cluster)s” is the largest group of images.") % _name(finding, figure, telling)


def _name(finding: Row, figure: float, telling: Telling) -> dict[str, str]:
    named = {part: telling.name(finding.get(part)) for part in ("brand", "other", "cluster")}
    ratio = telling.floor(finding) if finding.get("only_at_least") else figure
    return {**named, "ratio": telling.language.ratio(ratio)}


_KINDS: dict[str, Callable[[Row, float, Telling], str]] = {
    "over_index": _tell_over_index,
    "shows": _tell_shows,
    "field": _tell_field,
    "engagement": _tell_engagement,
    "subject": _tell_subject,
    "drift": _tell_drift,
    "distinct": _tell_distinct,
    "overlap": _tell_overlap,
    "own_ground": _tell_own_ground,
    "white_space": _tell_white_space,
    "largest_cluster": _tell_largest,
}
