"""Findings are told in plain text, in both languages, as the pages tell them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from generator.report.finding import Finding
from generator.site.data_files import encode_json
from generator.site.finding_texts import tell_findings
from tests.support.sample_report import make_report


@pytest.mark.parametrize(
    ("lang", "sentence", "figure"),
    [
        ("en", "Björn/Söhne posts “Green” 6.7 times as often as its median rival (95% interval 4.2 to 9.1).", "6.7×"),
        ("fr", "Björn/Söhne publie «\u202fGreen\u202f» 6,7 fois plus souvent", "6,7×"),
    ],
)
def test_a_sentence_is_plain_text_with_the_spaces_of_its_language(lang: str, sentence: str, figure: str) -> None:
    finding = Finding("over_index", 0, 0, 6.7, 4.2, 9.1, posts=(0, 2))
    text = next(tell_findings(replace(make_report(), lang=lang, findings=(finding,))))
    assert text.sentence.startswith(sentence) and text.figure == figure
    assert text.page == "compare.html#shares" and text.note


def test_a_ratio_that_barely_passed_is_told_by_its_interval() -> None:
    finding = Finding("engagement", 0, 0, 1.02, 1.02, 3.3)
    text = next(tell_findings(replace(make_report(), findings=(finding,))))
    assert text.figure == "1.02 to 3.3×" and "gets 1.02 to 3.3 times the likes" in text.sentence


def test_names_are_told_as_they_are_written() -> None:
    report = make_report()
    brands = (replace(report.brands[0], name="<b>A & B</b>"), *report.brands[1:])
    finding = Finding("distinct", 0, None, 3.0, 2.0, 4.0)
    text = next(tell_findings(replace(report, brands=brands, findings=(finding,))))
    assert text.sentence.startswith("<b>A & B</b> keeps")


def test_every_finding_is_in_the_json_with_its_posts() -> None:
    report = replace(make_report(), findings=(Finding("overlap", 0, None, 2.0, 1.5, 2.5, other=1, posts=(3,)),))
    (finding,) = json.loads("".join(encode_json(report)))["findings"]
    assert finding["other"] == report.brands[1].key and finding["cluster"] is None and finding["expected"] is None
    assert finding["posts"] == [report.posts[3].id] and finding["high"] == 2.5
    assert finding["page"].startswith("compare.html#pair-")
