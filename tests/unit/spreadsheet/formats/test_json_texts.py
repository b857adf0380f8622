"""JSON as programs write it, and where it stops being read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.formats.json_texts import JsonText, parse_json, read_json_text

A, B = {"a": 1}, {"a": "x\u2028y"}


@pytest.mark.parametrize(
    "text",
    [
        '{"a": 1}\n{"a": "x\u2028y"}',
        '\ufeff{"a": 1}\r\n\r\n{"a": "x\u2028y"}\r\n',
        '\x1e{"a": 1}\n\x1e{"a": "x\u2028y"}\n',
        '{"a": 1}{"a": "x\u2028y"}',
        '{\n"a": 1\n}\n,{\n"a": "x\u2028y"\n}',
    ],
)
def test_values_on_lines_or_behind_each_other(text: str) -> None:
    assert parse_json(text) == JsonText([A, B])


def test_a_comma_before_a_bracket_is_passed_over_but_not_in_a_text() -> None:
    assert parse_json('[{"a": ",]", "b": [1, ],\n}, ]').values == [[{"a": ",]", "b": [1]}]]


def test_lines_without_a_whole_value_are_named_if_most_have_one() -> None:
    assert parse_json('{"a": 1}\n{"a": 2}\n{"a":') == JsonText([A, {"a": 2}], (3,))
    assert parse_json('[\n{"a": 1},\n{"a": 2},\n{"a"').broken == (4,)
    with pytest.raises(ValueError, match="line 2"):
        parse_json('{"a": 1}\n{"a":\n{"a":\n{')


def test_a_field_that_stands_twice_is_counted_and_lists_are_joined() -> None:
    assert parse_json('{"Dior": [1], "Dior": [2], "a": 1, "a": 2}') == JsonText([{"Dior": [1, 2], "a": 2}], (), 2)


@pytest.mark.parametrize(
    "text",
    [
        'var posts = [{"a": 1}, {"a": "x\u2028y"}];',
        'window.YTD.posts.part0 = [{"a": 1}, {"a": "x\u2028y"}]',
        '/*O_o*/\ngoogle.visualization.Query.setResponse([{"a": 1}, {"a": "x\u2028y"}]);',
        "[{'a': 1}, {'a': 'x\u2028y'}]",
        json.dumps(json.dumps([A, B])),
    ],
)
def test_what_stands_around_records_is_passed_over(text: str) -> None:
    assert parse_json(text) == JsonText([[A, B]])


@pytest.mark.parametrize(
    "text",
    [
        '// of 2025\n[{"a": "//x", /* likes\n*/ "b": 2,}, // the last\n]',
        "# posts\n[{a: '//x', b: 2}]",
        "[{u'a': '//x', 'b': 2,},]",
        "[{\"a\": '//x', b : 2}] // end",
    ],
)
def test_comments_and_other_quotes_are_read(text: str) -> None:
    assert parse_json(text).values == [[{"a": "//x", "b": 2}]]


def test_texts_in_single_quotes_keep_their_characters() -> None:
    assert parse_json("""{'a': 'd\\'été "x" # y // z \\x41\\U0001f600', 'b': [None, True, False]}""").values == [
        {"a": 'd\'été "x" # y // z A😀', "b": [None, True, False]}
    ]


def test_what_seems_a_comment_or_name_in_a_text_stays() -> None:
    text = '[{"a": "https://x.fr/*b*/ it\'s, True: yes",}]'
    assert parse_json(text).values == [[{"a": "https://x.fr/*b*/ it's, True: yes"}]]


@given(
    st.recursive(
        st.none() | st.booleans() | st.text() | st.integers(),
        lambda inner: st.lists(inner, min_size=1) | st.dictionaries(st.text(), inner, min_size=1),
    ).filter(lambda value: isinstance(value, list | dict))
)
def test_records_printed_by_python_come_back(value: object) -> None:
    assert parse_json(repr(value)).values == [value]


def test_records_may_be_texts_of_json() -> None:
    assert parse_json(json.dumps([json.dumps(A), json.dumps(B)])).values == [A, B]
    assert parse_json(json.dumps(["{", "["])).values == [["{", "["]]


@pytest.mark.parametrize("end", ['{"a": ', '{"a": "un', "{", "", '{"a": [1, 2'])
def test_a_list_that_stops_has_its_whole_records(end: str) -> None:
    assert parse_json(f'[{{"a": 1}},\n{{"a": "x\u2028y"}}, {end}') == JsonText([A, B], (2,))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1, "b": ', "ends in the middle of a record"),
        ('[{"a": ', "ends in the middle of a record"),
        ('[{"a": 1}, {"a" 2}, {"a": 3}]', "line 1"),
        ("[{'a': f(1)}]", "line 1"),
        ("x = [1", "line 1"),
        ("[" * 1_000_000, "too deep"),
        ('{"a":' * 1_000_000, "too deep"),
        ('["' + '\\"' * 300_000, "line 1"),
        ("[" + "," * 300_000, "line 1"),
    ],
)
def test_other_text_is_refused_with_its_line(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        parse_json(text)


def test_numbers_without_end_stay_text() -> None:
    assert parse_json(f"[{'9' * 100_000}]").values == [["9" * 100_000]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_encodings(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "p.json"
    path.write_bytes('[{"caption": "été à la plage, déjà"}]'.encode(encoding))
    assert read_json_text(path, lambda cells: 0).values == [[{"caption": "été à la plage, déjà"}]]


@given(
    st.recursive(
        st.none() | st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_json_comes_back_as_it_was(value: object) -> None:
    assert parse_json(json.dumps(value)).values == [value]
    assert parse_json(json.dumps(value, ensure_ascii=False, indent=1)).values == [value]
