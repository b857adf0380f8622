"""The findings that a report opens with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from generator.insights.posting.field_shares import FORMAT
from generator.insights.posting.shares import measure_shares
from generator.report.finding import Finding
from generator.report.model import Report
from generator.site.finding_texts import tell_findings
from generator.spreadsheet.fields import Field, FieldKind
from generator.spreadsheet.post_formats import PostFormat
from generator.tags.model import ShownTerm, Tags
from tests.support.sample_report import BRANDS, make_post, make_report

#: Posts of each brand in each of four clusters.
TABLE = ((120, 5, 60, 15), (4, 110, 55, 11), (3, 8, 2, 187))


def _mix(table: tuple[tuple[int, ...], ...], seed: int = 0) -> list[tuple[int, int]]:
    """Return brand and cluster of posts, of which `table` has so many. In order they would come in runs."""
    cells = [(brand, cluster) for brand, row in enumerate(table) for cluster, n in enumerate(row) for _ in range(n)]
    return [cells[index] for index in np.random.default_rng(seed).permutation(len(cells))]


def _report(seed: int = 0) -> Report:
    """Three brands with territories of their own; posts in the second cluster get 2.5 times the likes."""
    chance = np.random.default_rng(seed)
    cells = _mix(TABLE, seed)
    posts = [
        make_post(index, BRANDS[brand], likes=int(200 * chance.lognormal(0, 0.4) * (2.5 if cluster == 1 else 1)))
        for index, (brand, cluster) in enumerate(cells)
    ]
    return make_report(posts, [cluster for _, cluster in cells])


def test_each_kind_is_found() -> None:
    report = _report()
    names = {brand.name: position for position, brand in enumerate(report.brands)}
    findings = {(finding.kind, finding.brand, finding.cluster) for finding in report.findings}
    assert ("own_ground", names[BRANDS[0]], 0) in findings
    assert ("engagement", None, 1) in findings or ("engagement", names[BRANDS[1]], 1) in findings
    assert ("white_space", names[BRANDS[2]], 2) in findings
    # the third brand is nearly alone in its cluster, and so among its own
    assert ("distinct", names[BRANDS[2]], None) in findings


#: Kinds in the order in which findings are chosen, and what each is about.
_ABOUT = {
    "over_index": "posts", "shows": "posts", "engagement": "likes", "subject": "likes", "drift": "time",
    "distinct": "looks", "overlap": "looks", "own_ground": "posts", "white_space": "posts", "largest_cluster": "posts",
}  # fmt: skip


def test_the_first_kind_leads_and_neighbours_are_about_different_matters() -> None:
    kinds = [finding.kind for finding in _report().findings]
    assert kinds[0] == min(kinds, key=list(_ABOUT).index)
    about = [_ABOUT[kind] for kind in kinds]
    assert len({*about}) > 2
    for place in range(len(about) - 1):  # the same matter twice in a row only where nothing else was left
        assert about[place] != about[place + 1] or len({*about[place:]}) == 1


def _find_shares(table: tuple[tuple[int, ...], ...]) -> list[Finding]:
    """Return the findings on over-indexes of brands with these posts in clusters."""
    cells = _mix(table)
    posts = [make_post(index, f"House {brand}") for index, (brand, _) in enumerate(cells)]
    report = make_report(posts, [cluster for _, cluster in cells])
    return [finding for finding in report.findings if finding.kind == "over_index"]


def test_an_over_index_is_shrunk_and_says_what_it_rests_on() -> None:
    [found] = _find_shares(((120, 180), (40, 260), (40, 260), (40, 260)))
    assert (found.brand, found.cluster) == (0, 0) and found.counts == (120, 120) and not found.is_bound
    assert 1 < found.low < found.figure < 3 < found.high


def test_few_posts_of_rivals_give_a_lower_end_alone() -> None:
    found = _find_shares(((60, 240), (3, 297), (2, 298), (3, 297), (25, 275)))
    assert [finding.brand for finding in found if finding.is_bound and finding.low > 1][:1] == [0]


def test_no_headline_rests_on_one_rival() -> None:
    table = ((60, 240), (1, 299), (44, 256))
    brand, cluster = (np.repeat(values, np.ravel(table)) for values in np.indices((3, 2)).reshape(2, -1))
    shares = measure_shares(brand, cluster)
    assert shares.marked[0, 0] and shares.rests_on[0, 0] == 1
    assert not [finding for finding in _find_shares(table) if (finding.brand, finding.cluster) == (0, 0)]


def test_similar_brands_are_found() -> None:
    table = ((80, 0, 5), (80, 0, 5), (0, 90, 5))
    cells = [(brand, cluster) for brand, row in enumerate(table) for cluster, n in enumerate(row) for _ in range(n)]
    posts = [make_post(index, BRANDS[brand]) for index, (brand, _) in enumerate(cells)]
    report = make_report(posts, [cluster for _, cluster in cells])
    names = {brand.name: position for position, brand in enumerate(report.brands)}
    [found] = [finding for finding in report.findings if finding.kind == "overlap"]
    assert {found.brand, found.other} == {names[BRANDS[0]], names[BRANDS[1]]}
    one, near = (report.posts[index] for index in found.posts[:2])
    assert one.brand != near.brand and report.posts.index(near) in one.near


def test_findings_match_the_posts_they_show() -> None:
    for seed in range(4):
        report = _report(seed)
        assert 4 <= len(report.findings) <= 8
        used = [report.posts[post].image for finding in report.findings for post in finding.posts]
        assert len(set(used)) == len(used)
        spoken = [(f.brand, f.cluster) for f in report.findings if f.cluster is not None]
        assert len(set(spoken)) == len(spoken)
        for finding in report.findings:
            assert len(finding.posts) == 3
            if finding.cluster is None:
                assert {report.posts[post].brand for post in finding.posts} <= {finding.brand, finding.other}
                assert 1 < finding.low < finding.figure < finding.high
                continue
            assert all(report.posts[post].cluster == finding.cluster for post in finding.posts)
            if finding.kind == "largest_cluster":
                assert math.isnan(finding.low)
                continue
            if finding.brand is not None:
                own = {report.posts[post].brand == finding.brand for post in finding.posts}
                assert own == {finding.kind != "white_space"}
            if finding.kind == "over_index":
                assert 1 < finding.low < finding.figure < finding.high
            if finding.kind == "white_space":
                assert finding.figure < finding.expected and finding.high < 1


def test_equal_brands_have_no_findings() -> None:
    chance = np.random.default_rng(3)
    posts = [make_post(index, BRANDS[index % 3], likes=int(chance.lognormal(5, 0.5))) for index in range(300)]
    report = make_report(posts, chance.integers(0, 4, 300).tolist())
    assert [finding.kind for finding in report.findings] == ["largest_cluster"]


def _tag(shows: Callable[[int], bool], posts: int) -> Tags:
    """Return tags of posts: shoes on each that `shows` them, with sandals on every third of these."""
    terms = (ShownTerm("shoes", "shoes", None, 0, None), ShownTerm("sandals", "sandals", 0, 0, None))
    rows = tuple((0, 1)[: 2 - (index % 3 > 0)] if shows(index) else () for index in range(posts))
    return Tags(terms, rows)


def test_what_a_brands_images_show_far_more_often_is_told_with_images_that_show_it() -> None:
    posts = [make_post(index, f"House {index % 4}") for index in range(800)]
    tags = _tag(lambda index: (index % 4 == 2 and index % 8 < 4) or index % 40 == 1, len(posts))
    report = make_report(posts, [index // 4 % 3 for index in range(800)], tags=tags)
    [found] = [finding for finding in report.findings if finding.kind == "shows"]
    assert (found.brand, found.cluster, found.term) == (2, None, 0) and found.counts == (100, 100)
    assert 1.25 < found.low < found.figure < found.high
    assert found.posts and all(
        report.posts[index].brand == 2 and 0 in report.posts[index].tags for index in found.posts
    )
    told = next(text for finding, text in zip(report.findings, tell_findings(report), strict=True) if finding is found)
    assert told.sentence.startswith("Images of House 2 show shoes ") and told.page == "brands/house-2.html#shows"


def test_a_report_whose_brands_show_the_same_tells_none() -> None:
    posts = [make_post(index, f"House {index % 4}") for index in range(400)]
    report = make_report(posts, [index // 4 % 3 for index in range(400)], tags=_tag(lambda index: index % 5 == 0, 400))
    assert all(finding.kind != "shows" for finding in report.findings)


def test_likes_of_what_captions_say_are_told_once() -> None:
    """One word comes with twice the likes, in no one cluster; another always comes with it."""
    chance = np.random.default_rng(4)
    cells = [(brand, cluster) for brand, row in enumerate(TABLE) for cluster, n in enumerate(row) for _ in range(n)]
    dresses = chance.random(len(cells)) < 0.15
    posts = [
        make_post(
            index,
            BRANDS[brand],
            caption="a dress of satin" if dress else "shoes",
            likes=int(200 * chance.lognormal(0, 0.4) * (2 if dress else 1)),
        )
        for index, ((brand, _), dress) in enumerate(zip(cells, dresses, strict=True))
    ]
    report = make_report(posts, [cluster for _, cluster in cells])
    [place] = [place for place, finding in enumerate(report.findings) if finding.kind == "subject"]
    finding = report.findings[place]
    subject = report.subjects[finding.subject or 0]
    assert (subject.kind, subject.key, subject.name) == ("caption", "dress", "dress, satin")
    assert finding.brand is None and finding.low < 2 < finding.high and 0 < finding.counts[0] <= dresses.sum()
    assert subject.members == tuple(np.flatnonzero(dresses)) and set(finding.posts) <= {*subject.members}
    text = list(tell_findings(report))[place]
    assert "Posts whose captions say “dress, satin” get" in text.sentence and text.page == "compare.html#subjects"


def _find_values(markets: tuple[tuple[int, ...], ...], formats: tuple[tuple[int, ...], ...]) -> Report:
    """Return the report of brands whose posts have these numbers of markets and of formats, each shuffled by itself."""
    chance, posts = np.random.default_rng(3), []
    names: tuple[tuple[str, ...], tuple[PostFormat, ...]] = ("Japan", "France", "Italy"), ("photo", "carousel", "video")
    for brand, counts in enumerate(zip(markets, formats, strict=True)):
        market, form = (chance.permutation(np.repeat(np.arange(3), row)) for row in counts)
        posts += [
            make_post(
                len(posts) + index, f"House {brand}", fields=(names[0][market[index]],), format=names[1][form[index]]
            )
            for index in range(len(market))
        ]
    labels = chance.integers(0, 2, len(posts)).tolist()
    return make_report(posts, labels, fields=(Field("Market", "category"),))


def test_a_planted_market_is_found_and_no_other_value() -> None:
    even = (60, 40, 20)
    report = _find_values(((16, 24, 80), *[(30, 60, 30)] * 4), (even,) * 5)
    [found] = [finding for finding in report.findings if finding.kind == "field"]
    assert (found.brand, found.value) == (0, (0, "Italy")) and found.counts == (80, 80)
    assert 1.25 < found.low < found.figure < found.high
    assert [report.posts[index].fields for index in found.posts] == [("Italy",)] * 3
    assert {report.posts[index].brand for index in found.posts} == {0}
    told = next(text for finding, text in zip(report.findings, tell_findings(report), strict=True) if finding == found)
    assert told.sentence.startswith("House 0 gives “Italy” (Market) ")
    assert " times the share of its posts that its median rival does (95% interval " in told.sentence
    assert told.page == "brands/house-0.html#field-market"


def test_a_planted_mix_of_formats_is_found_as_a_field() -> None:
    even = (30, 60, 30)
    report = _find_values((even,) * 5, ((40, 10, 70), *[(90, 10, 20)] * 4))
    [found] = [finding for finding in report.findings if finding.kind == "field"]
    assert (found.brand, found.value) == (0, (FORMAT, "video"))
    assert report.find_field(FORMAT).key == "format" and report.find_field(FORMAT).filled == 600
    assert {report.posts[index].format for index in found.posts} == {"video"}
    told = next(text for finding, text in zip(report.findings, tell_findings(report), strict=True) if finding == found)
    assert told.sentence.startswith("House 0 posts videos ") and " times as often as its" in told.sentence


@pytest.mark.parametrize(
    ("kind", "value", "said"),
    [
        ("yes_no", "yes", "Posts of House 0 are marked “<Paid>” at least 10 times as often as its median rival’s."),
        ("yes_no", "no", "Posts of House 0 are without “<Paid>” at least 10 times as often as its median rival’s."),
        (
            "category",
            "50%",
            "House 0 gives “50%” (<Paid>) at least 10 times the share of its posts that its median rival does.",
        ),
    ],
)
def test_a_finding_on_a_field_is_told_by_what_the_field_holds(kind: FieldKind, value: str, said: str) -> None:
    posts = [make_post(index, f"House {index % 2}", fields=(value if index else "x",)) for index in range(40)]
    report = make_report(posts, [0] * 40, fields=(Field("<Paid>", kind),))
    finding = Finding("field", 0, None, 30.0, 12.0, 90.0, is_bound=True, value=(0, value))
    [told] = tell_findings(replace(report, findings=(finding,)))
    assert told.sentence == said


def test_without_a_difference_no_value_is_found() -> None:
    report = _find_values(((30, 60, 30),) * 5, ((90, 10, 20),) * 5)
    assert report.insights is not None and len(report.insights.field_shares) == 2
    assert not [finding for finding in report.findings if finding.kind == "field"]
