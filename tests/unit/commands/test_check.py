"""What `brandscape check` says of a spreadsheet."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from generator.commands.check import check_posts, describe_findings
from generator.settings import Settings
from generator.settings.brand_groups import BrandGroups
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.sources import find_inputs


def test_check_counts_posts_of_several_images(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    rows = ["brand,image_1,image_2,image_3", "A,a.jpg,b.jpg,c.jpg", "A,d.jpg,e.jpg,", "B,f.jpg,,"]
    path.write_text("\n".join(rows), encoding="utf-8")
    inputs, settings = find_inputs([path]), Settings()
    findings = check_posts(read_posts(inputs, settings.read), inputs, settings)
    assert (findings.carousels, findings.carousel_images) == (2, 5)
    assert "2  posts of several images, 5 in all" in describe_findings(findings, verbose=False)


def test_check_names_groups_of_too_few_brands(tmp_path: Path) -> None:
    path = tmp_path / "posts.csv"
    path.write_text("brand,image\nA,a.jpg\nB,b.jpg\nC,c.jpg\nD,d.jpg\n", encoding="utf-8")
    inputs = find_inputs([path])
    groups = BrandGroups({"own": ("A",), "others": ("B", "C", "D")})
    settings = replace(Settings(), brands=replace(Settings().brands, groups=groups))
    findings = check_posts(read_posts(inputs, settings.read), inputs, settings)
    said = "[brands.groups] own has 1 brand with posts. No brand is set beside it: that takes 3."
    assert findings.notices == (said,) and said in describe_findings(findings, verbose=False)
