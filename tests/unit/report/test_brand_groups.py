"""Groups of brands as a field of the posts."""

from __future__ import annotations

import json

import pytest

from generator.report.model import Report
from generator.report.post_arrays import make_arrays
from generator.resources import find_resources
from generator.settings.brand_groups import BrandGroups
from generator.site.data_files import encode_json
from generator.site.pages import make_environment
from generator.spreadsheet.fields import Field
from tests.support.sample_report import BRANDS, make_mapped, make_post, make_report


def test_they_are_a_field_of_the_posts_that_brands_are_not_compared_by() -> None:
    posts = [make_post(index, BRANDS[index % 3], fields=(("France", "Japan")[index // 3 % 2],)) for index in range(48)]
    groups = BrandGroups({"own": (BRANDS[0], BRANDS[1])})
    market = Field("Market", "category")
    report = make_report(posts, [0] * 48, fields=(market,), groups=groups)
    assert [(field.name, field.categories, field.filled) for field in report.fields] == [
        ("Market", ("France", "Japan"), 48),
        ("Brand group", ("own",), 32),
    ]
    names = [brand.name for brand in report.brands]
    for post in report.posts:
        assert post.fields[1] == (None if names[post.brand] == BRANDS[2] else "own")
    values = make_arrays(report.posts, make_mapped(posts, [0] * 48), fields=report.fields).values
    assert values is not None and set(values[:, 0]) == {0, 1} and set(values[:, 1]) == {-1}


def test_a_column_of_that_name_stays_apart() -> None:
    posts = [make_post(index, BRANDS[index % 3], fields=(f"House {index % 3}",)) for index in range(48)]
    column, groups = Field("Brand group", "category"), BrandGroups({"own": (BRANDS[0],)})
    report = make_report(posts, [0] * 48, fields=(column,), groups=groups)
    assert [(field.key, field.name) for field in report.fields] == [
        ("brand-group", "Brand group"),
        ("brand-group-2", "Brand group 2"),
    ]


def test_a_field_that_is_the_same_in_all_posts_of_each_brand_is_not_compared() -> None:
    posts = [make_post(index, BRANDS[index % 3], fields=(f"House {index % 3}",)) for index in range(48)]
    report = make_report(posts, [0] * 48, fields=(Field("House", "category"),))
    assert make_arrays(report.posts, make_mapped(posts, [0] * 48), fields=report.fields).values is None


def _make_grouped(lang: str = "en", only_small: bool = False) -> Report:
    """Return a report of six brands of 40 posts, three of which are a group and two another; the sixth is in none."""
    brands = [f"House {place}" for place in range(6)]
    likes = [100 + 10 * place for place in range(6)]
    posts = [
        make_post(index, brands[index % 6], likes=likes[index % 6], comments=0, followers=10_000)
        for index in range(240)
    ]
    labels = [0 if index // 6 % 4 < 1 + index % 3 else 1 for index in range(240)]
    groups = BrandGroups({"small": tuple(brands[3:5]), **({} if only_small else {"own": tuple(brands[:3])})})
    return make_report(posts, labels, groups=groups, lang=lang)


def test_brands_are_beside_the_median_of_their_group_in_tables() -> None:
    data = json.loads("".join(encode_json(_make_grouped())))
    rows = {(row["brand_key"], row["cluster_key"]): row for row in data["group_shares"] if row["level"] == "cluster"}
    assert {brand for brand, _ in rows} == {"house-0", "house-1", "house-2"}
    assert {row["brand_group"] for row in rows.values()} == {"own"}
    first = next(row for (brand, _), row in rows.items() if brand == "house-2" and row["share_of_occasions"] > 0.7)
    assert (first["share_of_occasions"], first["rank"], first["ranked"]) == (0.75, 1, 3)
    assert first["low"] < first["over_group"] < first["high"] and "percentile" not in first
    rates = {row["brand_key"]: row for row in data["group_rates"]}
    assert rates["house-0"] == {
        **{"brand_key": "house-0", "rate": 0.01, "group_median": 0.0115, "rank": 3, "ranked": 3},
    }
    assert "house-4" not in rates
    assert not json.loads("".join(encode_json(make_report())))["group_shares"]


def test_pages_show_them_in_both_languages() -> None:
    for lang, title, rank in (("en", "In the group “own”", "rank 3 of 3"), ("fr", "Parmi les marques", "rang 3 sur 3")):
        report = _make_grouped(lang)
        environment = make_environment(report, find_resources("templates"))
        module = environment.get_template("partials/charts/groups.html").make_module({"root": ""})
        shown = module.brand_group(0)  # type: ignore[attr-defined]
        assert title in shown and rank in shown and shown.count("<tr>") == 1 + 2 * 1
        assert not module.brand_group(5).strip()  # type: ignore[attr-defined]
        matrix = module.group_matrix()  # type: ignore[attr-defined]
        assert "<bdi>own</bdi>" in matrix and "<bdi>small</bdi>" not in matrix


@pytest.mark.parametrize(
    ("lang", "said"),
    [("en", "The group “small” has 2 brands here."), ("fr", "Le groupe « small » compte ici 2 marques.")],
)
def test_pages_say_which_groups_are_too_small(lang: str, said: str) -> None:
    for report in (_make_grouped(lang), _make_grouped(lang, only_small=True)):
        environment = make_environment(report, find_resources("templates"))
        module = environment.get_template("partials/charts/groups.html").make_module({"root": ""})
        own, matrix = module.brand_group(4), module.group_matrix()  # type: ignore[attr-defined]
        assert said in own.replace("\xa0", " ").replace("\u202f", " ") and "<table" not in own
        assert said in matrix.replace("\xa0", " ").replace("\u202f", " ")
