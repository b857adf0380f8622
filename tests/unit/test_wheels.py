"""The check that every supported pair of a system and a Python finds its wheels, and the table that says so."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import tomllib
from types import ModuleType
from typing import Any

import pytest

from generator.commands.systems import SUPPORTED
from tests.support import ROOT


@pytest.fixture(scope="module")
def check() -> ModuleType:
    spec = importlib.util.spec_from_file_location("check_wheels", ROOT / ".ci" / "check_wheels.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # where dataclasses look for it
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def answer(check: ModuleType, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A function that says what stands for uv: exit code, output and errors by platform and Python."""

    def stand_in(reply: Any) -> list[list[str]]:
        calls: list[list[str]] = []

        def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[str]:
            calls.append([*command, *options["input"].splitlines()])
            place, python = (command[command.index(flag) + 1] for flag in ("--python-platform", "--python-version"))
            return subprocess.CompletedProcess(command, *reply(place, python))

        monkeypatch.setattr(check.subprocess, "run", run)
        monkeypatch.setattr(check.shutil, "which", lambda name, path=None: "/bin/uv")
        return calls

    return stand_in


NO = (1, "", "error: No solution found when resolving dependencies\n  cause: Because tensorflow has no\n wheels")
YES = (0, "numpy==2.5.5\ntensorflow==2.30.1\n", "")


def _as_documented(place: str, python: str) -> tuple[int, str, str]:
    unsupported = python == "3.14" or place in ("x86_64-apple-darwin", "aarch64-pc-windows-msvc")
    return NO if unsupported else YES


def test_all_is_well_if_the_supported_pairs_resolve(check: ModuleType, answer: Any, capsys: Any) -> None:
    calls = answer(_as_documented)
    assert check.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "Windows x64               2.30.1      2.30.1      2.30.1      (no)        " in lines
    assert "Windows arm64             (no)        (no)        (no)        (no)        " in lines
    # with every extra, and no package that would have to be compiled
    assert all({"--only-binary", "numpy>=1.26", "pyarrow>=16"} <= set(call) for call in calls)


def test_a_supported_pair_without_wheels_is_an_error(check: ModuleType, answer: Any, capsys: Any) -> None:
    answer(lambda place, python: NO if "aarch64-many" in place and python == "3.12" else _as_documented(place, python))
    assert check.main([]) == 1
    said = capsys.readouterr().out
    assert "Linux aarch64, glibc 2.35, Python 3.12, should resolve: Because tensorflow has no wheels" in said


def test_a_pair_that_could_be_supported_is_named(check: ModuleType, answer: Any, capsys: Any) -> None:
    answer(lambda place, python: YES if python == "3.14" and "msvc" in place else _as_documented(place, python))
    assert check.main([]) == 0
    assert "Windows x64, Python 3.14, resolves now and could be supported." in capsys.readouterr().out


@pytest.mark.parametrize(
    "reply",
    [
        (2, "", "error: Failed to fetch: http://127.0.0.1:9/numpy/"),
        (1, "", "error: No solution found\nhint: Packages were unavailable because the network was disabled"),
    ],
)
def test_without_an_index_nothing_is_claimed(check: ModuleType, answer: Any, capsys: Any, reply: Any) -> None:
    answer(lambda place, python: reply)
    assert check.main([]) == 2
    assert capsys.readouterr().err.startswith("skipped: there is no package index")


def test_without_uv_nothing_is_claimed(check: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr(check.shutil, "which", lambda name, path=None: None)
    assert check.main([]) == 2
    assert "pip install uv" in capsys.readouterr().err


def test_one_more_requirement_can_be_tried(check: ModuleType, answer: Any) -> None:
    calls = answer(_as_documented)
    check.main(["--with", "coming>=3"])
    assert all("coming>=3" in call for call in calls)


def test_each_supported_system_is_resolved(check: ModuleType) -> None:
    supported = {(system, processor) for system, processors in SUPPORTED.items() for processor in processors}
    assert supported < check.TARGETS.keys()


def test_the_documents_name_the_supported_pythons(check: ModuleType) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pythons = check.list_pythons(project["requires-python"])
    systems = (ROOT / ".github/SYSTEMS.md").read_text(encoding="utf-8")
    assert [
        cell.strip() for cell in re.findall(r"^\| System \|(.*)\|$", systems, re.MULTILINE)[0].split("|")
    ] == pythons
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"Python {pythons[0]} to {pythons[-1]}" in readme


@pytest.mark.skipif(not os.environ.get("CHECK_WHEELS"), reason="asks a package index: set CHECK_WHEELS=1")
def test_every_supported_pair_finds_its_wheels(check: ModuleType, capsys: Any) -> None:
    code = check.main([])
    said = capsys.readouterr()
    if code == 2:
        pytest.skip(said.err)
    assert code == 0, said.out
