"""Formats as the report's figures take them."""

from __future__ import annotations

from dataclasses import replace

from generator.report.post_arrays import make_arrays
from tests.support.sample_report import BRANDS, make_mapped, make_post, make_report


def test_formats_become_codes_and_none_if_none_is_known() -> None:
    posts = [make_post(index, BRANDS[index % 3]) for index in range(24)]
    shown, mapped = make_report(posts).posts, make_mapped(posts, [0] * 24)
    assert make_arrays(shown, mapped).form is None
    known = [replace(post, format=("video", None)[index % 2]) for index, post in enumerate(shown)]
    codes = make_arrays(known, mapped).form
    assert codes is not None and codes.tolist() == [2, -1] * 12
