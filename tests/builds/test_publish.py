"""What keeps a report from being published, as a user and as CI meet it: exit codes, messages, and the old report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.collection.missing import check_missing, count_missing
from generator.errors import EXIT_MEANINGS, MissingImagesError, SettingsError, SiteTooLargeError
from generator.settings import PublishSettings
from generator.settings.load import load_settings
from generator.settings.sizes import Allowance, parse_size
from generator.site.manifest import check_weight
from generator.spreadsheet.posts import PostTable, Refusal, TableRead
from generator.spreadsheet.reasons import MISSING_REASONS, REASONS
from tests.support.commands import QUICK, interrupt_build, run
from tests.support.drawn import SampleMaker
from tests.support.misbehaving_server import run_server


@pytest.fixture
def sample(make_sample: SampleMaker, tmp_path: Path) -> Path:
    (tmp_path / "brandscape.toml").write_text(QUICK)
    return make_sample(40)


def _bytes(site: Path) -> dict[str, bytes]:
    return {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}


class TestMissingImages:
    def test_which_reasons_say_that_an_image_is_missing(self) -> None:
        others = {
            "no_brand",
            "no_thumbnail",
            "duplicate",
            "no_vector",
            "withdrawn",
            "hidden",
            "repeat",
            "further_image",
        }
        assert {*MISSING_REASONS} | others == {*REASONS} and not others & {*MISSING_REASONS}
        assert (
            count_missing({"missing_file": 3, "duplicate": 9, "hidden": 2, "withdrawn": 5, "too_large": 1, "repeat": 4})
            == 4
        )

    @staticmethod
    def _table(posts: int, *reasons: str) -> PostTable:
        post: Any = None
        refusals = tuple(Refusal(index, reason, "", "A", "x") for index, reason in enumerate(reasons))
        return PostTable("p.csv", (TableRead("p.csv", "", posts + len(reasons), {}),), (post,) * posts, refusals, ())

    @pytest.mark.parametrize(
        ("limit", "missing", "passes"),
        [("5%", 5, True), ("5%", 6, False), ("12", 12, True), ("12", 13, False), ("0", 0, True), ("0", 1, False)],
    )
    def test_more_than_the_allowance_is_refused(self, limit: str, missing: int, passes: bool) -> None:
        settings = load_settings(environment={}, flags={"max_missing": limit}).publish
        refusals = [Refusal(row, "damaged_image", "", "A", f"{row}.jpg") for row in range(missing)]
        refusals += [Refusal(900, "no_vector", "", "A", "x"), Refusal(901, "duplicate", "", "A", "x")]
        if passes:
            check_missing(self._table(100), refusals, settings)
            return
        with pytest.raises(MissingImagesError) as caught:
            check_missing(self._table(100), refusals, settings)
        assert f"{missing} of 100 images are missing (damaged_image {missing})" in caught.value.message
        assert f"--max-missing allows {limit}" in caught.value.message
        assert caught.value.facts["missing_by_reason"] == {"damaged_image": missing}

    def test_an_address_that_is_none_is_a_missing_image_too(self) -> None:
        table = self._table(9, "bad_address", "no_brand")
        with pytest.raises(MissingImagesError, match="1 of 10 images"):
            check_missing(table, table.refusals, PublishSettings(strict=True))

    def test_strict_allows_none_whatever_else_is_set(self) -> None:
        refusals = [Refusal(7, "download_failed", "HTTP 403", "A", "https://example.com/a.jpg")]
        with pytest.raises(MissingImagesError, match="--strict allows none") as caught:
            check_missing(self._table(10), refusals, PublishSettings(strict=True, max_missing=Allowance(5)))
        assert "row 7 (https://example.com/a.jpg)" in caught.value.message
        assert "export" in caught.value.hint
        check_missing(self._table(10), refusals, PublishSettings())

    @given(st.dictionaries(st.sampled_from(sorted(REASONS)), st.integers(1, 20)), st.integers(0, 40))
    def test_the_count_is_that_of_the_reasons(self, found: dict[str, int], allowed: int) -> None:
        refusals = [Refusal(0, reason, "", "", "") for reason, count in found.items() for _ in range(count)]
        settings = PublishSettings(max_missing=Allowance(allowed))
        try:
            check_missing(self._table(200), refusals, settings)
            missing = None
        except MissingImagesError as error:
            missing = error.facts["missing_images"]
        assert missing == (count_missing(found) if count_missing(found) > allowed else None)


class TestSettings:
    @pytest.mark.parametrize(
        ("text", "limit"), [("100MB", 100_000_000), ("900KB", 900_000), ("1.5GB", 1_500_000_000), (512, 512)]
    )
    def test_sizes_come_from_every_layer(self, text: str | int, limit: int, tmp_path: Path) -> None:
        file = tmp_path / "b.toml"
        file.write_text(f"[publish]\nmax_report_size = {text!r}\n")
        assert load_settings(file, environment={}).publish.max_report_size == limit
        assert load_settings(environment={"BRANDSCAPE_MAX_REPORT_SIZE": str(text)}).publish.max_report_size == limit
        assert load_settings(environment={}, flags={"max_report_size": text}).publish.max_report_size == limit

    @pytest.mark.parametrize(
        ("text", "allowance"), [("5%", Allowance(share=0.05)), ("12", Allowance(12)), (3, Allowance(3))]
    )
    def test_allowances_come_from_every_layer(self, text: str | int, allowance: Allowance, tmp_path: Path) -> None:
        file = tmp_path / "b.toml"
        file.write_text(f"[publish]\nmax_missing = {text!r}\nstrict = true\n")
        assert load_settings(file, environment={}).publish == PublishSettings(True, allowance, None)
        assert load_settings(environment={"BRANDSCAPE_MAX_MISSING": str(text)}).publish.max_missing == allowance

    @pytest.mark.parametrize(
        ("name", "value", "said"),
        [("max_report_size", "much", "20MB"), ("max_missing", "few", "5%"), ("max_report_size", True, "20MB")],
    )
    def test_what_does_not_fit_is_refused(self, name: str, value: object, said: str) -> None:
        with pytest.raises(SettingsError, match=name) as caught:
            load_settings(environment={}, flags={name: value})
        assert said in caught.value.hint


def test_a_site_over_its_limit_names_its_largest_parts() -> None:
    sizes = {"index.html": 200_000, "mosaics/a.jpg": 5_000_000, "mosaics/b.jpg": 4_000_000, "images/c.jpg": 900_000}
    files = {name: {"bytes": size} for name, size in sizes.items()}
    assert check_weight(files, None) == check_weight(files, parse_size("10.1MB")) == 10_100_000
    with pytest.raises(SiteTooLargeError) as caught:
        check_weight(files, parse_size("10MB"))
    assert "10.1 MB, more than the 10.0 MB" in caught.value.message
    assert "mosaics/ 9.0 MB, images/ 900 KB, index.html 200 KB" in caught.value.message
    assert caught.value.exit_code == 1 and "[mosaic]" in caught.value.hint


class TestCommand:
    def test_missing_images_exit_4_before_anything_is_mapped_and_the_old_report_stays(
        self, sample: Path, tmp_path: Path
    ) -> None:
        assert run("build", sample, "-q", "--strict", folder=tmp_path).returncode == 0
        before = _bytes(tmp_path / "site")
        for name in ("0003", "0004"):
            (sample.parent / f"images/{name}.jpg").unlink()
        (sample.parent / "images/0005.jpg").write_text("<html>not found</html>")
        for flags in (["--strict"], ["--max-missing", "2"], ["--max-missing", "5%"]):
            done = run("build", sample, *flags, folder=tmp_path)
            assert done.returncode == 4, done.stderr
            assert "3 of 40 images are missing (missing_file 2, not_an_image 1)" in done.stderr
            assert "row 5 (images/0003.jpg)" in done.stderr and "--images-root" in done.stderr
            assert "Map" not in done.stderr and "Traceback" not in done.stderr and done.stdout == ""
            assert _bytes(tmp_path / "site") == before
        assert run("build", sample, "-q", "--max-missing", "3", folder=tmp_path).returncode == 0
        assert _bytes(tmp_path / "site") != before
        assert run("build", sample, "-q", folder=tmp_path, BRANDSCAPE_STRICT="true").returncode == 4

    def test_a_site_too_large_exits_1_and_the_old_report_stays(self, sample: Path, tmp_path: Path) -> None:
        assert run("build", sample, "-q", "--max-report-size", "100MB", folder=tmp_path).returncode == 0
        before = _bytes(tmp_path / "site")
        for title in ("Another", ""):  # a new one, and the one that is there
            done = run("build", sample, "--max-report-size", "300KB", "--title", title, folder=tmp_path)
            assert done.returncode == 1
            assert (
                "more than the 300 KB that --max-report-size allows" in done.stderr and "Traceback" not in done.stderr
            )
            assert _bytes(tmp_path / "site") == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["brandscape.toml", "sample", "site"]

    def test_json_tells_scripts_what_was_built(self, sample: Path, tmp_path: Path) -> None:
        (sample.parent / "images/0003.jpg").unlink()
        notes = 'version = 1\n[hidden]\nposts = ["NOSUCHPOST"]\n'
        (sample.parent / "clusters.toml").write_text(notes)
        done = run("build", sample, "--json", folder=tmp_path)
        told = json.loads(done.stdout)
        assert told.keys() >= {
            "index", "changed", "seconds", "bytes", "title", "rows", "posts", "images", "brands", "clusters",
            "noise_share", "trustworthiness", "model", "refused", "missing_images", "warnings", "exit_code", "meaning",
        }  # fmt: skip
        assert (told["posts"], told["brands"], told["refused"]) == (39, 3, {"missing_file": 1})
        assert (told["missing_images"], told["exit_code"], told["meaning"]) == (1, 0, "done")
        assert told["bytes"] == sum(
            path.stat().st_size
            for path in (tmp_path / "site").rglob("*")
            if path.is_file() and path.name != "manifest.json"
        )
        assert any("NOSUCHPOST" in warning for warning in told["warnings"])

    @pytest.mark.parametrize(
        ("arguments", "code", "said"),
        [
            (["build", "{sample}", "--max-missing", "0"], 4, "images are missing"),
            (["build", "{sample}", "--max-report-size", "1KB"], 1, "more than"),
            (["build", "none.xlsx"], 3, "none.xlsx"),
            (["build", "{sample}", "--eps", "wide"], 2, "eps"),
            (["build", "{sample}", "--perplexty", "3"], 2, "--perplexty"),
            (["build"], 2, "POSTS"),
            (["check", "none.xlsx"], 3, "none.xlsx"),
            (["verify", "nowhere"], 2, "nowhere"),
        ],
    )
    def test_a_failure_is_told_to_people_and_to_scripts(
        self, sample: Path, tmp_path: Path, arguments: list[str], code: int, said: str
    ) -> None:
        (sample.parent / "images/0003.jpg").unlink()
        done = run(*(argument.format(sample=sample) for argument in arguments), "--json", folder=tmp_path)
        assert done.returncode == code
        told = json.loads(done.stdout)
        assert (told["exit_code"], told["meaning"]) == (code, EXIT_MEANINGS[code])
        assert said in told["error"] and isinstance(told["hint"], str)
        assert said in done.stderr

    def test_the_rows_that_lack_an_image_are_told_to_scripts(self, sample: Path, tmp_path: Path) -> None:
        (sample.parent / "images/0003.jpg").unlink()
        told = json.loads(run("build", sample, "--strict", "--json", folder=tmp_path).stdout)
        assert [(row["row"], row["reason"], row["thumbnail"]) for row in told["rows"]] == [
            (5, "missing_file", "images/0003.jpg")
        ]
        assert (told["missing_images"], told["named_images"]) == (1, 40)

    @pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
    def test_an_interruption_is_told_to_scripts(self, tmp_path: Path) -> None:
        with run_server() as server:
            done = interrupt_build(tmp_path, tmp_path / "kept", server, "--json")
        assert done.returncode == 130
        assert json.loads(done.stdout)["meaning"] == "interrupted"

    def test_verify_says_whether_a_report_is_whole(self, sample: Path, tmp_path: Path) -> None:
        run("build", sample, "-q", folder=tmp_path)
        run("zip", "-q", folder=tmp_path)
        for place in ("site", "site.zip"):
            done = run("verify", place, folder=tmp_path)
            assert done.returncode == 0 and "is whole" in done.stdout
            told = json.loads(run("verify", place, "--json", folder=tmp_path).stdout)
            assert told["whole"] is True and told["files"] > 20 and told["exit_code"] == 0
            assert run("verify", place, "-q", folder=tmp_path).stdout == ""
        next((tmp_path / "site/images").iterdir()).unlink()
        (tmp_path / "site/index.html").write_text("defaced")
        done = run("verify", folder=tmp_path)
        assert done.returncode == 1 and done.stdout == ""
        assert "1 missing, 1 altered" in done.stderr and "altered  index.html" in done.stderr
        told = json.loads(run("verify", "--json", folder=tmp_path).stdout)
        assert (told["whole"], told["altered"], len(told["missing"])) == (False, ["index.html"], 1)
        assert (told["exit_code"], told["meaning"]) == (1, "failure")

    def test_init_writes_a_workflow_beside_the_settings(self, tmp_path: Path) -> None:
        done = run("init", "--ci", "github", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        assert ".github/workflows/brandscape.yml" in done.stdout and "brandscape.toml" in done.stdout
        (tmp_path / "brandscape.toml").write_text("[site]\ntitle = 'Mine'\n")
        assert run("init", "--ci", "gitlab", folder=tmp_path).returncode == 0
        refused = run("init", "--ci", "gitlab", folder=tmp_path)
        assert refused.returncode == 2 and "--force" in refused.stderr
        assert run("init", "--ci", "gitlab", "--force", folder=tmp_path).returncode == 0
        assert (tmp_path / "brandscape.toml").read_text() == "[site]\ntitle = 'Mine'\n"
        assert run("init", "--ci", "bitbucket", folder=tmp_path).returncode == 2

    def test_a_report_is_public_only_with_both_settings(self, sample: Path, tmp_path: Path) -> None:
        address = {"BRANDSCAPE_URL": "https://example.com/houses"}
        assert run("build", sample, "-q", folder=tmp_path, **address).returncode == 0
        assert not (tmp_path / "site/sitemap.xml").exists() and not (tmp_path / "site/mosaics/card.jpg").exists()
        assert 'content="noindex"' in (tmp_path / "site/index.html").read_text(encoding="utf-8")
        assert run("build", sample, "-q", folder=tmp_path, **address, BRANDSCAPE_PUBLIC="true").returncode == 0
        assert (tmp_path / "site/sitemap.xml").exists()
        assert 0 < (tmp_path / "site/mosaics/card.jpg").stat().st_size < 300_000
        assert "noindex" not in (tmp_path / "site/index.html").read_text(encoding="utf-8")
        assert run("verify", folder=tmp_path).returncode == 0
        done = run("build", sample, "-q", folder=tmp_path, BRANDSCAPE_PUBLIC="true")
        assert done.returncode == 2 and "[site]" in done.stderr
        assert run("build", sample, "-q", folder=tmp_path).returncode == 0
        assert not (tmp_path / "site/sitemap.xml").exists() and not (tmp_path / "site/mosaics/card.jpg").exists()
