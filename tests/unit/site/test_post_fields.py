"""The fields of posts in a report's tables, in its JSON and in the viewer's data."""

from __future__ import annotations

import json

import pytest

from generator.mosaics.script import read_call, unpack
from generator.report.model import Report
from generator.site.data_files import encode_csv, encode_json
from generator.site.tables import POSTS
from generator.site.viewer_data import encode_posts
from generator.spreadsheet.fields import Field, FieldValue
from tests.support.sample_report import BRANDS, make_post, make_report

FIELDS = (
    Field("Market", "category"),
    Field("Paid", "yes_no"),
    Field("Spend (€)", "number"),
    Field("Briefed", "date"),
    Field("Notes", "text"),
)


def _values(index: int) -> tuple[FieldValue, ...]:
    market = None if index == 7 else ("France", "Spain", "Italy")[index % 7 % 3]
    paid, day = "yes" if index % 2 else "no", f"2025-03-{index % 28 + 1:02d}"
    return (market, paid, None if index == 8 else index * 1.25 - 2, day, f"=by {index}")


@pytest.fixture(scope="module")
def report() -> Report:
    posts = [make_post(index, BRANDS[index % 3], fields=_values(index)) for index in range(60)]
    return make_report(posts, fields=FIELDS)


def test_tables_and_json_hold_the_values_of_fields(report: Report) -> None:
    frame = POSTS.frame(report)
    assert frame.columns[-5:].tolist() == ["field_market", "field_paid", "field_spend", "field_briefed", "field_notes"]
    row = frame.iloc[[post.id for post in report.posts].index("P00009")].tolist()[-5:]
    assert row == [_values(9)[0], "yes", 9.25, "2025-03-10", "=by 9"]
    assert "'=by 9" in "".join(encode_csv([frame]))
    content = json.loads("".join(encode_json(report)))
    assert [(field["key"], field["kind"]) for field in content["fields"]][:2] == [
        ("market", "category"),
        ("paid", "yes_no"),
    ]
    assert content["fields"][0]["categories"][0] == "France" and content["fields"][0]["posts"] == 59
    post = next(post for post in content["posts"] if post["id"] == "P00007")
    assert "market" not in post["fields"] and post["fields"]["spend"] == 6.75


def test_the_viewer_gets_few_bits_a_post_for_a_category(report: Report) -> None:
    (content,) = read_call(encode_posts(report)["posts.js"])
    market, paid, spend, briefed, notes = content["fields"]
    assert (market["values"]["bits"], paid["values"]["bits"]) == (2, 1)
    codes = unpack(market["values"])
    assert [market["entries"][code] if code < 3 else None for code in codes] == [
        post.fields[0] for post in report.posts
    ]
    read = [None if step < 0 else step / 10 ** spend["decimals"] + spend["least"] for step in unpack(spend["values"])]
    assert read == [post.fields[2] for post in report.posts]
    assert unpack(briefed["values"])[0] == 20148 and "values" not in notes


def test_texts_come_with_the_details(report: Report) -> None:
    _, details = read_call(encode_posts(report)["details-000.js"])
    assert details["texts"][9] == ["=by 9"]


def test_two_hundred_and_fifty_categories_take_a_byte() -> None:
    values = [f"shop {index % 250}" for index in range(500)]
    posts = [make_post(index, BRANDS[index % 3], fields=(value,)) for index, value in enumerate(values)]
    (content,) = read_call(encode_posts(make_report(posts, fields=(Field("Shop", "category"),)))["posts.js"])
    assert content["fields"][0]["values"]["bits"] == 8
