"""tags.toml: what it corrects, and what it says of mistakes."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.tags.corrections import TagCorrections, read_corrections
from generator.tags.hierarchy import load_hierarchy


def _read(folder: Path, text: str) -> TagCorrections:
    path = folder / "tags.toml"
    path.write_text(text, encoding="utf-8")
    return read_corrections(path, load_hierarchy())


def test_a_file_renames_merges_removes_and_takes_images_out(tmp_path: Path) -> None:
    found = _read(
        tmp_path,
        """version = 1
        [terms.sandals]
        name = " Nu-pieds  d'été "
        [terms.clogs]
        into = "sandals"
        [terms.masks]
        remove = true
        [[without]]
        term = "watches"
        posts = ["A1", " https://example.com/p/2 "]
        """,
    )
    assert found.names == {"sandals": "Nu-pieds d'été"} and found.into == {"clogs": "sandals"}
    assert found.removed == {"masks"} and found.without == (("watches", ("A1", "https://example.com/p/2")),)
    assert found.key_text


def test_no_file_corrects_nothing(tmp_path: Path) -> None:
    found = read_corrections(tmp_path / "tags.toml", load_hierarchy())
    assert found == TagCorrections() and not found.key_text


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("[term.sandals]\nremove = true", "term is not known", "terms"),
        ("[terms.sandal]\nremove = true", r"\[terms.sandal\]: there is no term 'sandal'", "sandals"),
        ("[terms.sandals]\nrename = 'x'", "has no rename", "name"),
        ("[terms.sandals]\nname = 3", "name = 3 is not a text", 'name = "Sandals"'),
        ("[terms.sandals]\nremove = 'yes'", "neither true nor false", "remove = true"),
        ("[terms.sandals]\ninto = 'sandals'", "merged into itself", "another term"),
        ("[terms.sandals]\ninto = 'shoe'", "into: there is no term 'shoe'", "shoes"),
        ("[terms.sandals]\ninto = 'clogs'\nremove = true", "both removed and merged", "not both"),
        ("[terms.sandals]\ninto = 'clogs'\n[terms.clogs]\nremove = true", "which is removed", "Keep clogs"),
        ("[terms.sandals]\ninto = 'clogs'\n[terms.clogs]\ninto = 'boots'", "itself merged", 'into = "boots"'),
        ("[[without]]\nposts = ['A']", "names no term", 'term = "watches"'),
        ("[[without]]\nterm = 'watches'\nposts = 'A'", "has no posts, a list of texts", "posts = "),
        ("[[without]]\nterm = 'watches'\npost = ['A']", "has no post", "posts"),
        ("terms = 3", "terms is not a table", "[terms.watches]"),
    ],
)
def test_a_mistake_is_named_with_its_remedy(text: str, message: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message) as caught:
        _read(tmp_path, f"version = 1\n{text}")
    assert "tags.toml" in caught.value.message and hint in caught.value.hint
