"""The command as its user meets it: help, exit codes, messages, and nothing on standard output unless asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.support.commands import QUICK, interrupt_build, run
from tests.support.demo_sample import write_quick_demo
from tests.support.drawn import SampleMaker
from tests.support.misbehaving_server import run_server


@pytest.fixture
def sample(make_sample: SampleMaker, tmp_path: Path) -> Path:
    (tmp_path / "brandscape.toml").write_text(QUICK)
    return make_sample(40)


@pytest.mark.parametrize(
    "command", ["", "build", "check", "demo", "init", "serve", "zip", "verify", "doctor", "cache", "cache prune"]
)
def test_every_command_explains_itself_and_names_the_exit_codes(command: str, tmp_path: Path) -> None:
    done = run(*command.split(), "--help", folder=tmp_path, COLUMNS="200")
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) > 8
    assert "130 interrupted" in done.stdout


def test_help_imports_nothing_heavy(tmp_path: Path) -> None:
    code = (
        "import sys; sys.argv = ['brandscape', 'build', '--help']\n"
        "from generator.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'numpy', 'pandas', 'PIL', 'tensorflow', 'sklearn', 'jinja2', 'requests', 'openpyxl', 'babel'}\n"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=tmp_path)
    assert done.returncode == 0, done.stderr


def test_build_prints_where_to_look_and_json_only_when_asked(sample: Path, tmp_path: Path) -> None:
    done = run("build", sample, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path / "site" / "index.html") in done.stdout
    assert max(len(line) for line in done.stdout.splitlines() if "site" not in line) <= 80
    again = run("build", sample, "--json", folder=tmp_path)
    told = json.loads(again.stdout)
    assert (told["posts"], told["brands"], told["changed"]) == (40, 3, False)
    (sample.parent / "images/0003.jpg").unlink()
    assert "row 5: missing_file" in run("build", sample, "-v", folder=tmp_path).stdout
    quiet = run("build", sample, "-q", folder=tmp_path)
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_flags_beat_the_environment_beats_the_file(sample: Path, tmp_path: Path) -> None:
    (tmp_path / "brandscape.toml").write_text(QUICK + "[site]\ntitle = 'From the file'\nlang = 'fr'\n")
    assert run("build", sample, "-q", "--title", "Flag", folder=tmp_path, BRANDSCAPE_TITLE="Env").returncode == 0
    page = (tmp_path / "site/index.html").read_text(encoding="utf-8")
    assert '<html lang="fr"' in page
    assert "Flag" in page and "From the file" not in page


def test_brands_are_compared_with_an_earlier_report(sample: Path, tmp_path: Path) -> None:
    demo = write_quick_demo(tmp_path / "demo")
    assert run("build", demo, "-q", "--out", "theirs", "--title", "The market", folder=tmp_path).returncode == 0
    assert run("build", demo, "-q", folder=tmp_path).returncode == 0
    planned = run("build", demo, "--benchmark", "theirs", "--dry-run", folder=tmp_path)
    assert "the benchmark changed" in planned.stdout, planned.stdout
    done = run("build", demo, "-q", "--benchmark", "theirs", folder=tmp_path)
    assert done.returncode == 0 and "[compare]" not in done.stderr
    told = json.loads((tmp_path / "site/data/report.json").read_text(encoding="utf-8"))["compare"]["benchmark"]
    assert told["title"] == "The market" and told["brands"] == 5
    assert "The market" in (tmp_path / "site/method.html").read_text(encoding="utf-8")
    # where the other report lies is nobody's business
    assert "theirs" not in (tmp_path / "site/data/manifest.json").read_text(encoding="utf-8")
    again = run("build", demo, "--json", "--benchmark", "theirs", folder=tmp_path)
    assert json.loads(again.stdout)["changed"] is False
    # too few posts for clusters, and so for any comparison
    few = run("build", sample, "-q", "--out", "few", "--benchmark", "theirs", folder=tmp_path)
    assert few.returncode == 0 and "[compare] has no effect" in few.stderr


def test_brands_are_compared_within_a_field_and_the_report_says_so(tmp_path: Path) -> None:
    demo = write_quick_demo(tmp_path / "demo")
    said = {}
    for within in ("market", "zzz", "market"):
        (tmp_path / "brandscape.toml").write_text(f"{QUICK}[compare]\nwithin = '{within}'\n")
        checked = run("check", demo, folder=tmp_path)
        assert ("no field zzz. Fields of categories: Market" in checked.stdout) == (within == "zzz"), checked.stdout
        done = run("build", demo, "--json", folder=tmp_path)
        said[within] = done.returncode, json.loads(done.stdout).get("changed")
    # the fault left the report as it was, so that nothing is to be done afterwards
    assert said == {"market": (0, False), "zzz": (2, None)}
    manifest = json.loads((tmp_path / "site/data/manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["compare.within"] == "market"
    brand = next((tmp_path / "site/brands").glob("*.html")).name
    for page in ("index.html", "compare.html", f"brands/{brand}", "method.html"):
        assert "compared within each market" in (tmp_path / "site" / page).read_text(encoding="utf-8"), page
    assert run("build", demo, "-q", "--within", "", folder=tmp_path).returncode == 0
    assert "compared within" not in (tmp_path / "site/compare.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["build", "none.xlsx"], 3, "none.xlsx"),
        (["build"], 2, "POSTS"),
        (["build", "{sample}", "--perplexty", "3"], 2, "--perplexity"),
        (["build", "{sample}", "--model", "resnet5O"], 2, "resnet50"),
        (["build", "{sample}", "--model", "vgg16", "--offline"], 2, "--model builtin"),
        (["build", "{sample}", "--eps", "wide"], 2, "auto or a number"),
        (["build", "{sample}", "--config", "none.toml"], 2, "none.toml"),
        (["build", "{sample}", "--within", "market"], 2, "no field market"),
        (["build", "{sample}", "--benchmark", "none.xlsx"], 2, "or a spreadsheet of posts"),
        (["build", "{sample}", "--out", "{sample}"], 2, "is a file"),
        (["build", "{sample}", "--images-root", "/nowhere"], 4, "--images-root"),
        (["serve", "nowhere"], 2, "no report"),
        (["zip", "nowhere"], 2, "no report"),
        (["verify", "nowhere"], 2, "no nowhere"),
        (["verify", "."], 2, "no report"),
    ],
)
def test_faults_end_with_their_code_and_the_mend_but_no_traceback(
    sample: Path, tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    done = run(*(argument.format(sample=sample) for argument in arguments), folder=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "site").exists()


def test_an_unusable_sheet_names_the_column_and_the_headers(tmp_path: Path) -> None:
    (tmp_path / "posts.csv").write_text("marque,imge\nA,a.jpg\n")
    done = run("build", "posts.csv", folder=tmp_path)
    assert done.returncode == 3
    assert "imge" in done.stderr and "thumbnail" in done.stderr


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = run("build", "none.xlsx", "--debug", folder=tmp_path)
    assert done.returncode != 0
    assert "Traceback" in done.stderr


def test_check_reads_reports_and_writes_nothing(sample: Path, tmp_path: Path) -> None:
    (sample.parent / "images/0003.jpg").unlink()
    before = sorted(tmp_path.rglob("*"))
    done = run("check", sample, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "40 posts" in done.stdout and "images/0003.jpg" in done.stdout
    told = json.loads(run("check", sample, "--json", folder=tmp_path).stdout)
    assert told["brands"] == {"House A": 14, "House B": 13, "House C": 13}
    assert sorted(tmp_path.rglob("*")) == before


def test_init_writes_settings_once(tmp_path: Path) -> None:
    assert run("init", folder=tmp_path).returncode == 0
    assert "#perplexity = 10.0" in (tmp_path / "brandscape.toml").read_text()
    assert run("init", folder=tmp_path).returncode == 2
    assert run("init", "--force", folder=tmp_path).returncode == 0


def test_dry_run_says_what_would_be_done(sample: Path, tmp_path: Path) -> None:
    done = run("build", sample, "--dry-run", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "40 to decode and embed with EfficientNet-Lite0" in done.stdout
    assert not (tmp_path / "site").exists()


def test_zip_packs_what_build_made(sample: Path, tmp_path: Path) -> None:
    run("build", sample, "-q", folder=tmp_path)
    assert run("zip", "--output", "client.zip", folder=tmp_path).returncode == 0
    with zipfile.ZipFile(tmp_path / "client.zip") as archive:
        archive.extractall(tmp_path / "client")
    assert (tmp_path / "client/client/index.html").read_bytes() == (tmp_path / "site/index.html").read_bytes()


def test_zip_makes_editions_and_says_what_each_part_weighs(
    sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("generator.site.edition.images._SAMPLE", 4)  # estimates take most of the time
    assert run("build", sample, "--quiet", folder=tmp_path).returncode == 0
    done = run("zip", "--email", "--max-size", "2MB", folder=tmp_path)
    assert done.returncode == 0 and "Extract it all" in done.stdout
    assert all(part in done.stdout for part in ("map tiles", "pictures", "pages", "scripts", "workbook", "of 2.0 MB"))
    assert (tmp_path / "site-email.zip").stat().st_size <= 2_000_000
    done = run("zip", "--single-file", "--quiet", "--output", "one.html", folder=tmp_path)
    assert (done.returncode, done.stdout) == (0, "") and (tmp_path / "one.html").is_file()
    for wrong, said in (
        (["--email", "--single-file"], "two editions"),
        (["--max-size", "2MB"], "--email"),
        (["--email", "--max-size", "lots"], "not a size"),
        (["--email", "--max-size", "9KB"], "at least"),
    ):
        done = run("zip", *wrong, folder=tmp_path)
        assert done.returncode == 2 and said in done.stderr


def test_the_cache_can_be_seen_and_emptied(sample: Path, tmp_path: Path) -> None:
    cache = tmp_path / "kept"
    run("build", sample, "-q", "--cache-dir", cache, folder=tmp_path)
    shown = run("cache", "--cache-dir", cache, folder=tmp_path)
    assert "embeddings" in shown.stdout and str(cache) in shown.stdout
    assert run("cache", "prune", "--cache-dir", cache, folder=tmp_path).returncode == 0
    assert "embeddings" not in run("cache", "--cache-dir", cache, folder=tmp_path).stdout


@pytest.mark.skipif(os.name == "nt", reason="signals are sent otherwise there")
def test_an_interruption_exits_130_and_the_next_run_goes_on(tmp_path: Path) -> None:
    cache = tmp_path / "kept"
    with run_server() as server:
        done = interrupt_build(tmp_path, cache, server)
        assert done.returncode == 130, done.stderr
        assert "continues from there" in done.stderr and "Traceback" not in done.stderr
        assert not (tmp_path / "site").exists()
        posts = tmp_path / "sample/posts.csv"
        assert run("build", posts, "-q", "--cache-dir", cache, folder=tmp_path).returncode == 0


def test_check_says_what_would_be_withdrawn_and_what_fits_no_row(sample: Path, tmp_path: Path) -> None:
    exclude = ("--exclude", "0003.jpg", "--exclude", "https://example.com/p/P00004", "--exclude", "nowhere.jpg")
    done = run("check", sample, *exclude, "--json", folder=tmp_path)
    found = json.loads(done.stdout)
    assert (found["posts"], found["refused"], found["unused"]) == (38, {"withdrawn": 2}, ["nowhere.jpg"])
    assert "nowhere.jpg" in run("check", sample, *exclude, folder=tmp_path).stdout


def test_pruning_forgets_no_withdrawal(sample: Path, tmp_path: Path) -> None:
    cache = ("--cache-dir", tmp_path / "cache")
    done = run("build", sample, "--exclude", "0003.jpg", "-q", *cache, folder=tmp_path)
    assert done.returncode == 0 and "[compare]" not in done.stderr
    assert run("cache", "prune", "--all", *cache, folder=tmp_path).returncode == 0
    assert [path.name for path in (tmp_path / "cache").iterdir() if path.is_dir()] == ["withdrawn"]
