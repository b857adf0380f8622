"""The doctor: every fact is told, and nothing is asked, written or imported for long."""

from __future__ import annotations

import ctypes.util
import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from generator.commands import facts
from generator.commands.facts import find_facts, measure_folder
from generator.embedding.networks import NETWORKS
from generator.settings import Settings
from tests.support import ROOT
from tests.support.commands import run

TOLD = {
    "brandscape", "system", "python", "processor", "units", "cores", "memory", "memory_limits", "encodings", "engine",
    "keras", "gpu", "network", "precision", "cache", "packages", "exit_code", "meaning",
}  # fmt: skip


def _ask(folder: Path, *flags: str, **environment: str) -> dict[str, Any]:
    done = run("doctor", "--json", *flags, folder=folder, **environment)
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _find(name: str, **changes: Any) -> facts.Fact:
    settings = changes.pop("settings", Settings())
    return next(fact for fact in find_facts(settings, changes.pop("cache", Path("none"))) if fact.name == name)


def test_each_fact_is_told_and_nothing_is_written(tmp_path: Path) -> None:
    told = _ask(tmp_path)
    assert told.keys() >= TOLD
    assert told["system"]["supported"] is True
    assert told["memory"]["total"] > told["memory"]["free"] > 0
    assert told["packages"]["numpy"].count(".") == 2
    assert "pytest" not in told["packages"]
    assert told["cache"]["bytes"] == 0 and told["cache"]["free"] > 0
    assert not list(tmp_path.iterdir())
    assert not Path(os.environ["BRANDSCAPE_CACHE_DIR"]).exists()
    assert not Path(os.environ["KERAS_HOME"]).exists()


def test_people_get_the_same_facts_within_80_columns(tmp_path: Path) -> None:
    lines = run("doctor", folder=tmp_path).stdout.splitlines()
    assert all(len(line) <= 80 or " " not in line.strip() for line in lines)
    labels = [line[:15].strip() for line in lines]
    for label in ("Brandscape", "Processor", "Its units", "Cores", "Memory", "Engine", "Network", "Precision", "Cache"):
        assert label in labels


def test_no_network_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: Any, **options: Any) -> None:
        raise AssertionError(f"asked for {arguments}")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert _ask(tmp_path)["network"]["setting"] == "auto"
    cache = _ask(tmp_path, "--cache-dir", "s3://bucket/cache")["cache"]
    assert cache == {"place": "s3://bucket/cache"}


def test_heavy_libraries_are_left_alone(tmp_path: Path) -> None:
    code = (
        "import atexit, sys; sys.argv = ['brandscape', 'doctor'];"
        "atexit.register(lambda: print(sorted({'tensorflow', 'keras', 'jax', 'torch', 'sklearn'} & set(sys.modules))));"
        "from generator.cli import main; main()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]", done.stderr


def test_the_network_is_the_one_that_a_build_would_take(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    absent = _find("network")
    assert "EfficientNet-Lite0; ResNet50 if its weights" in absent.text
    weights = tmp_path / "models" / NETWORKS["resnet50"].weights_file
    weights.parent.mkdir()
    weights.write_bytes(b"weights")
    assert _find("network").told == {"setting": "auto", "network": "resnet50"}


def test_a_network_that_cannot_be_had_is_explained(tmp_path: Path) -> None:
    told = _ask(tmp_path, BRANDSCAPE_MODEL="vgg16")
    assert told["network"].startswith("none: The ImageNet weights of VGG16 are not on this machine")


def test_settings_that_cannot_be_read_hide_no_fact(tmp_path: Path) -> None:
    (tmp_path / "brandscape.toml").write_text("[map]\nperplexity = 'many'\n")
    told = _ask(tmp_path)
    assert told["settings"].startswith("defaults, since they cannot be read:") and "perplexity" in told["settings"]
    assert told.keys() >= TOLD


def test_without_openvino_keras_runs_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    assert _find("engine").text == "Keras, more slowly: OpenVINO is not installed"
    assert _find("precision").text == "float32"


def test_precision_is_settled_by_images_only_where_the_processor_has_bfloat16(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.embedding.engines.offers_bfloat16", lambda recipe: True)
    assert _find("precision").text.startswith("bfloat16 if")
    monkeypatch.setattr("generator.embedding.engines.offers_bfloat16", lambda recipe: False)
    assert _find("precision").text == "float32"


def test_the_runtime_that_tensorflow_needs_on_windows_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: None if name == "msvcp140_1.dll" else name)
    fact = facts._runtime()
    assert fact.told is False and "lacks msvcp140_1.dll" in fact.text and "vc_redist.x64.exe" in fact.text
    monkeypatch.setattr(ctypes.util, "find_library", lambda name: name)
    assert facts._runtime().told is True


@pytest.mark.parametrize(("system", "name"), [("win32", "Windows"), ("darwin", "macOS")])
def test_each_system_is_named(system: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "find_system", lambda: (system, "arm64"))
    monkeypatch.setattr("platform.system", lambda: "Windows")
    monkeypatch.setattr("platform.mac_ver", lambda: ("14.5", ("", "", ""), "arm64"))
    fact = facts._system()
    assert fact.text.startswith(name)
    assert fact.told["supported"] is (system == "darwin")


def test_a_package_that_is_missing_is_said_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    wishes = [
        "numpy>=1.26",
        "openTSNE>=1; sys_platform != 'linux'",
        "not-there",
        "xlrd>=2; extra == 'sheets'",
    ]
    monkeypatch.setattr("importlib.metadata.requires", lambda name: wishes)
    versions = facts._packages().told
    assert list(versions) == ["not-there", "numpy", "openTSNE"]
    assert versions["not-there"] == "missing"


def test_a_large_cache_is_measured_for_a_moment_only(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_bytes(b"12345")
    assert measure_folder(tmp_path, 60) == (2, 10, True)
    assert measure_folder(tmp_path, -1)[2] is False


def test_the_home_folder_is_not_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert _find("cache", cache=tmp_path / "kept").text.startswith("~/kept, empty;")
