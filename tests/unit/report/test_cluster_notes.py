"""The file of cluster notes: valid and invalid contents, and its draft."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import SettingsError
from generator.report.cluster_notes import MAX_NAME, ClusterNotes, draft_cluster_notes, read_cluster_notes


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "clusters.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _uncomment(text: str) -> str:
    """Uncomment every line of the draft that is meant to be."""
    return "\n".join(line.removeprefix("#") if line.startswith(("#[", "#name", "#note", "#posts")) else line
                     for line in text.split("\n"))  # fmt: skip


def test_names_notes_and_hidden_posts(tmp_path: Path) -> None:
    notes = read_cluster_notes(
        _file(
            tmp_path,
            'version = 1\n[clusters.c01]\nname = " Silk  dresses\\u202e"\nnote = """One\nTwo"""\n'
            '[clusters.c07]\nname = ""\nnote = "Sea"\n[hidden]\nposts = ["id1", "id2", "id1"]\n',
        )
    )
    assert notes == ClusterNotes({"c01": "Silk dresses"}, {"c01": "One\nTwo", "c07": "Sea"}, frozenset({"id1", "id2"}))
    assert notes.unknown_keys(["c01"]) == ("c07",)
    assert notes.unknown_keys(["c01", "c07"]) == ()
    assert notes.unknown_posts({"id2"}) == ("id1",)


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "version = 1\n", "version = 1\n[clusters]\n[hidden]\nposts = []"]
)
def test_file_without_notes(tmp_path: Path, text: str) -> None:
    assert read_cluster_notes(_file(tmp_path, text)) == ClusterNotes()


def test_missing_file(tmp_path: Path) -> None:
    assert read_cluster_notes(tmp_path / "none.toml") == ClusterNotes()


def test_files_of_windows_editors(tmp_path: Path) -> None:
    path = tmp_path / "clusters.toml"
    path.write_bytes('\ufeffversion = 1\r\n[clusters.c01]\r\nname = "Été"\r\n'.encode())
    assert read_cluster_notes(path).names == {"c01": "Été"}
    path.write_bytes('version = 1\n[clusters.c01]\nname = "Été"\n'.encode("latin-1"))
    with pytest.raises(SettingsError, match="UTF-8"):
        read_cluster_notes(path)


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[clusters.c01]\nname = 'x'\n", "version", "version = 1"),
        ("version = 2\n", "version = 2", "version = 1"),
        ("version = true\n", "version = True", "version = 1"),
        ("version = 1.0\n", "version = 1.0", "version = 1"),
        ("version = '1'\n", "version = '1'", "version = 1"),
        ("version = 1\n[cluster.c01]\nname = 'x'\n", "cluster is not known", "clusters"),
        ("version = 1\n[zzz]\n", "zzz is not known", "clusters, hidden"),
        ("version = 1\n[clusters.c01]\nnmae = 'x'\n", "[clusters.c01] has no nmae", "Did you mean name?"),
        ("version = 1\n[clusters.'c 1']\nzzz = 'x'\n", '[clusters."c 1"] has no zzz', "name, note"),
        ("version = 1\n[clusters.c01]\nname = 3\n", "[clusters.c01]: name = 3", "quotes"),
        ("version = 1\n[clusters]\nc01 = 'x'\n", "[clusters.c01] is not a table", "name ="),
        ("version = 1\nclusters = 1\n", "clusters is not a table", "[clusters.c01]"),
        (f"version = 1\n[clusters.c01]\nname = '{'x' * (MAX_NAME + 1)}'\n", f"{MAX_NAME + 1} characters", "shorten"),
        ("version = 1\nhidden = ['id1']\n", "hidden is not a table", "posts ="),
        ("version = 1\n[hidden]\npost = ['id1']\n", "[hidden] has no post", "Did you mean posts?"),
        ("version = 1\n[hidden]\nposts = 'id1'\n", "is not a list", "each id in quotes"),
        ("version = 1\n[hidden]\nposts = ['id1', 12]\n", "12", "each id in quotes"),
        ("version = 1\n[clusters.c01\n", "line 2", "quotes"),
        ("version = 1\n\n[clusters.c01]\nname = Silk\n", "line 4", "quotes"),
        ("version = 1\na = " + "[" * 5000, "TOML", ""),
    ],
)
def test_faults_name_the_place_and_the_fix(tmp_path: Path, text: str, message: str, hint: str) -> None:
    path = _file(tmp_path, text)
    with pytest.raises(SettingsError) as caught:
        read_cluster_notes(path)
    assert str(path) in caught.value.message
    assert message in caught.value.message
    assert hint in caught.value.hint


def test_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        read_cluster_notes(tmp_path)


def test_draft_has_no_effect_until_lines_are_uncommented(tmp_path: Path) -> None:
    text = draft_cluster_notes({"c01": 'Robe, "satin"\\\n\x07', "c02": "", "c 3": "Été"})
    assert read_cluster_notes(_file(tmp_path, text)) == ClusterNotes()
    assert tomllib.loads(text) == {"version": 1}
    assert read_cluster_notes(_file(tmp_path, _uncomment(text))) == ClusterNotes(
        {"c01": 'Robe, "satin"\\', "c 3": "Été"}
    )


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=40), max_size=5))
def test_draft_of_any_names_can_be_read(tmp_path_factory: pytest.TempPathFactory, names: dict[str, str]) -> None:
    read = read_cluster_notes(_file(tmp_path_factory.mktemp("notes"), _uncomment(draft_cluster_notes(names))))
    assert read.names.keys() <= names.keys()
    assert not read.notes and not read.hidden
