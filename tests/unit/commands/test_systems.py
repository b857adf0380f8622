"""Systems that are not supported are named: when the package is built, and by the doctor."""

from __future__ import annotations

import platform
import runpy
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from generator.commands import systems
from generator.commands.systems import SUPPORTED, explain_unsupported, find_system
from tests.support import ROOT

UNSUPPORTED = [
    ("darwin", "x86_64", "macOS with an Intel processor"),
    ("win32", "arm64", "Windows with an ARM processor"),
    ("win32", "32 bits", "Windows with 32 bits"),
    ("linux", "riscv64", "Linux with riscv64"),
    ("freebsd14", "amd64", "freebsd14 with amd64"),
]


@pytest.mark.parametrize(("system", "processor", "named"), UNSUPPORTED)
def test_a_system_without_tensorflow_is_named_with_those_that_have_it(system: str, processor: str, named: str) -> None:
    sentence = explain_unsupported(system, processor)
    assert sentence.startswith(f"Brandscape does not run on {named}: TensorFlow")
    assert "macOS 13 and later (Apple silicon)" in sentence


def test_nothing_is_said_on_a_supported_system() -> None:
    assert not any(explain_unsupported(system, one) for system, all_of_it in SUPPORTED.items() for one in all_of_it)


@pytest.mark.parametrize(
    ("system", "machine", "tag", "found"),
    [
        # a Python for x64 runs on Windows on ARM too, and takes packages for x64
        ("win32", "ARM64", "win-amd64", ("win32", "amd64")),
        ("win32", "ARM64", "win-arm64", ("win32", "arm64")),
        ("darwin", "arm64", "macosx-10.13-universal2", ("darwin", "arm64")),
        ("darwin", "x86_64", "macosx-10.13-universal2", ("darwin", "x86_64")),
        ("linux", "aarch64", "linux-aarch64", ("linux", "aarch64")),
    ],
)
def test_the_processor_is_the_one_that_python_was_built_for(
    system: str, machine: str, tag: str, found: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    _pretend(monkeypatch, system, machine, tag)
    monkeypatch.setattr(systems.sys, "maxsize", 2**63 - 1)
    assert find_system() == found


def test_a_python_of_32_bits_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "maxsize", 2**31 - 1)
    assert find_system() == (sys.platform, "32 bits")


def test_a_build_on_an_unsupported_system_ends_with_the_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    check = _build_hook(ROOT)
    _pretend(monkeypatch, "darwin", "x86_64", "macosx-10.13-x86_64")
    with pytest.raises(SystemExit) as caught:
        check.initialize("standard", {})
    assert caught.value.code == explain_unsupported("darwin", "x86_64")


def test_a_build_on_a_supported_system_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    check = _build_hook(ROOT)
    _pretend(monkeypatch, "darwin", "arm64", "macosx-11.0-arm64")
    check.initialize("standard", {})


def _pretend(monkeypatch: pytest.MonkeyPatch, system: str, machine: str, tag: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(sysconfig, "get_platform", lambda: tag)


def _build_hook(root: Path) -> Any:
    pytest.importorskip("hatchling", reason="hatchling, with which the package is built, is not installed")
    hook = runpy.run_path(str(ROOT / ".ci" / "build_hook.py"))["SystemCheck"]
    return hook(str(root), {}, None, None, "", "wheel")
