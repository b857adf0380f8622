"""Which file a path means: where it says, else the one of its name that fits, and never one outside."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import folders
from generator.images import file_names
from generator.images.file_finder import FileFinder, FoundFile, NoFile
from generator.images.places import ImagePlaces


def _make(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def _find(folder: Path, text: str, *others: str) -> str:
    """Where the file of `text` lies, with a `~` if it was found by its name; else the reason and the detail."""
    found = FileFinder(ImagePlaces(folder), [text, *others]).find(text)
    if isinstance(found, NoFile):
        return f"{found.reason}: {found.detail}"
    return "~" * found.by_name + found.path.relative_to(folder.resolve()).as_posix()


@pytest.mark.parametrize(
    "text",
    [
        r"C:\Users\stage\Bureau\veille\images\Été 1.jpg",
        r"\\server\veille\images\Été 1.jpg",
        "C:/Users/stage/images/Été 1.jpg",
        "/Users/anna/Desktop/images/Été 1.jpg",
        "file:///Users/anna/Desktop/images/%C3%89t%C3%A9%201.jpg",
        "file:///C:/Users/anna/images/%C3%89t%C3%A9%201.jpg",
        "file://localhost/Users/anna/images/%C3%89t%C3%A9%201.jpg",
        "Macintosh HD:Users:anna:images:Été 1.jpg",
        "file://C:/Users/anna/images/Été 1.jpg",
        "images/Été  1.jpg",
        "images/Été 1.jpg.jpg",
        "images/Été 1.HEIC.jpg",
        "images/Été 1..jpg",
        "images/Été 1.jpg.",
        "images/Été 1.jpg#top",
        "Été 1.jpg",
        "images/Été 1",
        "images/Été 1.JPG",
        "images/Été 1.jpg.png",
        "IMAGES/ÉTÉ 1.jpg",
        "images/Été 1.jpeg",
        "images/Été+1.jpg",
        "images/%C3%89t%C3%A9+1.jpg",
        "images/Été 1.jpg ",
        " images / Été 1.jpg",
        "images/Été\u00a01.jpg",
        "images/Été 1.jpg?width=400",
        "export/images/Été 1.jpg",
        "photos/Été 1.jpg",
        "../images/Été 1.jpg",
        unicodedata.normalize("NFD", "images/Été 1.jpg") + " ",
    ],
)
def test_a_path_that_leads_nowhere_is_found_by_its_name(tmp_path: Path, text: str) -> None:
    _make(tmp_path, "images/Été 1.jpg", "images/Été 2.jpg", "images/été 11.jpg")
    # where case or forms of accents are all one, some of these do lead there
    leads_there = (tmp_path / text).is_file()
    assert _find(tmp_path, text, "images/Été 2.jpg") == "~" * (not leads_there) + "images/Été 1.jpg"


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_accents_may_be_composed_in_the_sheet_or_on_disk(tmp_path: Path, form: str) -> None:
    other = {"NFC": "NFD", "NFD": "NFC"}[form]
    _make(tmp_path, unicodedata.normalize(other, "images/Hôtel Doré.jpg"))
    found = FileFinder(ImagePlaces(tmp_path)).find(unicodedata.normalize(form, "images/Hôtel Doré.jpg"))
    assert isinstance(found, FoundFile)


@pytest.mark.parametrize(
    ("text", "is_elsewhere"),
    [
        (unicodedata.normalize("NFD", "images/Été 1.jpg"), False),
        (r"IMAGES\été 1.JPG", False),
        ("./images/%C3%A9t%C3%A9 1.jpg", False),
        ("Été 1.jpg", True),
        ("/images/Été 1.jpg", True),
        ("other/Été 1.jpg", True),
    ],
)
def test_case_and_forms_of_accents_make_no_other_place(tmp_path: Path, text: str, is_elsewhere: bool) -> None:
    _make(tmp_path, "images/Été 1.jpg")
    found = FileFinder(ImagePlaces(tmp_path), [text]).find(text)
    assert isinstance(found, FoundFile)
    assert found.elsewhere is is_elsewhere


@pytest.mark.parametrize(
    "text", ["images/a.jpg", "images\\a.jpg", "./images/a.jpg", '"images\\a.jpg"', "images%2Fa.jpg"]
)
def test_a_path_that_leads_there_is_not_said_to_be_found_by_name(tmp_path: Path, text: str) -> None:
    _make(tmp_path, "images/a.jpg", "old/a.jpg")
    assert _find(tmp_path, text) == "images/a.jpg"


def test_the_path_that_agrees_best_is_meant(tmp_path: Path) -> None:
    _make(tmp_path, "2024/dior/1.jpg", "2025/dior/1.jpg", "2025/chanel/1.jpg")
    assert _find(tmp_path, r"D:\veille\2025\dior\1.jpg") == "~2025/dior/1.jpg"
    assert _find(tmp_path, r"D:\veille\chanel\1.jpg") == "~2025/chanel/1.jpg"
    assert _find(tmp_path, "dior/1.jpg").startswith("missing_file: there is no file dior/1.jpg; 2 files have this name")


def test_the_kind_of_image_decides_between_files_of_one_stem(tmp_path: Path) -> None:
    _make(tmp_path, "images/a.jpg", "images/a.png")
    assert _find(tmp_path, "pictures/a.PNG") == "~images/a.png"
    assert "2 files have this name" in _find(tmp_path, "images/a")


def test_a_path_in_other_forms_of_accents_is_found_beside_other_paths_to_its_file(tmp_path: Path) -> None:
    _make(tmp_path, "images/Été.jpg")
    others = ("images/Été.jpg", r"C:\Anna\images\Été.jpg")
    assert _find(tmp_path, "images/E\u0301te\u0301.jpg", *others) == "~images/Été.jpg"
    assert _find(tmp_path, "IMAGES/été.JPG", *others) == "~images/Été.jpg"


def test_one_brands_file_is_not_taken_for_anothers(tmp_path: Path) -> None:
    _make(tmp_path, "chanel/1.jpg")
    assert _find(tmp_path, "dior/1.jpg", "chanel/1.jpg") == (
        "missing_file: there is no file dior/1.jpg; did you mean chanel/1.jpg? Other rows name it too"
    )
    assert _find(tmp_path, r"C:\x\dior\1.jpg", r"C:\x\chanel\1.jpg").startswith("missing_file")
    assert _find(tmp_path, r"C:\x\chanel\1.jpg", r"C:\x\dior\1.jpg") == "~chanel/1.jpg"


def test_several_rows_may_name_the_same_file_alike(tmp_path: Path) -> None:
    _make(tmp_path, "chanel/1.jpg")
    assert _find(tmp_path, r"C:\chanel\1.jpg", r"C:\chanel\1.jpg", r"C:\Chanel\1.JPG") == "~chanel/1.jpg"


@pytest.mark.parametrize(("text", "file"), [("l'été.jpg", "l’été.jpg"), ("a.jpg", "a.jpg.png"), ("a.jpg", "a.jpg.jpg")])
def test_other_apostrophes_and_endings_written_twice_make_no_other_name(tmp_path: Path, text: str, file: str) -> None:
    _make(tmp_path, f"images/{file}", "images/b.jpg")
    assert _find(tmp_path, text) == f"~images/{file}"


@pytest.mark.parametrize(
    ("text", "file"),
    [
        ("my post 1.jpg", "my_post_1.jpg"),
        ("Été n° 1.jpg", "ete-n-1.jpg"),
        ("1", "001.jpg"),
        ("IMG 07.jpg", "IMG-7.png"),
    ],
)
def test_names_that_a_program_made_plain_are_found(tmp_path: Path, text: str, file: str) -> None:
    _make(tmp_path, f"images/{file}", "images/my_post_2.jpg", "images/ete-n-12.jpg", "images/IMG-70.jpg")
    assert _find(tmp_path, text) == f"~images/{file}"
    # unless several names of the spreadsheet, or several files, are alike then
    other = text.replace(" ", "-") if " " in text else f"0{text}"
    assert _find(tmp_path, text, other).startswith("missing_file")
    _make(tmp_path, f"images/{Path(file).stem}-.jpg")
    assert _find(tmp_path, text).startswith("missing_file")


def test_the_nearest_name_is_suggested(tmp_path: Path) -> None:
    _make(tmp_path, "images/lookbook-spring-01.jpg", "images/other.jpg")
    assert _find(tmp_path, "images/lookbok-spring-01.jpg").endswith("; did you mean images/lookbook-spring-01.jpg?")
    assert _find(tmp_path, "images/unlike.jpg") == "missing_file: there is no file images/unlike.jpg"


def test_a_name_that_lacks_its_accents_is_found(tmp_path: Path) -> None:
    _make(tmp_path, "images/Été 1.jpg", "œuvre.png")
    assert [_find(tmp_path, text) for text in ("Ete 1.jpg", r"x\Ete 1")] == ["~images/Été 1.jpg"] * 2
    assert _find(tmp_path, "oeuvre.jpg") == "~œuvre.png"
    assert "did you mean œuvre.png?" in _find(tmp_path, "oeuvre.jpg", "œuvre-.jpg")


def test_files_saved_under_parts_of_addresses_are_found(tmp_path: Path) -> None:
    _make(tmp_path, "x%20y.jpg", "a+b.jpg", "c+d.jpg", "c d.jpg")
    assert [_find(tmp_path, name) for name in ("x y.jpg", "a b.jpg", "c d.jpg", "c+d.jpg")] == [
        "~x%20y.jpg", "~a+b.jpg", "c d.jpg", "c+d.jpg",
    ]  # fmt: skip


def test_nothing_is_found_outside(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    _make(tmp_path, "secret.jpg", "beyond/hidden.jpg", "inside/a.jpg", "inside/.cache/kept.jpg")
    (inside / "way").symlink_to(tmp_path / "beyond")
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    (inside / "round").symlink_to(inside)
    for text in ("secret.jpg", "hidden.jpg", "x/link.jpg", "kept.jpg"):
        assert _find(inside, text).startswith(("missing_file", "outside_folder")), text
    assert _find(inside, "way/hidden.jpg").startswith("outside_folder")
    assert _find(inside, "../secret.jpg").startswith("outside_folder")


@pytest.mark.parametrize(
    "text",
    ["file://server/share/a.jpg", "file:////server/share/a.jpg", "%5C%5Cserver%5Cshare%5Ca.jpg", "//server/a.jpg"],
)
def test_a_share_on_the_network_is_never_looked_for(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a file here that has the same name is found."""
    _make(tmp_path, "images/a.jpg")
    looked: list[str] = []
    is_file = os.path.isfile
    monkeypatch.setattr(os.path, "isfile", lambda path: looked.append(str(path)) or is_file(path))
    assert _find(tmp_path, text) == "~images/a.jpg"
    assert all(path.startswith(str(tmp_path)) for path in looked)
    os.rename(tmp_path / "images" / "a.jpg", tmp_path / "images" / "b.jpg")
    assert _find(tmp_path, text).startswith("outside_folder: a share on the network")


def test_files_are_found_only_in_the_folders_of_the_inputs(tmp_path: Path) -> None:
    _make(tmp_path, "mine/a.jpg", "private/b.jpg", "private/c.jpg")
    finder = FileFinder(ImagePlaces(tmp_path, homes=("mine",)))
    assert isinstance(finder.find("x/a.jpg"), FoundFile)
    assert finder.find("mine/b.jpg") == NoFile("missing_file", "there is no file mine/b.jpg")
    for text in ("private/b.jpg", str(tmp_path / "private/b.jpg"), "mine/../private/c.jpg"):
        found = finder.find(text)
        assert isinstance(found, NoFile) and found.reason == "outside_folder"


def test_folders_are_listed_once_and_only_when_a_path_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path, "images/a.jpg")
    listed: list[Path] = []
    list_files = folders.list_files
    monkeypatch.setattr(file_names, "list_files", lambda folder: listed.append(folder) or list_files(folder))
    finder = FileFinder(ImagePlaces(tmp_path))
    assert isinstance(finder.find("images/a.jpg"), FoundFile) and not listed
    for number in range(30):
        finder.find(f"{number}.jpg")
    assert len(listed) == 1


def test_a_folder_too_large_to_be_sure_of_a_name_finds_nothing_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _make(tmp_path, "images/a.jpg", *(f"more/{number}.jpg" for number in range(20)))
    monkeypatch.setattr(file_names, "list_files", lambda folder: folders.list_files(folder, most=10))
    assert _find(tmp_path, "a.jpg") == "missing_file: there is no file a.jpg"
    assert _find(tmp_path, "images/a.jpg") == "images/a.jpg"


def test_many_files_of_one_name_are_not_compared(tmp_path: Path) -> None:
    _make(tmp_path, *(f"{number}/1.jpg" for number in range(150)))
    assert _find(tmp_path, "149/x/1.jpg").endswith("150 files have this name")


@given(st.text(max_size=40))
def test_any_text_finds_nothing_or_a_file_inside(text: str) -> None:
    found = FileFinder(ImagePlaces(Path(__file__).parent)).find(text)
    assert isinstance(found, NoFile) or found.path.is_relative_to(Path(__file__).resolve().parent)


def test_paths_start_from_the_folder_that_the_settings_name(tmp_path: Path) -> None:
    """Even if the spreadsheet lies in another one; two spreadsheets may then mean the same file."""
    _make(tmp_path, "images/1.jpg")
    finder = FileFinder(ImagePlaces(tmp_path, starts=("", "a", "b")), ["a/images/1.jpg", "b/images/1.jpg"])
    for text in ("a/images/1.jpg", "b/images/1.jpg", "images/1.jpg"):
        assert finder.find(text) == FoundFile((tmp_path / "images/1.jpg").resolve())
