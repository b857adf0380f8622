"""A user's own terms: what their file says, and what is said of a file that does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import SettingsError
from generator.tags.hierarchy import load_hierarchy
from generator.tags.vocabulary import MOST_TERMS, OwnTerm, Vocabulary, read_vocabulary


def _read(folder: Path, text: str, name: str = "terms.txt") -> Vocabulary:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return read_vocabulary(path)


def test_a_line_is_a_term_with_the_one_above_it_and_phrases(tmp_path: Path) -> None:
    text = "# mine\nbags > tote  bags: a canvas bag; a shopping bag\n\nBags\ncoucher de soleil\n"
    expected = (
        OwnTerm("Bags", None, ("a photo of Bags",)),
        OwnTerm("tote bags", 0, ("a canvas bag", "a shopping bag")),
        OwnTerm("coucher de soleil", None, ("a photo of coucher de soleil",)),
    )
    assert _read(tmp_path, text).terms == expected
    toml = 'version = 1\n[terms."tote bags"]\nunder = "bags"\nphrases = ["a canvas bag", "a shopping bag"]\n'
    assert _read(tmp_path, toml + '[terms.Bags]\n[terms."coucher de soleil"]\n', "terms.toml").terms == expected


def test_terms_follow_those_of_every_report_and_replace_their_namesakes(tmp_path: Path) -> None:
    known = load_hierarchy()
    found = _read(tmp_path, "Watches\nWatches > <b>smart & co</b>\nмонтры\n")
    terms = found.extend(known).terms
    assert terms[: len(known.terms)] == known.terms
    own = terms[len(known.terms) :]
    assert [term.key for term in own[:2]] == ["own-watches", "own-b-smart-and-co-b"]
    assert own[2].key.startswith("own-") and own[2].key.isascii()
    assert own[1].under == len(known.terms) and own[1].fr == "<b>smart & co</b>"
    assert found.find_replaced(known) == {"watches"}


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "holds no term", "a term a line"),
        ("# only this\n", "holds no term", "a term a line"),
        ("hats\ncaps\nHats\n", r"line 3: the term 'Hats' is there already \(.*line 1", "Leave one"),
        ("hats > caps\n", "line 1: there is no term 'hats'", "line of its own"),
        ("hat\nhats > caps\n", "line 2: there is no term 'hats'", "Did you mean hat?"),
        ("a > b\nb > a\n", "stands under itself", "tote bags"),
        ("a > a\n", "stands under itself", "tote bags"),
        (" > caps\n", "line 1: nothing stands before >", "tote bags"),
        ("x" * 81, "line 1: a term has 1 to 80 characters, not 81", "tote bags"),
        ("\u200b\u202e\n", "line 1: a term has 1 to 80", "tote bags"),
        ("hats: " + "y" * 301, "line 1: a term has at most 20 phrases", "tote bags"),
        ("\n".join(f"term {n}" for n in range(MOST_TERMS + 1)), "holds 1,001 terms", "Keep"),
        ("\n".join(f"term {n}" for n in range(1_000_000)), "larger than 1 MB", "1,000 terms"),
    ],
    ids=lambda value: value[:12] if isinstance(value, str) else None,
)
def test_a_file_that_does_not_fit_is_refused_with_the_place(text: str, message: str, hint: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message) as refusal:
        _read(tmp_path, text)
    assert hint in refusal.value.hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[terms.hats]\n", "does not say its version"),
        ("version = 1\n[terms]\nhats = 3\n", "more in it"),
        ("version = 1\n[terms.hats]\nover = 'x'\n", "has no over"),
        ("version = 1\n[terms.hats]\nunder = 3\n", "under = 3 is not the name"),
        ("version = 1\n[terms.hats]\nphrases = 'a hat'\n", "not a list of texts"),
        ("version = 1\n[terms.hats]\nphrases = ['']\n", "phrases of 1 to"),
        ("version = [", "not valid TOML"),
    ],
)
def test_toml_that_does_not_fit_is_refused(text: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=message):
        _read(tmp_path, text, "terms.toml")


def test_a_file_that_is_no_text_or_not_there_is_refused(tmp_path: Path) -> None:
    (tmp_path / "terms.txt").write_bytes(b"\xff\xfe\x00a")
    with pytest.raises(SettingsError, match="not text in UTF-8"):
        read_vocabulary(tmp_path / "terms.txt")
    with pytest.raises(SettingsError, match="cannot be read: No such file"):
        read_vocabulary(tmp_path / "none.txt")
