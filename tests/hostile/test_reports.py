"""Earlier reports and archives made to harm: refused or read, but never followed out of their folder."""

from __future__ import annotations

import copy
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.history.continuity import match_reports
from generator.history.previous import open_previous
from generator.site.archive import zip_site
from generator.site.data_files import encode_json
from generator.site.manifest import read_manifest, write_manifest
from generator.site.staging import OldSite
from generator.spreadsheet.posts import Post
from tests.support.sample_report import BUILT, make_report, write_site

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.sampled_from(["", "../../evil", "c01/../../x", "javascript:alert(1)", "\x00", "9" * 5000, "#zzzzzz", "c٣٣"]),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "site"
    report = make_report()
    write_site(report, folder)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data/report.json").write_text("".join(encode_json(report)), encoding="utf-8")
    write_manifest(folder, {"figures": {}})
    return folder


def _places(content: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where values stand, a few of a long list."""
    if path:
        yield path
    inside = (
        content.items() if isinstance(content, dict) else enumerate(content[:3]) if isinstance(content, list) else ()
    )
    for key, value in inside:
        yield from _places(value, (*path, key))


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_a_report_with_anything_in_it_is_refused_or_gone_on_from(
    site: Path, tmp_path: Path, data: st.DataObject
) -> None:
    content = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    shown = [(post["id"], post["image_sha256"]) for post in content["posts"]]
    changed = copy.deepcopy(content)
    for _ in range(data.draw(st.integers(1, 3))):
        read = ("posts", "map", "method", "brands", "clusters", "distinctiveness", "built", "lang")
        place = data.draw(st.sampled_from([path for path in _places(content) if path[0] in read]))
        parent = changed
        try:
            for key in place[:-1]:
                parent = parent[key]
            parent[place[-1]] = data.draw(ODD)
        except (TypeError, KeyError, IndexError):  # an earlier change took its parent away
            continue
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data/report.json").write_text(json.dumps(changed), encoding="utf-8")
    try:
        previous = open_previous(tmp_path)
    except SettingsError:
        return
    posts = [Post(name, 2, "A", "a.jpg", "", None, None, None, None) for name, _ in shown]
    before = match_reports(
        previous, posts, [image for _, image in shown], lambda image: 0, (previous.history.basis,), False
    )
    if before is None or not before.stays:
        return
    lattice = before.lattice
    assert ((lattice.column >= -1) & (lattice.column < lattice.columns)).all()
    assert np.isfinite(before.points[before.positions >= 0]).all()
    assert all(0 <= number < 10**7 for number in before.number_clusters(before.labels.clip(-1)))
    for group in (*previous.brands, *previous.clusters):
        assert group.key.replace("-", "").isalnum() and group.key.isascii()
    assert before.key


@pytest.mark.parametrize(
    "name",
    ["../secret.txt", "/etc/passwd", "images/../../secret.txt", "C:/x", "..\\secret.txt", "a//b", "", "./a", "\0"],
)
def test_a_manifest_that_leads_out_of_its_site_is_none(tmp_path: Path, name: str) -> None:
    site = tmp_path / "site"
    (site / "data").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("secret")
    entry = {"bytes": 6, "sha256": "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b"}
    (site / "data/manifest.json").write_text(json.dumps({"files": {name: entry}}))
    assert read_manifest(site) is None
    with pytest.raises(SettingsError, match="no report"):
        zip_site(site, tmp_path / "out.zip")
    assert OldSite(site).find("images/..") == []


@pytest.mark.parametrize("bad", ["[" * 100_000, "{}", "null", '{"files": 3}', '{"files": {"a": 1}}', "\x00\xff"])
def test_a_manifest_of_anything_else_is_none(tmp_path: Path, bad: str) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/manifest.json").write_text(bad)
    assert read_manifest(tmp_path) is None


@pytest.mark.parametrize("name", ["../x/data/report.json", "/data/report.json", "..\\data\\report.json"])
def test_an_archive_writes_nothing_and_leads_nowhere(site: Path, tmp_path: Path, name: str) -> None:
    archive = tmp_path / "folder" / "previous.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as packed:
        packed.writestr(name, (site / "data/report.json").read_bytes())
        packed.writestr("../evil.txt", "evil")
    with pytest.raises(SettingsError):
        open_previous(archive)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["previous.zip"]


@pytest.mark.parametrize("stem", ["CON", "a:b", "trailing. ", "aux.report", "...", 'quo"te', "line\nbreak"])
def test_archives_have_names_that_every_system_can_extract(site: Path, tmp_path: Path, stem: str) -> None:
    archive = zipfile.ZipFile(zip_site(site, tmp_path / f"{stem}.zip"))
    folders = {name.split("/")[0] for name in archive.namelist()}
    assert len(folders) == 1
    (folder,) = folders
    assert folder.split(".")[0].lower() not in {"con", "aux", "nul"} and folder == folder.rstrip(". ") != ""
    assert not set('<>:"\\|?*\n') & set(folder)
    for name in archive.namelist():
        assert name.isascii() and not name.startswith("/") and ".." not in name.split("/")
        assert len({part.lower() for part in archive.namelist()}) == len(archive.namelist())


def test_the_sample_is_one_that_can_be_gone_on_from(site: Path) -> None:
    assert open_previous(site).built == BUILT
