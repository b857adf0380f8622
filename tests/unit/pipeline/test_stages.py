"""Cached steps: their keys follow from what they declare, and their versions from their code."""

from __future__ import annotations

import ast
import dataclasses
import hashlib
import inspect
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from generator.cache.store import Store
from generator.collection import derive, image_cache
from generator.collection.collect import Collection
from generator.digests import digest_of
from generator.embedding.recipe import Recipe
from generator.images import decode, signature
from generator.pipeline import mosaics, stages
from generator.pipeline.run import Run
from generator.pipeline.sources import Sources
from generator.pipeline.stages import CELLS, CLUSTERS, FEATURES, MAP, STAGES, TABLE, Stage
from generator.progress import SilentProgress
from generator.settings import ClusterSettings, MapMix, MapSettings, Settings
from generator.similarity.examples import Examples
from generator.spreadsheet.posts import PostTable
from tests.support import ROOT

RECORD = ROOT / "tests" / "golden" / "stage-versions.json"
#: What else is kept under a version of its code: the stages of the pipeline are declared, these are not.
OTHERS = (
    Stage("images", (image_cache, derive, decode, signature)),
    Stage("mosaics", (mosaics,)),
)


def _shape(node: Any) -> Any:
    """Return a syntax tree as nested lists without docstrings and empty fields: the same on every version of Python."""
    if isinstance(node, list):
        return [_shape(part) for part in node]
    if not isinstance(node, ast.AST):
        return repr(node)
    fields = dict(ast.iter_fields(node))
    if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node) is not None:
        fields["body"] = fields["body"][1:]
    return [type(node).__name__, *([name, _shape(value)] for name, value in fields.items() if value not in (None, []))]


def _digest(modules: tuple[ModuleType, ...]) -> str:
    trees = [_shape(ast.parse(inspect.getsource(module))) for module in modules]
    return hashlib.sha256(json.dumps(trees).encode()).hexdigest()[:16]


def _run(settings: Settings, folder: Path) -> Run:
    return Run(settings, Store(folder), SilentProgress(), datetime(2026, 1, 2, tzinfo=UTC))


def _collection() -> Collection:
    table = PostTable("posts.csv", (), (), (), ())
    return Collection(
        table, Recipe("resnet50", None, None, "max", "float32"), (), (), np.zeros(0, np.intp), (), None, Examples(), ()
    )


@pytest.mark.parametrize("stage", [*STAGES, *OTHERS], ids=lambda stage: stage.name)
def test_a_version_is_raised_when_its_code_changes(stage: Stage) -> None:
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    current = {"version": stage.version, "code": _digest(stage.code)}
    if os.environ.get("UPDATE_GOLDEN"):
        recorded[stage.name] = current
        RECORD.write_text(json.dumps(recorded, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    names = ", ".join(module.__name__ for module in stage.code)
    assert recorded.get(stage.name) == current, (
        f"The code of the stage {stage.name} changed ({names}). Raise the VERSION beside the change if the same input "
        "gives another result. Then record it: UPDATE_GOLDEN=1 python -m pytest tests/unit/pipeline/test_stages.py"
    )


def test_the_digest_of_code_heeds_what_runs_and_no_docstring() -> None:
    def digest(text: str) -> str:
        return json.dumps(_shape(ast.parse(text)))

    assert digest('"""A."""\ndef f(x):\n    """B."""\n    return x + 1') == digest(
        "def f(x):\n    # C\n    return x + 1"
    )
    assert digest("def f(x):\n    return x + 1") != digest("def f(x):\n    return x + 2")


def test_every_stage_has_a_version_and_a_folder_of_its_own() -> None:
    assert all(stage.version for stage in (*STAGES, *OTHERS) if stage is not TABLE)
    assert len({stage.name for stage in STAGES}) == len(STAGES)


def test_a_key_holds_the_settings_that_a_stage_names_and_no_others() -> None:
    settings = Settings()
    other = dataclasses.replace(settings, clusters=ClusterSettings(eps=2.5))
    assert CLUSTERS.key(settings, "map") != CLUSTERS.key(other, "map")
    assert CELLS.key(settings, "map") == CELLS.key(other, "map")
    seeded = dataclasses.replace(settings, map=MapSettings(seed=7))
    assert MAP.key(settings, "mix", "") != MAP.key(seeded, "mix", "") != MAP.key(seeded, "mix", "earlier")


def test_a_key_changes_with_a_version(monkeypatch: pytest.MonkeyPatch) -> None:
    before = MAP.key(Settings(), "mix")
    monkeypatch.setattr("generator.maps.placement.VERSION", 99)
    assert MAP.key(Settings(), "mix") != before


def test_a_stage_depends_on_all_that_the_stages_before_it_depend_on() -> None:
    assert {"map.pca", "images", "maps", "map.perplexity", "clusters.eps"} <= set(CLUSTERS.inputs())
    assert "clusters.eps" not in CELLS.inputs() and "map.perplexity" not in FEATURES.inputs()


def test_every_setting_that_a_stage_names_is_among_the_inputs_of_a_site(tmp_path: Path) -> None:
    inputs = stages.list_inputs(_run(Settings(), tmp_path), _collection(), Sources())
    named = {name for stage in STAGES if stage is not stages.TABLE for name in stage.inputs()}
    assert named <= inputs.keys()
    assert not {"posts.exclude", "similarity.examples", "tags.corrections"} & inputs.keys()


def test_maps_of_reports_of_version_0_1_0_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # as that version wrote them into report.json of its demo: the main map, then those of one facet each
    recorded = [
        "3c9930eb23123edcc05f7648d7723cb9826bb099d2154eec0b949355f9498d31",
        "e9f79c26d6d90f5c62a4916099af614b141725d986b6a7e584b2b2a861906674",
        "506478c155ef65d3ef64d5cb076a080b3677a8bfb431ca529eae9b9ee88641a6",
        "b71d5d88646526ce825643664d804d6db538999846f0098e544620ce0a9ec39c",
    ]
    monkeypatch.setattr(Recipe, "identity", digest_of("3", "builtin", "2"))  # of the features that demo was made with
    facets = ("content", "colour", "composition")
    settings = dataclasses.replace(Settings(), maps=tuple(MapMix(facet, **{facet: 1.0}) for facet in facets))
    run = _run(settings, tmp_path)
    for basis, mix in zip(recorded, run.maps, strict=True):
        today, former = stages.map_bases(run, _collection(), mix)
        assert former == basis and today == stages.map_basis(run, _collection(), mix) != former
