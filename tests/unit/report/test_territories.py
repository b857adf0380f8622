"""Territories in a report: what they hold, what they are called, and the findings told of them."""

from __future__ import annotations

import math

import pytest

from generator.insights.words.names import ClusterName
from generator.language import open_language
from generator.report.cluster_notes import ClusterNotes
from generator.report.finding import Finding
from generator.report.findings import _rank
from generator.report.group_names import tell_apart
from generator.report.model import Level, Report
from tests.support.sample_report import make_report
from tests.support.territory_sample import CLUSTERS, make_territory_report


@pytest.fixture(scope="module")
def report() -> Report:
    return make_territory_report()


def test_each_cluster_is_in_one_territory_and_its_posts_are_too(report: Report) -> None:
    assert sorted(cluster for group in report.territories for cluster in group.clusters) == list(range(CLUSTERS))
    for position, group in enumerate(report.territories):
        assert all(report.clusters[cluster].territory == position for cluster in group.clusters)
        members = sorted(member for cluster in group.clusters for member in report.clusters[cluster].members)
        assert sorted(group.members) == members
        assert {report.posts[member].territory for member in members} == {position}
    assert report.noise and {report.posts[member].territory for member in report.noise.members} == {None}
    sizes = [len(group.members) for group in report.territories]
    assert sizes == sorted(sizes, reverse=True)


def test_brands_and_territories_cross_as_their_posts_do(report: Report) -> None:
    for position, brand in enumerate(report.brands):
        counted = {crossing.cluster: crossing.posts for crossing in brand.territories}
        for place, group in enumerate(report.territories):
            posts = sum(report.posts[member].brand == position for member in group.members)
            assert counted.get(place, 0) == posts
            assert posts == sum(crossing.posts for crossing in group.crossings if crossing.brand == position)


def test_colours_and_names_are_their_own(report: Report) -> None:
    colours = [group.colour for level in report.levels for group in level.groups]
    assert len(set(colours)) == len(colours)
    names = [group.name for group in report.territories]
    assert len(set(names)) == len(names) and all(names)


def test_few_clusters_make_no_territories() -> None:
    small = make_report()
    assert not small.territories and small.insights and small.insights.territories is None
    assert [level.name for level in small.levels] == ["cluster"]
    assert all(post.territory is None for post in small.posts)


def test_a_user_may_name_a_territory(report: Report) -> None:
    noted = make_territory_report(notes=ClusterNotes({"t02": "Evening"}, {"t02": "By night"}))
    assert (noted.territories[1].name, noted.territories[1].note) == ("Evening", "By night")
    assert noted.territories[1].found_name == report.territories[1].found_name


def test_figures_are_those_of_the_territories(report: Report) -> None:
    level = report.levels[0]
    assert level.name == "territory" and level.figures
    shares = level.figures.shares
    for row in range(len(report.brands)):
        for column, group in enumerate(level.rows):
            assert shares.posts[row, column] == sum(report.posts[member].brand == row for member in group.members)


def test_a_name_that_a_cluster_has_is_changed(report: Report) -> None:
    names = [
        ClusterName("Robe", ("robe", "soie"), (1.0, 0.5)),
        ClusterName("Robe, soie", (), ()),
        ClusterName("Lin", (), ()),
    ]
    looks = [group.look for group in report.territories[:3]]
    told = [found.name for found in tell_apart(names, [{"robe"}, set(), {"lin"}], looks, open_language("en"))]
    assert told[1] == "Robe, soie" and told[0] not in ("Robe", "Robe, soie") and str(told[0]).startswith("Robe, ")
    assert told[2] != "Lin" and len(set(told)) == 3


def _finding(level: str, cluster: int, low: float, high: float, brand: int = 0) -> Finding:
    return Finding("over_index", brand, cluster, math.sqrt(low * high), low, high, level=level)  # type: ignore[arg-type]


def test_a_territory_speaks_for_its_clusters_unless_they_differ(report: Report) -> None:
    inside = report.territories[0].clusters[0]
    outside = report.territories[1].clusters[0]
    found = {
        "territory": [_finding("territory", 0, 2, 3)],
        "cluster": [
            _finding("cluster", inside, 2.5, 6),  # the same
            _finding("cluster", report.territories[0].clusters[-1], 4, 9),  # surely more
            _finding("cluster", outside, 2, 3),
            _finding("cluster", inside, 2, 3, brand=1),
        ],
    }
    levels = [Level(level.name, level.groups, None, level.figures) for level in report.levels]
    told = _rank(lambda level, _: iter([((-one.low,), one) for one in found[level.name]]), levels)
    assert found["cluster"][0] not in told
    assert told[0] == found["cluster"][1] and {*told} >= {found["territory"][0], *found["cluster"][2:]}


def test_findings_name_the_group_of_their_level(report: Report) -> None:
    for finding in report.findings:
        group = report.find_group(finding)
        if group is not None and finding.brand is not None and finding.kind != "white_space":
            assert finding.posts and {*finding.posts} <= {*group.members}
