"""The field within which brands are compared: found by its name, refused with the fields there are, and told."""

from __future__ import annotations

import json

import pytest

from generator.errors import SettingsError
from generator.report.model import Report
from generator.report.within import MOST_CATEGORIES, find_field
from generator.resources import find_resources
from generator.site.data_files import encode_json
from generator.site.pages import make_environment
from generator.site.tables import INSIGHTS
from generator.spreadsheet.fields import Field
from generator.text import lower_first
from tests.support.sample_report import BRANDS, make_post, make_report

FIELDS = (Field("Market", "category"), Field("Price", "number"), Field("Paid", "yes_no"))
MARKETS = ("France", "Japan")


def _report(within: str = "market", lang: str = "en") -> Report:
    """Sixty posts a market and brand, but the third brand has only four in Japan, and four posts name no market."""
    posts = []
    for index in range(300):
        place, brand = divmod(index, 3)
        market = "France" if brand == 2 and place > 3 else MARKETS[place % 2]
        values = (market if place < 98 or brand else None, 3.5, ("yes", "no")[place % 3 == 0])
        posts.append(make_post(index, BRANDS[brand], fields=values))
    return make_report(posts, [index % 4 % 2 for index in range(300)], fields=FIELDS, within=within, lang=lang)


def test_a_name_finds_its_field_however_it_is_written() -> None:
    values = [("France", 1.0, "yes")]
    assert [find_field(name, FIELDS, values) for name in ("", "Market", " market ", "PAID")] == [None, 0, 0, 2]


@pytest.mark.parametrize(
    ("name", "says", "hint"),
    [
        ("Markt", "no field Markt", "Did you mean Market? Fields of categories: Market, Paid."),
        ("zzz", "no field zzz", "Fields of categories: Market, Paid."),
        ("Price", "Price is no field of categories", "Fields of categories: Market, Paid."),
    ],
)
def test_what_is_no_field_of_categories_is_refused(name: str, says: str, hint: str) -> None:
    with pytest.raises(SettingsError) as caught:
        find_field(name, FIELDS, [])
    assert says in str(caught.value) and caught.value.hint == hint


def test_many_categories_are_refused() -> None:
    with pytest.raises(SettingsError, match="31 categories"):
        find_field("Market", FIELDS, [(f"M{place}", 1.0, "yes") for place in range(MOST_CATEGORIES + 1)])
    with pytest.raises(SettingsError) as caught:
        find_field("Market", (), [])
    assert caught.value.hint == "No column holds categories."


def test_a_report_tells_what_is_held_and_what_is_left_out() -> None:
    report = _report()
    within = report.within
    assert within is not None and report.fields[within.field].name == "Market" and within.unknown == 2
    names = [brand.name for brand in report.brands]
    third = names.index(BRANDS[2])
    assert within.list_left_out(third) == ["Japan"] and within.list_left_out((third + 1) % 3) == []
    data = json.loads("".join(encode_json(report)))
    assert data["compare"]["within"] == "market" and data["compare"]["posts_without_category"] == 2
    assert sum(category["weight"] for category in data["compare"]["categories"]) == pytest.approx(1, abs=1e-5)
    japan = next(category for category in data["compare"]["categories"] if category["name"] == "Japan")
    assert japan["not_compared"] == [report.brands[third].key]
    assert {row["within"] for row in data["shares"]} == {"market"}
    frames = {table.name: table.frame(report) for table in INSIGHTS}
    by_field = frames["field_shares"].groupby("field_key")["within"].unique()
    # how brands spread over markets is not compared within markets
    assert by_field["paid"].tolist() == ["market"] and by_field["market"].tolist() == [None]
    assert _report(within="").within is None
    assert "within" not in json.loads("".join(encode_json(_report(""))))["shares"][0]


def _page(report: Report, template: str, **shown: object) -> str:
    environment = make_environment(report, find_resources("templates"))
    module = environment.get_template("partials/within.html").make_module({"root": "", **shown})
    return str(getattr(module, template)(*shown.get("given", ())))  # type: ignore[misc]


@pytest.mark.parametrize(
    ("within", "lang", "sentence"),
    [
        ("market", "en", "Brands are compared within each market:"),
        ("market", "fr", "Les marques sont comparées au sein de chaque market :"),
        ("paid", "en", "Brands are compared apart where “paid” is yes and where it is no."),
        ("", "en", ""),
    ],
)
def test_pages_say_it_in_a_sentence(within: str, lang: str, sentence: str) -> None:
    said = _page(_report(within, lang), "say_within")
    assert said.replace("\N{NO-BREAK SPACE}", " ").startswith(sentence) and bool(said) == bool(sentence)


def test_a_brands_page_names_where_it_has_too_few_posts() -> None:
    report = _report()
    third = [brand.name for brand in report.brands].index(BRANDS[2])
    assert "<bdi>Japan</bdi>" in _page(report, "say_within", given=(third,))
    assert "too few" not in _page(report, "say_within", given=((third + 1) % 3,))


def test_names_stand_in_a_sentence() -> None:
    assert [lower_first(name) for name in ("Market", "Product line", "SKU group", "iPhone", "É", "Équipe")] == [
        *("market", "product line", "SKU group", "iPhone", "É", "équipe")
    ]
