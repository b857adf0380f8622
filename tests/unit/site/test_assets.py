"""Tests for the scripts that a report's pages load."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from generator.resources import find_resources
from generator.site.assets import BUNDLES, PAGE_SCRIPTS, VIEWER_SCRIPTS, strip_script, write_assets

_ESPREE = Path(__file__).parents[3] / ".ci/node_modules/espree/dist/espree.cjs"
# The values of all tokens of a script; espree, which eslint reads scripts with, parses it whole.
_TOKENS = """
const { readFileSync } = require("fs");
const { parse } = require(process.argv[1]);
const texts = process.argv.slice(2).map((path) => readFileSync(path, "utf8"));
const read = (text) => parse(text, { ecmaVersion: "latest", tokens: true }).tokens.map(({ value }) => value);
console.log(JSON.stringify(texts.map(read)));
"""


def _read(name: str) -> str:
    return (find_resources("static") / "js" / f"{name}.js").read_text(encoding="utf-8")


def test_every_script_is_in_one_bundle() -> None:
    folder = find_resources("static") / "js"
    files = [path.relative_to(folder).with_suffix("").as_posix() for path in folder.rglob("*.js")]
    assert sorted(files) == sorted([*PAGE_SCRIPTS, *VIEWER_SCRIPTS])


def test_a_bundle_holds_its_files_in_order(tmp_path: Path) -> None:
    write_assets(tmp_path)
    for name, scripts in BUNDLES.items():
        text = (tmp_path / "assets" / name).read_text(encoding="utf-8")
        assert text == "".join(strip_script(_read(script)) for script in scripts)


def test_lines_of_comment_empty_lines_and_indentation_are_left_out() -> None:
    text = '// Head.\n"use strict";\n\n  if (a) {\n    // why\n    b("// kept"); // kept too\n  }\n'
    assert strip_script(text) == '"use strict";\nif (a) {\nb("// kept"); // kept too\n}\n'


def test_lines_within_a_template_literal_stay_as_they_are() -> None:
    text = "  const HEAD = `one  \n  // two\n\n  three`;\n  const last = `${HEAD}`;\n"
    assert strip_script(text) == "const HEAD = `one  \n  // two\n\n  three`;\nconst last = `${HEAD}`;\n"


def test_a_stripped_bundle_parses_to_the_tokens_of_its_files(tmp_path: Path) -> None:
    if shutil.which("node") is None or not _ESPREE.exists():
        if os.environ.get("CI"):
            pytest.fail("Node.js or espree is not installed")
        pytest.skip("Node.js or espree is not installed")
    write_assets(tmp_path)
    paths = []
    for name, scripts in BUNDLES.items():
        (tmp_path / name).write_text("\n".join(map(_read, scripts)), encoding="utf-8")
        paths += [tmp_path / name, tmp_path / "assets" / name]
    done = subprocess.run(["node", "-e", _TOKENS, _ESPREE, *paths], capture_output=True, text=True, check=True)
    page, page_stripped, viewer, viewer_stripped = json.loads(done.stdout)
    assert page == page_stripped
    assert viewer == viewer_stripped
    assert len(viewer) > 10_000
