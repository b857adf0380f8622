"""Groups of brands as a field of the posts."""

from __future__ import annotations

from generator.report.builder import make_arrays
from generator.settings.brand_groups import BrandGroups
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
