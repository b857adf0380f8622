"""Columns that no known header names become fields: their kinds, their values, and what is said of the others."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.settings import ReadSettings
from generator.spreadsheet.field_kinds import judge_column
from generator.spreadsheet.field_summaries import summarise_fields
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs
from generator.spreadsheet.values.cells import Cell
from generator.spreadsheet.values.field_values import has_comma_decimals, read_number


def read(folder: Path, *tables: Mapping[str, Sequence[object]], fields: Mapping[str, str] | None = None) -> PostTable:
    """Return the posts of files that have these columns beside a brand and an image."""
    paths = []
    for number, columns in enumerate(tables):
        paths.append(folder / f"p{number}.csv")
        rows = zip(*columns.values(), strict=True)
        with paths[-1].open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["brand", "image", *columns])
            writer.writerows([["A", f"{number}-{row}.jpg", *cells] for row, cells in enumerate(rows)])
    return read_posts(find_inputs(paths), ReadSettings(), fields=fields or {})


def told(table: PostTable) -> dict[str, str]:
    return {notice.code: notice.text for notice in table.notices}


@pytest.mark.parametrize(
    ("kind", "cells"),
    [
        ("category", ["France", "Germany", "France", "UK"] * 3),
        ("category", [1, 2, 3, 4, 5] * 4),
        ("category", ["007", "008", "007", "009"] * 3),
        ("category", ["launch", None, None, "launch"]),
        ("yes_no", ["oui", "non", "", "oui"]),
        ("yes_no", ["x", "", "", "x"]),
        ("yes_no", [True, False, True]),
        ("number", [12.5, 13, 900, None, 17]),
        ("number", ["1 234,50 €", "12,00 €", "7,5 €"]),
        ("number", ["12%", "13%", "99%"]),
        ("date", ["12/04/2025", "30/04/2025", "2025-05-01"]),
        ("text", ["shot by the river", "studio, second day", "studio, third day"]),
    ],
)
def test_the_kind_of_a_column_follows_from_its_values(kind: str, cells: Sequence[Cell]) -> None:
    assert judge_column("Column", cells).kind == kind


@pytest.mark.parametrize("name", ["Paid", "paid", "Spend", "Amount paid", "Bid", "Grid", "AVG_BID", "montantPaid"])
def test_amounts_that_all_differ_are_numbers_though_their_header_ends_like_an_identifier(name: str) -> None:
    assert judge_column(name, [12.5, 980.25, 41.0, 7.75, 1203.5]).kind == "number"


@pytest.mark.parametrize(
    "name",
    ["id", "ID", "Post ID", "post_id", "postId", "postid", "AdID", "media-ids", "igid", "user_uuid", "fileHash", "No."],
)
def test_numbers_that_tell_posts_apart_are_no_field_under_a_header_of_identifiers(name: str) -> None:
    assert judge_column(name, [101, 102, 103, 104, 105]).reason == "unique"


@pytest.mark.parametrize(
    ("reason", "header", "cells"),
    [
        ("unique", "Ref", ["R-1", "R-2", "R-3", "R-4"]),
        ("unique", "post_id", [101, 102, 103, 104]),
        ("addresses", "Source", ["https://x.example/1", "https://x.example/2"]),
        ("addresses", "Second still", ["stills/a.jpg", "stills/b.jpg"]),
        ("personal", "Contact", ["anna@x.example", "anna@x.example", "bob@x.example"]),
        ("personal", "Sent by", ["@anna", "@bob", "@anna"]),
        ("personal", "Line", ["+33 6 12 34 56 78", "+33 6 12 34 56 79"]),
        ("personal", "User name", ["anna", "bob", "anna", "bob"]),
        ("constant", "Country", ["FR", "FR", "FR"]),
        ("empty", "Remark", [None, "", "n/a"]),
    ],
)
def test_columns_that_tell_nothing_or_of_people_are_no_fields(reason: str, header: str, cells: Sequence[Cell]) -> None:
    verdict = judge_column(header, cells)
    assert (verdict.kind, verdict.reason) == (None, reason)


@pytest.mark.parametrize(
    ("text", "comma", "number"),
    [("1,234", False, 1234), ("1,5", True, 1.5), ("1.234,5", True, 1234.5), ("1,234.5", False, 1234.5),
     ("1.234", True, 1234), ("-3", False, -3), ("$ 12", False, 12), ("12 %", False, 12), ("a few", False, None)],
)  # fmt: skip
def test_numbers_are_read_by_the_marks_of_their_column(text: str, comma: bool, number: float | None) -> None:
    assert read_number(text, comma) == number


def test_a_decimal_comma_is_told_from_thousands() -> None:
    assert has_comma_decimals(["12,5", "1,234"]) and has_comma_decimals(["1.234,50"])
    assert not has_comma_decimals(["1,234", "12,345"]) and not has_comma_decimals(["1,234.5"])


def test_spellings_of_a_value_are_joined_and_said(tmp_path: Path) -> None:
    table = read(tmp_path, {"Market": ["France", "france ", "FRANCE", "France", "Spain", "Spain"]})
    assert [post.fields for post in table.posts] == [("France",)] * 4 + [("Spain",)] * 2
    assert "field Market" in told(table)["joined_values"] and "FRANCE → France" in told(table)["joined_values"]


def test_fields_of_several_files_are_joined_by_name(tmp_path: Path) -> None:
    table = read(tmp_path, {"Marché": ["A", "B"] * 3}, {"x": [1.5, 2.5, 7], "marche": ["A", "C", "C"]})
    assert [(field.name, field.kind) for field in table.fields] == [("Marché", "category"), ("x", "number")]
    assert table.posts[0].fields == ("A", None) and table.posts[-1].fields == ("C", 7.0)


def test_the_settings_overrule_the_guess(tmp_path: Path) -> None:
    columns = {
        "Ref": ["R-1", "R-2", "R-3"],
        "Year": [2023, 2024, 2025],
        "Market": ["FR", "DE", "FR"],
        "User": ["a", "b", "a"],
    }
    chosen = {"ref": "text", "YEAR": "category", "Market": "leave out", "user": "category", "Nowhere": "text"}
    table = read(tmp_path, columns, fields=chosen)
    assert [(field.name, field.kind) for field in table.fields] == [
        ("Ref", "text"), ("Year", "category"), ("User", "category"),
    ]  # fmt: skip
    assert "Nowhere" in told(table)["unknown_fields"] and "Market" in told(table)["columns_chosen"]


def test_a_kind_that_there_is_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="is no kind of field") as refused:
        read(tmp_path, {"Market": ["FR"]}, fields={"Market": "categories"})
    assert "category" in str(refused.value.hint)


def test_every_column_is_a_field_or_named_with_the_reason(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        {
            "Market": ["FR", "DE"] * 4,
            "mail": [f"{n}@x.example" for n in range(8)],
            "Same": ["x y"] * 8,
            "Ref": [*"abcdefgh"],
        },
    )
    assert [field.name for field in table.fields] == ["Market"]
    notices = told(table)
    assert "mail" in notices["columns_personal"] and '"mail" = "text"' in notices["columns_personal"]
    assert "Same" in notices["columns_constant"] and "Ref" in notices["columns_unique"]
    assert "unused_columns" not in notices


def test_values_that_do_not_fit_a_field_are_said(tmp_path: Path) -> None:
    table = read(tmp_path, {"Spend": ["1", "2.5", "soon"]}, fields={"Spend": "number"})
    assert [post.fields for post in table.posts] == [(1.0,), (2.5,), (None,)]
    assert "soon" in told(table)["unread_number"]


def test_too_many_categories_become_text(tmp_path: Path) -> None:
    table = read(tmp_path, {"Shop": [f"shop {n}" for n in range(300)]}, fields={"Shop": "category"})
    assert table.fields[0].kind == "text" and "many_categories" in told(table)


def test_exports_of_hundreds_of_columns_give_few_fields_and_the_rest_is_named(tmp_path: Path) -> None:
    columns = {f"c{n}": ["one", "two", "one", "two"] for n in range(30)} | {"list/0": ["a", "b", "a", "b"]}
    table = read(tmp_path, columns)
    assert len(table.fields) == 20
    assert "c29" in told(table)["columns_many"] and "list/0" in told(table)["unused_columns"]


def test_a_field_is_summed_up_by_its_kind(tmp_path: Path) -> None:
    table = read(tmp_path, {"Market": ["FR", "DE", "FR", "", "FR"], "Spend": ["1.5", "20", "3", "4", "5.25"]})
    market, spend = summarise_fields(table)
    assert (market.filled, market.empty, market.different, market.examples) == (4, 1, 2, ("FR", "DE"))
    assert spend.examples == ("1.5", "20")
    assert "4 filled, 1 empty" in market.describe()
