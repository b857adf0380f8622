"""Tell a finding on a slide: in the report's own sentence, or shortly where the deck is in another language."""

from __future__ import annotations

import re
from collections.abc import Callable

from generator.slides.source import Row, number, tidy
from generator.slides.telling import Telling

#: An interval in a sentence, which a slide shows under its figure instead.
_INTERVAL = re.compile(r"\s*\(([^()]*95[^()]*)\)")
#: Kinds whose figure, low and high are shares of posts.
_SHARES = frozenset({"own_ground", "largest_cluster", "drift"})


def tell_claim(finding: Row, telling: Telling) -> str:
    """Return the sentence of a finding without its interval; "" for one that cannot be told."""
    sentence = tidy(finding.get("sentence") or "")
    kind = _KINDS.get(str(finding.get("kind")))
    if sentence and (telling.language.code == telling.source.lang or kind is None):
        return _INTERVAL.sub("", sentence)
    figure = number(finding, "figure")
    return "" if kind is None or figure is None else tidy(kind(finding, figure, telling))


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
    if figure is None:
        return text
    language, kind = telling.language, finding.get("kind")
    if kind == "drift" and expected is not None:
        return f"{language.percent(expected)} → {language.percent(figure)}"
    if kind == "white_space" and expected is not None:
        said = {"posts": language.number(figure), "expected": language.number(expected)}
        return language.gettext("%(posts)s of %(expected)s") % said
    if kind in _SHARES:
        return language.percent(figure)
    told = telling.times(figure) if kind in _KINDS else text
    return f"≥\N{NO-BREAK SPACE}{told}" if finding.get("only_at_least") else told


def tell_interval(finding: Row, telling: Telling) -> str:
    """Return the interval of a finding in words, those of its own sentence if it has them; "" if it has none."""
    _ = telling.language.gettext
    sentence = tidy(finding.get("sentence") or "")
    if "95" in sentence and telling.language.code == telling.source.lang:
        found = _INTERVAL.search(sentence)
        return found[1][:1].upper() + found[1][1:] if found else ""
    low, high = number(finding, "low"), number(finding, "high")
    if finding.get("kind") == "white_space" and high is not None:
        return _("at most %(high)s times its median rival’s share (95%% interval)") % {
            "high": telling.language.ratio(high)
        }
    if low is None or high is None or finding.get("kind") not in _KINDS or finding["kind"] == "drift":
        return ""
    ends = telling.range_of(finding, finding["kind"] in _SHARES)
    return _("95%% interval %(ends)s") % {"ends": ends}


def tell_reckoning(finding: Row, telling: Telling) -> str:
    """Return how a finding was reckoned, in one sentence; "" for a kind that is told on the method page alone."""
    _ = telling.language.gettext
    return {
        "over_index": _(
            "The share of the brand’s posts in this cluster, against the share that its median rival gives it."
        ),
        "engagement": _("Likes of posts in this cluster, against those of the same brand’s ordinary posts."),
        "drift": _("The share of the brand’s posts in this cluster, in the first and the last third of its time."),
        "distinct": _("How often the images most like one of the brand’s are its own, against chance."),
        "overlap": _("How often the images most like one brand’s are the other’s, against chance."),
        "own_ground": _("The brand’s part of all posts in this cluster."),
        "white_space": _("The brand’s posts in this cluster, against those it would have at its median rival’s rate."),
        "largest_cluster": _("The posts in this cluster, counted."),
    }.get(str(finding.get("kind")), "")


def _tell_over_index(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    return _("%(brand)s posts “%(cluster)s” %(ratio)s times as often as its median rival.") % _name(
        finding, figure, telling
    )


def _tell_engagement(finding: Row, figure: float, telling: Telling) -> str:
    _ = telling.language.gettext
    named = _name(finding, figure, telling)
    if finding.get("brand"):
        return _("For %(brand)s, “%(cluster)s” gets %(ratio)s times the likes of its ordinary posts.") % named
    return _("“%(cluster)s” gets %(ratio)s times the likes of a brand’s ordinary posts.") % named


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
    return {**named, "ratio": telling.language.ratio(figure)}


_KINDS: dict[str, Callable[[Row, float, Telling], str]] = {
    "over_index": _tell_over_index,
    "engagement": _tell_engagement,
    "drift": _tell_drift,
    "distinct": _tell_distinct,
    "overlap": _tell_overlap,
    "own_ground": _tell_own_ground,
    "white_space": _tell_white_space,
    "largest_cluster": _tell_largest,
}
