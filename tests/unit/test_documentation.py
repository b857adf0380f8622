"""The documents name everything a user can choose, lead only to files that exist, and stay short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from generator.cli import app
from generator.commands.options import EXIT_CODES
from generator.errors import EXIT_MEANINGS
from generator.settings.load import describe_settings
from tests.support import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / ".github/REFERENCE.md").read_text(encoding="utf-8")
DOCUMENTS = sorted(
    path
    for pattern in ("*.md", ".github/*.md", "generator/*.md", "tests/*.md", "tests/bench/*.md", "static/js/*.md")
    for path in ROOT.glob(pattern)
)


#: Documents that name files of the repository.
GUIDES = [path for path in DOCUMENTS if path.name not in {"REFERENCE.md", "SECURITY.md"} and path != ROOT / "README.md"]


def _list_commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", {})
    if not inner:
        yield name, command
    for word, child in inner.items():
        yield from _list_commands(child, f"{name} {word}")


COMMANDS = dict(_list_commands(get_command(app), "brandscape"))


def _list_rows(text: str) -> list[list[str]]:
    """Cells of all rows of all tables, without backticks."""
    lines = [line for line in text.splitlines() if line.startswith("|") and not line.startswith("|---")]
    return [[cell.strip().replace("`", "") for cell in line.strip("|").split("|")] for line in lines]


def _list_settings() -> list[tuple[str, str, str]]:
    """Section, name and default of each setting, as `brandscape init` writes them."""
    settings, section = [], ""
    for line in describe_settings().splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif match := re.fullmatch(r"#([a-z_]+) = (.*)", line):
            settings.append((section, match[1], match[2]))
    return settings


@pytest.mark.parametrize("name", COMMANDS)
def test_each_command_is_in_the_reference(name: str) -> None:
    assert any(f"{row[0]} ".startswith(f"{name} ") for row in _list_rows(REFERENCE)), name


@pytest.mark.parametrize("name", COMMANDS)
def test_each_flag_is_in_the_reference_with_its_commands(name: str) -> None:
    rows = _list_rows(REFERENCE)
    settings = {setting for _, setting, _ in _list_settings()}
    short = name.removeprefix("brandscape ")
    for parameter in COMMANDS[name].params:
        if parameter.param_type_name != "option":
            continue
        rows_of_flag = [
            row for row in rows if set(parameter.opts) & {flag.strip() for flag in ",".join(row[:2]).split(",")}
        ]
        assert rows_of_flag, f"{name} {parameter.opts}"
        if parameter.name not in settings and parameter.opts[0] != "--similarity":
            commands = rows_of_flag[0][1]
            assert short in commands.split(", ") or short.split()[0] in commands or commands == "all but cache", (
                parameter.opts
            )
            assert all(flag in rows_of_flag[0][0].split(", ") for flag in parameter.opts)


def test_each_setting_is_in_the_reference_with_its_flag_and_default() -> None:
    parts = re.split(r"^`\[([a-z]+)\]`", REFERENCE, flags=re.MULTILINE)
    tables = {section: _list_rows(text) for section, text in zip(parts[1::2], parts[2::2], strict=True)}
    flags = {
        parameter.name: parameter.opts[0]
        for command in COMMANDS.values()
        for parameter in command.params
        if parameter.param_type_name == "option"
    }
    for section, name, default in _list_settings():
        row = next((row for row in tables.get(section, ()) if row[0] == name), None)
        assert row is not None, f"[{section}] {name}"
        flag = "--similarity" if name in {"content", "colour", "composition"} else flags.get(name, "")
        assert (row[1], row[2]) == (flag, default), f"[{section}] {name}"


def test_the_reference_names_no_flag_or_setting_that_is_gone() -> None:
    flags = {flag for command in COMMANDS.values() for parameter in command.params for flag in parameter.opts}
    flags |= {"--help", "-h", "--version"}
    for text in (README, REFERENCE):
        own = re.sub(r"^(?:pip|dask) .*$", "", text, flags=re.MULTILINE)
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", own)) <= flags
    settings = {name for _, name, _ in _list_settings()}
    first_cells = {row[0] for row in _list_rows(REFERENCE.split("## Settings")[1]) if len(row) == 4}
    assert first_cells - {"Setting"} == settings


@pytest.mark.parametrize("text", [README, REFERENCE], ids=["README", "reference"])
def test_each_exit_code_is_explained(text: str) -> None:
    rows = {row[0]: row[1] for row in _list_rows(text)}
    for code, meaning in EXIT_MEANINGS.items():
        assert f"{code} {meaning}" in EXIT_CODES
        assert rows.get(str(code), "").startswith(meaning), code


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 180
    assert len(README.split()) <= 2_000


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_links_lead_to_files_and_headings(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        place, _, anchor = target.partition("#")
        file = path.parent / place if place else path
        assert file.exists(), f"{path.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
            assert anchor in slugs, f"{path.name}: {target}"


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_files_named_in_guides_exist(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    commands = " ".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    names = re.findall(r"`((?:[\w.-]+/)+(?:[\w-]+\.\w+)?)`", text) + re.findall(r"(?:tests|\.ci)/[\w/.-]+", commands)
    assert names or path.name == "CHANGELOG.md"
    for name in names:
        if "node_modules/" in name:  # npm makes it
            continue
        folders = (ROOT, ROOT / "generator", path.parent)
        assert any((folder / name).exists() for folder in folders), f"{path.name}: {name}"


def test_the_tree_of_the_guide_is_the_packages_of_the_program() -> None:
    text = (ROOT / "generator/README.md").read_text(encoding="utf-8")
    tree = text.split("```text\n")[1].split("```")[0]
    named = set(re.findall(r"(?<![\w`.])([a-z]+(?:/|\.py))(?!\w)", tree)) - {"generator/"}
    present = {f"{path.name}/" if path.is_dir() else path.name for path in (ROOT / "generator").iterdir()}
    assert named == {name for name in present if name.endswith(("/", ".py")) and not name.startswith("_")}
