"""Changes between two reports, and reading the earlier one."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from generator.errors import SettingsError
from generator.history.compare import find_changes
from generator.history.continuity import match_reports
from generator.history.previous import REPORT, PreviousReport, find_previous, open_previous
from generator.report.changes import Changes, Named, ShareChange, decode_changes, encode_changes
from generator.report.model import Report
from generator.site.data_files import encode_json
from tests.support.sample_report import make_post, make_report
from tests.support.territory_sample import make_territory_report

BASIS = "cd" * 32


def _keep(report: Report, folder: Path) -> PreviousReport:
    """The report as the next build finds it."""
    (folder / "data").mkdir(parents=True, exist_ok=True)
    (folder / REPORT).write_text("".join(encode_json(report)), encoding="utf-8")
    return open_previous(folder)


def _compare(before: Report, after: Report, folder: Path, basis: str = BASIS) -> Changes:
    posts = [make_post(index, after.brands[post.brand].name, id=post.id) for index, post in enumerate(after.posts)]
    images = [post.image for post in after.posts]
    found = match_reports(_keep(before, folder), posts, images, lambda image: 0, (basis,), False)
    assert found is not None
    return find_changes(found, after)


def _report(brands: Sequence[str], labels: Sequence[int], start: int = 0) -> Report:
    posts = [make_post(start + index, brand) for index, brand in enumerate(brands)]
    return make_report(posts, list(labels))


def test_new_and_gone_posts_are_named_and_counted_by_brand(tmp_path: Path) -> None:
    brands, labels = ["A", "B"] * 40, [0, 1] * 40
    before = _report(brands, labels)
    after = _report([*brands[4:], "B", "B", "C", "C", "C"], [*labels[4:], 0, 1, 0, 0, 0], start=4)
    changes = _compare(before, after, tmp_path)
    assert {post.id for post in changes.new} == {f"P{index:05d}" for index in range(80, 85)}
    assert [(post.id, post.brand.name) for post in changes.gone] == [
        (f"P{index:05d}", "AB"[index % 2]) for index in range(4)
    ]
    assert {(row.brand.name, row.posts_before, row.posts, row.new, row.gone) for row in changes.brands} == {
        ("A", 40, 38, 0, 2),
        ("B", 40, 40, 2, 2),
        ("C", 0, 3, 3, 0),
    }
    assert (changes.posts_before, changes.posts, changes.moved) == (80, 81, ())


def test_gone_brand_is_still_named(tmp_path: Path) -> None:
    before = _report(["A", "B", "Gone"] * 20, [0, 1, 0] * 20)
    after = _report(["A", "B"] * 30, [0, 1] * 30)
    changes = _compare(before, after, tmp_path)
    assert [(row.brand.name, row.posts) for row in changes.brands if not row.posts] == [("Gone", 0)]


def test_new_split_merged_and_gone_clusters(tmp_path: Path) -> None:
    # of 40 posts each: 0 stays, 1 loses half to a new one, 2 goes into 0, 3 falls apart
    old = [0] * 40 + [1] * 40 + [2] * 40 + [3] * 40
    new = [0] * 40 + [1] * 19 + [2] * 21 + [0] * 40 + [-1] * 40 + [3] * 30
    names = ["A", "B"] * 80
    before, after = _report(names, old), _report([*names, *["A"] * 30], new)
    keys = ("c01", "c02", "c05", "c06")  # as `Continuity.number_clusters` would have them
    renamed = tuple(replace(group, key=key) for group, key in zip(after.clusters, keys, strict=True))
    after = replace(after, clusters=renamed)
    changes = _compare(before, after, tmp_path)
    fates = {
        change.cluster.key: (change.fate, change.posts, change.other and change.other.key)
        for change in changes.clusters
    }
    assert fates == {
        "c05": ("split", 21, "c02"),
        "c06": ("new", 30, None),
        "c03": ("merged", 40, "c01"),
        "c04": ("gone", 40, None),
    }
    assert len(changes.moved) == 21 + 40 + 40


def test_territories_that_split_and_merge_are_told_as_clusters_are(tmp_path: Path) -> None:
    before = make_territory_report()
    first, *others = before.territories
    # all of the first are in a new one now, and none of its own is left
    after = replace(before, territories=(replace(first, key="t99"), *others))
    changes = _compare(before, after, tmp_path)
    posts = len(first.members)
    assert [(change.cluster.key, change.fate, change.posts, change.other) for change in changes.territories] == [
        ("t99", "split", posts, Named(first.key, first.name, first.colour)),
        (first.key, "merged", posts, Named("t99", first.name, first.colour)),
    ]
    assert all(change.pictures for change in changes.territories)
    assert decode_changes(json.loads(encode_changes(changes))) == changes
    assert not _compare(before, before, tmp_path).territories


def _grow(shares: tuple[float, float], seed: int, old: int = 200, new: int = 60) -> tuple[Report, Report]:
    """Three brands; of the first one's new posts another share lies in cluster 0 than of its old ones."""
    random = np.random.default_rng(seed)
    brands = [["A", "B", "C"][index % 3] for index in range(3 * (old + new))]
    labels = [
        int(random.random() > (shares[index >= 3 * old] if brand == "A" else 0.3)) for index, brand in enumerate(brands)
    ]
    return _report(brands[: 3 * old], labels[: 3 * old]), _report(brands, labels)


def test_changed_share_is_found_with_its_interval(tmp_path: Path) -> None:
    before, after = _grow((0.1, 0.5), seed=1)
    found = [share for share in _compare(before, after, tmp_path).shares if share.p < 0.05]
    # the first brand's, in both clusters: what one gains the other loses
    assert {(share.brand.name, share.ratio > 1) for share in found} == {("A", True), ("A", False)}
    grown = next(share for share in found if share.ratio > 1)
    assert grown.low <= 5 <= grown.high and grown.before < grown.after < grown.of_new
    assert grown.ratio == pytest.approx(grown.of_new / grown.before)


def test_random_changes_of_shares_are_rarely_significant(tmp_path: Path) -> None:
    marked = 0
    for seed in range(12):
        before, after = _grow((0.3, 0.3), seed, old=60, new=30)
        marked += any(share.p < 0.05 for share in _compare(before, after, tmp_path).shares)
    assert marked <= 2


def test_a_campaign_among_new_posts_counts_once(tmp_path: Path) -> None:
    brands = [["A", "B"][index % 2] for index in range(300)] + ["A"] * 60
    labels = [index // 2 % 2 for index in range(300)] + [index % 2 for index in range(20)] + [0] * 40
    before, after = _report(brands[:300], labels[:300]), _report(brands, labels)
    assert after.insights is not None
    burst = np.where(np.arange(360) >= 320, 320, np.arange(360))
    key = after.clusters[after.posts[359].cluster or 0].key
    found = []
    for report in (after, replace(after, insights=replace(after.insights, burst=burst))):
        [share] = [share for share in _compare(before, report, tmp_path).shares if _is_of(share, "A", key)]
        assert (share.new_posts, share.of_new, share.before) == (50, 50 / 60, 0.5)
        found.append(share)
    plain, once = found
    assert plain.p < 0.05 and plain.ratio == pytest.approx(5 / 3)
    assert once.p > 0.05 and once.ratio == pytest.approx((11 / 21) / 0.5) and once.low < 1 < once.high


def _is_of(share: ShareChange, brand: str, cluster: str) -> bool:
    return share.brand.name == brand and share.cluster.key == cluster


def test_few_new_posts_are_not_compared(tmp_path: Path) -> None:
    before, after = _grow((0.1, 0.9), seed=2, old=60, new=4)
    assert _compare(before, after, tmp_path).shares == ()


def test_unchanged_report_and_another_basis(tmp_path: Path) -> None:
    report = make_report()
    assert _compare(report, report, tmp_path).is_empty
    changes = _compare(report, report, tmp_path, basis="another")
    assert changes.why == "features" and not changes.is_empty


def test_changes_survive_encoding(tmp_path: Path) -> None:
    before, after = _grow((0.0, 0.5), seed=1)  # an endless ratio among them
    changes = _compare(before, after, tmp_path)
    assert any(np.isinf(share.ratio) for share in changes.shares)
    text = encode_changes(changes)
    assert decode_changes(json.loads(text)) == changes
    assert datetime.fromisoformat(json.loads(text)["since"]) == before.built
    with pytest.raises((KeyError, ValueError, TypeError)):
        decode_changes({"format": "another"})


def test_report_is_read_from_a_zip_with_any_folder(tmp_path: Path) -> None:
    report = make_report()
    for name, place in (("own.zip", "client/"), ("bare.zip", "")):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr(place + REPORT, "".join(encode_json(report)))
            archive.writestr(place + "data/manifest.json", "{}")
        assert len(open_previous(tmp_path / name).posts) == len(report.posts)


@pytest.mark.parametrize(
    "change", [{"posts": [{}]}, {"map": {}}, {"map": None}, {"clusters": 3}, {"built": "yesterday"}, {"method": []}]
)
def test_damaged_report_is_a_clear_error_or_none(tmp_path: Path, change: dict[str, object]) -> None:
    content = json.loads("".join(encode_json(make_report()))) | change
    (tmp_path / "data").mkdir()
    (tmp_path / REPORT).write_text(json.dumps(content), encoding="utf-8")
    (tmp_path / "data/manifest.json").write_text('{"files": {}}')
    with pytest.raises(SettingsError, match="--previous"):
        open_previous(tmp_path)
    assert find_previous(tmp_path) is None


def test_file_outside_the_site_is_never_read(tmp_path: Path) -> None:
    previous = _keep(make_report(), tmp_path / "site")
    (tmp_path / "secret.txt").write_text("secret")
    for name in ("../secret.txt", "data/../../secret.txt", str(tmp_path / "secret.txt")):
        with pytest.raises(ValueError, match="leads out"):
            previous.files.read(name)
