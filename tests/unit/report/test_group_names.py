"""Names, notes and figures of groups."""

from __future__ import annotations

from generator.insights.colour_names import PROTOTYPES
from generator.report.cluster_notes import ClusterNotes
from tests.support.sample_report import BRANDS, make_post, make_report


def test_clusters_without_words_get_unique_colour_names() -> None:
    posts = [make_post(index, BRANDS[index % 3], caption="") for index in range(120)]
    report = make_report(posts, [index % 6 for index in range(120)])
    names = [cluster.name for cluster in report.clusters]
    assert len(set(names)) == 6
    for cluster in report.clusters:
        assert not cluster.words
        words = cluster.name.lower().rstrip("0123456789 ").split(" and ")
        assert set(words) <= PROTOTYPES.keys(), cluster.name
        assert cluster.name[0].isupper()


def test_french_clusters_have_french_colours() -> None:
    posts = [make_post(index, BRANDS[index % 3], caption="") for index in range(60)]
    english = make_report(posts, [index % 2 for index in range(60)])
    french = make_report(posts, [index % 2 for index in range(60)], lang="fr")
    assert [cluster.key for cluster in english.clusters] == [cluster.key for cluster in french.clusters]
    assert any(one.name != other.name for one, other in zip(english.clusters, french.clusters, strict=True))


def test_given_name_replaces_the_found_one() -> None:
    notes = ClusterNotes({"c02": "The archive", "maison-ambre": "Not a cluster"}, {"c01": "Shot on film"})
    plain, noted = make_report(), make_report(notes=notes)
    assert [cluster.name for cluster in noted.clusters] == [plain.clusters[0].name, "The archive"]
    assert [cluster.found_name for cluster in noted.clusters] == [cluster.name for cluster in plain.clusters]
    assert [cluster.note for cluster in noted.clusters] == ["Shot on film", ""]
    assert [brand.name for brand in noted.brands] == [brand.name for brand in plain.brands]


def test_stability_and_looks_belong_to_their_groups() -> None:
    report = make_report()
    assert [cluster.stability for cluster in report.clusters] == [0.95, 0.4]
    one, two = (cluster.look.palette[0].colour for cluster in report.clusters)
    assert one != two
    shares = [sum(tone.share for tone in group.look.palette) for group in (*report.brands, *report.groups)]
    assert all(abs(share - 1) < 1e-9 for share in shares)
