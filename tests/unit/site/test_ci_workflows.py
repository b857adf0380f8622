"""The workflows that `init --ci` writes: valid, least privileged, and made of commands that work."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml
from check_jsonschema import main as check_jsonschema
from click.testing import CliRunner

from generator.cli import app
from generator.errors import SettingsError
from generator.settings.load import load_settings
from generator.site import ci_workflows
from generator.site.ci_workflows import PATHS, name_package, write_workflow
from tests.support.commands import QUICK
from tests.support.drawn import SampleMaker
from tests.support.quick_command import COMMAND, quick_environment

SCHEMAS = {
    "github": ["--builtin-schema", "vendor.github-workflows"],
    "gitlab": ["--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci"],
}


@pytest.fixture(scope="module", params=list(PATHS))
def host(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def text(host: str, tmp_path_factory: pytest.TempPathFactory) -> str:
    path, _ = write_workflow(host, tmp_path_factory.mktemp("repository"), force=False)
    return path.read_text(encoding="utf-8")


def _load(host: str, folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(write_workflow(host, folder, force=False)[0].read_text(encoding="utf-8"))
    return content


def _shell_lines(host: str, content: dict[str, Any]) -> Iterator[str]:
    if host == "gitlab":
        yield from (*content["pages"]["script"], *content["pages"]["after_script"])
        return
    for job in content["jobs"].values():
        for step in job["steps"]:
            yield from step.get("run", "").replace("\\\n", " ").splitlines()


def _check_schema(host: str, path: Path) -> tuple[int, str]:
    """The exit code and output of a check against the host's schema, which comes with the package that checks."""
    unreachable = "http://127.0.0.1:9"
    done = CliRunner().invoke(
        check_jsonschema, [*SCHEMAS[host], str(path)], env={"http_proxy": unreachable, "https_proxy": unreachable}
    )
    return done.exit_code, done.output


def test_it_fits_the_hosts_own_schema(host: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(text, encoding="utf-8")
    code, said = _check_schema(host, path)
    assert code == 0, said


#: What scripts may start: bash's own words, and programs that runners for Linux, Windows and macOS have.
PORTABLE = {"brandscape", "python", "gh", "git", "cat", "echo", "exit", "mv", "rm", "if", "fi", "{", "}"}


def test_a_report_may_be_built_on_windows_and_macos_too(tmp_path: Path) -> None:
    path, _ = write_workflow("github", tmp_path, force=False)
    text = path.read_text(encoding="utf-8")
    assert text.count("runs-on: ubuntu-latest") == 2  # the default of both jobs
    offered = re.findall(r"\b(?:windows|macos)-latest\b", text)
    assert offered == ["windows-latest", "macos-latest"]
    content = yaml.safe_load(text)
    assert content["defaults"]["run"]["shell"] == "bash"  # PowerShell on Windows otherwise
    for line in _shell_lines("github", content):
        assert re.split(r"[ =]", re.sub(r"^ *\w+=\$\(", "", line).strip())[0] in PORTABLE, line
        assert "/tmp" not in line and "sudo" not in line
    for runner in offered:
        path.write_text(text.replace("runs-on: ubuntu-latest", f"runs-on: {runner}", 1), encoding="utf-8")
        assert _check_schema("github", path)[0] == 0


def test_a_broken_workflow_does_not_fit_the_schema(host: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / "workflow.yml"
    path.write_text(text.replace("    steps:", "    stops:").replace("  script:", "  scrypt:"), encoding="utf-8")
    assert _check_schema(host, path)[0] == 1


def test_a_workflow_keeps_the_style_of_the_repository(text: str) -> None:
    assert "@" not in text.replace("@v", "")  # no placeholder is left
    assert max(map(len, text.splitlines())) <= 120
    assert "\t" not in text and not re.search(r" +$", text, re.MULTILINE)


def test_every_command_is_one_that_brandscape_has(host: str, tmp_path: Path) -> None:
    group: Any = typer.main.get_command(app)
    called = []
    for line in _shell_lines(host, _load(host, tmp_path)):
        words = shlex.split(line)
        if words[:1] != ["brandscape"]:
            continue
        words = words[1 : words.index(">") if ">" in words else None]
        context = group.make_context("brandscape", list(words))
        name, command, rest = group.resolve_command(context, words)
        parsed = command.make_context(name, rest, parent=context)
        called.append(name)
        if name == "build":
            load_settings(environment={}, flags={key: parsed.params[key] for key in ("max_missing", "max_report_size")})
    assert set(called) == {"build", "verify", "zip"}


def test_every_step_is_named_and_every_action_has_its_major_version(tmp_path: Path) -> None:
    for job in _load("github", tmp_path)["jobs"].values():
        for step in job["steps"]:
            assert re.fullmatch(r"[A-Z].{10,}", step["name"])
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w/-]+@v\d+", step["uses"])


def test_no_job_may_do_more_than_it_needs(tmp_path: Path) -> None:
    content = _load("github", tmp_path)
    assert content["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in content["jobs"].items()} == {
        "build": {"contents": "read", "actions": "read"},
        "deploy": {"pages": "write", "id-token": "write"},
    }
    checkout = next(step for step in content["jobs"]["build"]["steps"] if "checkout" in step.get("uses", ""))
    assert checkout["with"]["persist-credentials"] is False
    # nothing that others can write is pasted into a script
    for line in _shell_lines("github", content):
        assert "${{" not in line


def test_it_runs_on_changes_and_by_hand_and_monthly_only_when_asked(tmp_path: Path) -> None:
    content = _load("github", tmp_path)
    triggers = content[True]  # YAML 1.1 reads on as true
    assert triggers.keys() == {"push", "workflow_dispatch"}
    assert {"**.xlsx", "images/**", "brandscape.toml", "clusters.toml"} <= set(triggers["push"]["paths"])
    assert str(PATHS["github"]) in triggers["push"]["paths"]
    text = (tmp_path / PATHS["github"]).read_text(encoding="utf-8")
    monthly = yaml.safe_load(text.replace("  # schedule:\n  #   - cron:", "  schedule:\n    - cron:"))
    assert re.fullmatch(r"\d+ \d+ 1 \* \*", monthly[True]["schedule"][0]["cron"])


def test_every_run_saves_what_the_next_one_takes(tmp_path: Path) -> None:
    content = _load("github", tmp_path)
    steps = content["jobs"]["build"]["steps"]
    names = [step.get("uses", step["name"]).split("@")[0] for step in steps]
    take, keep = (steps[names.index(f"actions/cache/{way}")] for way in ("restore", "save"))
    assert take["with"]["path"] == keep["with"]["path"]
    assert take["with"]["key"] == keep["with"]["key"]
    assert "github.run_id" in take["with"]["key"] and "github.run_attempt" in take["with"]["key"]
    assert take["with"]["key"].startswith(take["with"]["restore-keys"])
    assert keep["if"] == "always()"
    paths = take["with"]["path"].split()
    assert "site" in paths and ".brandscape-cache" in paths
    assert content["jobs"]["build"]["env"]["BRANDSCAPE_CACHE_DIR"].endswith("/.brandscape-cache")
    assert names.index("actions/cache/restore") < names.index("Build the report") < names.index("actions/cache/save")


def test_gitlab_keeps_the_cache_after_a_failure_and_publishes_the_default_branch(tmp_path: Path) -> None:
    job = _load("gitlab", tmp_path)["pages"]
    assert job["cache"]["when"] == "always" and {"public/", ".brandscape-cache/"} <= set(job["cache"]["paths"])
    assert all("$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH" in rule["if"] for rule in job["rules"])
    assert "public" in job["artifacts"]["paths"]


@pytest.mark.skipif(
    os.name == "nt" or not shutil.which("bash") or not shutil.which("git"), reason="needs bash, git and scripts for it"
)
def test_its_commands_build_and_publish_and_keep_the_old_report_on_a_failure(
    host: str, make_sample: SampleMaker, tmp_path: Path, compiled_templates: Path
) -> None:
    spreadsheet = make_sample(20, folder=tmp_path / "repository")
    folder = spreadsheet.parent
    (folder / "brandscape.toml").write_text(QUICK)
    content = _load(host, folder)
    shim = tmp_path / "bin/brandscape"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec {shlex.join(COMMAND)} "$@"\n')
    shim.chmod(0o755)
    stamp = "2026-03-04T05:06:07+00:00"
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT")},
        "PATH": f"{shim.parent}{os.pathsep}{os.environ['PATH']}",
        **quick_environment(compiled_templates),
        "POSTS": spreadsheet.name,
        "BRANDSCAPE_CACHE_DIR": str(folder / ".brandscape-cache"),
        "GITHUB_ENV": str(tmp_path / "env"),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "CI_COMMIT_TIMESTAMP": stamp,
    }  # fmt: skip
    who = {
        f"GIT_{role}_{fact}": value
        for role in ("AUTHOR", "COMMITTER")
        for fact, value in {"NAME": "A", "EMAIL": "a@example.com", "DATE": stamp}.items()
    }
    for command in (["git", "init", "-q"], ["git", "add", "brandscape.toml"], ["git", "commit", "-qm", "x"]):
        subprocess.run(command, cwd=folder, env={**environment, **who}, check=True)

    def run_scripts() -> list[int]:
        (tmp_path / "env").write_text("")
        scripts: list[tuple[str, bool]]  # each with whether the host runs it after a failure
        if host == "gitlab":
            script = "\n".join(line for line in content["pages"]["script"] if "pip install" not in line)
            scripts = [(script, False), ("\n".join(content["pages"]["after_script"]), True)]
        else:
            steps = content["jobs"]["build"]["steps"]
            elsewhere = ("pip install", "gh run")
            scripts = [
                (step["run"], "cancelled()" in step.get("if", ""))
                for step in steps
                if not any(text in step.get("run", "gh run") for text in elsewhere)
            ]
        codes: list[int] = []
        for script, whatever in scripts:
            if any(codes) and not whatever:
                continue
            noted = dict(line.split("=", 1) for line in (tmp_path / "env").read_text().splitlines())
            done = subprocess.run(["bash", "-e", "-c", script], cwd=folder, env={**environment, **noted}, check=False)
            codes.append(done.returncode)
        return codes

    assert not any(run_scripts())
    site = folder / ("site" if host == "github" else "public")
    report = json.loads((site / "data/report.json").read_text(encoding="utf-8"))
    assert report["built"] == stamp
    told = json.loads((folder / "brandscape.json").read_text())
    assert (told["posts"], told["exit_code"]) == (20, 0)
    assert (folder / "report.zip").stat().st_size > 10_000
    assert 10_000 < (folder / "report-email.zip").stat().st_size < 20_000_000
    if host == "github":
        assert '"posts": 20' in (tmp_path / "summary.md").read_text()

    for image in list((folder / "images").iterdir())[:3]:
        image.unlink()
    codes = run_scripts()
    assert 4 in codes
    told = json.loads((folder / "brandscape.json").read_text())
    assert (told["missing_images"], told["named_images"], told["exit_code"]) == (3, 20, 4)
    assert json.loads((site / "data/report.json").read_text(encoding="utf-8"))["counts"]["posts"] == 20


def test_a_workflow_is_replaced_only_with_force(host: str, tmp_path: Path) -> None:
    path, _ = write_workflow(host, tmp_path, force=False)
    path.write_text("mine")
    with pytest.raises(SettingsError, match="exists already") as caught:
        write_workflow(host, tmp_path, force=False)
    assert "--force" in caught.value.hint and path.read_text() == "mine"
    write_workflow(host, tmp_path, force=True)
    assert path.read_text() != "mine"


def test_another_host_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        write_workflow("bitbucket", tmp_path, force=False)
    assert "github or gitlab" in caught.value.hint
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("source", "package"),
    [
        (None, "brandscape==0.1.0"),
        ("not json", "brandscape==0.1.0"),
        ('{"url": "file:///home/me/brandscape", "dir_info": {"editable": true}}', "brandscape==0.1.0"),
        ('{"url": "file:///home/me/b.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}', "brandscape==0.1.0"),
        (
            '{"url": "https://example.com/b.git", "vcs_info": {"vcs": "git", "commit_id": "abc"}}',
            "git+https://example.com/b.git@abc",
        ),
    ],
)
def test_it_installs_what_wrote_it_and_names_no_place_of_this_machine(
    source: str | None, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Installed:
        def read_text(self, name: str) -> str | None:
            assert name == "direct_url.json"
            return source

    monkeypatch.setattr(ci_workflows, "distribution", lambda name: Installed())
    monkeypatch.setattr(ci_workflows, "__version__", "0.1.0")
    assert name_package() == package
