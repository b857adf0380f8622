"""What a report is made from: files, patterns and folders, and what is said of the rest."""

from __future__ import annotations

import json
import lzma
import os
import pickle
import zipfile
from collections.abc import Collection
from datetime import date, datetime
from pathlib import Path

import pytest

from generator import folders
from generator.collection.image_places import find_places
from generator.errors import SpreadsheetError
from generator.images.file_finder import FileFinder, FoundFile, NoFile
from generator.settings import FetchSettings, ReadSettings, Settings
from generator.spreadsheet import sources
from generator.spreadsheet.formats.image_folders import read_name_date
from generator.spreadsheet.posts import PostTable
from generator.spreadsheet.reader import read_posts
from generator.spreadsheet.source_tables import open_source
from generator.spreadsheet.sources import Inputs, find_inputs

CSV = "Brand,Image\nDior,{}\n"


def _make(folder: Path, *names: str, text: str = "x") -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _names(inputs: Inputs) -> dict[str, str]:
    return {source.name: source.kind for source in inputs.sources}


def _read(*paths: Path, **settings: str) -> PostTable:
    return read_posts(find_inputs(paths), ReadSettings(**settings))  # type: ignore[arg-type]


def _rows(inputs: Inputs, **settings: str) -> list[tuple[object, ...]]:
    """The cells of the one table of the one source, without its headers."""
    (table,) = open_source(inputs.sources[0], len, ReadSettings(**settings))  # type: ignore[arg-type]
    return [tuple(cells) for _, cells in table.rows()][1:]


def test_files_in_several_folders_have_names_and_folders_from_the_common_one(tmp_path: Path) -> None:
    _make(tmp_path, "a/x.csv", "b/c/y.csv", text=CSV.format("images/1.jpg"))
    inputs = find_inputs([tmp_path / "a/x.csv", tmp_path / "b/c/y.csv"])
    assert inputs.folder == tmp_path.resolve()
    assert [(source.name, source.folder) for source in inputs.sources] == [("a/x.csv", "a"), ("b/c/y.csv", "b/c")]
    assert inputs.homes == ("a", "b/c")
    assert inputs.containers == {"a/x.csv": tmp_path / "a/x.csv", "b/c/y.csv": tmp_path / "b/c/y.csv"}
    assert [post.thumbnail for post in _read(tmp_path / "a/x.csv", tmp_path / "b/c/y.csv").posts] == [
        "a/images/1.jpg",
        "b/c/images/1.jpg",
    ]


@pytest.mark.parametrize(
    "address",
    ["https://x.example/1.jpg", "/data/1.jpg", "C:\\images\\1.jpg", "\\\\server\\1.jpg", "file:///data/1.jpg"],
)
def test_only_paths_start_from_the_folder_of_their_file(tmp_path: Path, address: str) -> None:
    _make(tmp_path, "a/x.csv", text=CSV.format(address))
    _make(tmp_path, "b/y.csv", text=CSV.format("1.jpg"))
    assert [post.thumbnail for post in _read(tmp_path / "a/x.csv", tmp_path / "b/y.csv").posts] == [address, "b/1.jpg"]


@pytest.mark.parametrize("address", ["../private/1.jpg", "images/../../private/1.jpg", "..\\private\\1.jpg"])
def test_a_path_that_leaves_the_inputs_folders_is_not_followed(tmp_path: Path, address: str) -> None:
    _make(tmp_path, "a/x.csv", text=CSV.format(address))
    _make(tmp_path, "b/y.csv", text=CSV.format("1.jpg"))
    _make(tmp_path, "private/1.jpg", "c/1.jpg")
    inputs = find_inputs([tmp_path / "a/x.csv", tmp_path / "b/y.csv"])
    for post in read_posts(inputs, ReadSettings()).posts[:1]:
        found = FileFinder(find_places(inputs, Settings())).find(post.thumbnail)
        assert isinstance(found, NoFile) and found.reason == "outside_folder"


def test_following_the_hint_finds_what_lies_beside_the_spreadsheets_folder(tmp_path: Path) -> None:
    _make(tmp_path, "data/x.csv", text=CSV.format("../images/1.jpg"))
    _make(tmp_path, "images/1.jpg")
    image = (tmp_path / "images/1.jpg").resolve()
    alone = find_inputs([tmp_path / "data/x.csv"])
    assert isinstance(FileFinder(find_places(alone, Settings())).find("../images/1.jpg"), NoFile)
    hinted = Settings(fetch=FetchSettings(images_root=tmp_path))
    assert FileFinder(find_places(alone, hinted)).find("../images/1.jpg") == FoundFile(image, True, True)
    whole = find_inputs([tmp_path])
    (post,) = read_posts(whole, ReadSettings()).posts
    assert FileFinder(find_places(whole, Settings())).find(post.thumbnail) == FoundFile(image)


def test_a_file_named_twice_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path, "a/x.csv", text=CSV.format("1.jpg"))
    monkeypatch.chdir(tmp_path)
    assert len(find_inputs([Path("a/x.csv"), Path("a/../a/x.csv"), tmp_path / "a/x.csv"]).sources) == 1
    assert _names(find_inputs([Path("a"), Path("a/x.csv")])) == {"x.csv": "file"}


def test_a_pattern_that_no_shell_replaced_names_files(tmp_path: Path) -> None:
    _make(tmp_path, "b.csv", "a.csv", "notes.txt")
    assert list(_names(find_inputs([tmp_path / "*.csv"]))) == ["a.csv", "b.csv"]
    with pytest.raises(SpreadsheetError, match="no file that fits"):
        find_inputs([tmp_path / "*.xlsx"])
    _make(tmp_path, "posts [1].csv")
    assert list(_names(find_inputs([tmp_path / "posts [1].csv"]))) == ["posts [1].csv"]


def test_standard_input_is_not_read() -> None:
    with pytest.raises(SpreadsheetError, match="standard input"):
        find_inputs([Path("-")])


def test_folders_on_different_drives_have_nothing_in_common(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(paths: object) -> str:
        raise ValueError("Paths don't have the same drive")

    monkeypatch.setattr(os.path, "commonpath", refuse)
    _make(tmp_path, "a.csv")
    with pytest.raises(SpreadsheetError, match="nothing in common"):
        find_inputs([tmp_path / "a.csv"])


def test_a_folder_stands_for_its_spreadsheets(tmp_path: Path) -> None:
    _make(tmp_path, "a.csv", "2025/b.xlsx", "2025/q1/c.json", "images/1.jpg", "notes.docx", "brandscape.toml")
    _make(
        tmp_path, "~$b.xlsx", ".hidden.csv", ".DS_Store", "__MACOSX/._a.csv", "Thumbs.db", ".git/x.csv", "desktop.ini"
    )
    inputs = find_inputs([tmp_path])
    assert _names(inputs) == {"2025/b.xlsx": "file", "2025/q1/c.json": "file", "a.csv": "file"}
    assert [notice.text for notice in inputs.notices] == [f"{tmp_path.name}: files not read: 1, such as notes.docx."]
    assert (inputs.name, inputs.homes, inputs.images) == (tmp_path.name, ("",), ("images/1.jpg",))
    assert [source.folder for source in inputs.sources] == ["2025", "2025/q1", ""]


def test_a_report_in_a_folder_is_no_input(tmp_path: Path) -> None:
    _make(
        tmp_path, "posts.csv", "site/index.html", "site/data/manifest.json", "site/data/posts.csv", "site/images/1.jpg"
    )
    assert list(_names(find_inputs([tmp_path]))) == ["posts.csv"]


def test_a_text_is_a_table_only_if_it_looks_like_one(tmp_path: Path) -> None:
    _make(tmp_path, "readme.txt", text="The images, in two folders.\nAsk Anna, or me, or them.\n")
    _make(tmp_path, "export.txt", text="Brand\tImage\nDior\t1.jpg\n")
    (tmp_path / "wide.txt").write_bytes("Brand\tImage\r\nDior\t1.jpg\r\n".encode("utf-16"))
    inputs = find_inputs([tmp_path])
    assert list(_names(inputs)) == ["export.txt", "wide.txt"]
    assert "readme.txt" in inputs.notices[0].text


def test_folders_of_images_are_brands(tmp_path: Path) -> None:
    root = tmp_path / "dossier"
    _make(root, "Dior/2.jpg", "Dior/10.JPG", "images/Côté Vermeil/2025/a.heic", "images/b.png", "Dior/film.psd")
    inputs = find_inputs([root])
    assert _names(inputs) == {"dossier": "images"}
    assert _rows(inputs) == [
        ("Dior", "Dior/2.jpg", None, None),
        ("Dior", "Dior/10.JPG", None, None),
        ("Côté Vermeil", "images/Côté Vermeil/2025/a.heic", None, None),
        ("dossier", "images/b.png", None, None),
    ]
    assert ("Lune", "images/b.png", None, None) in _rows(inputs, brand="Lune")
    assert [notice.values["examples"] for notice in inputs.notices] == ["Dior/film.psd"]


def test_images_without_an_ending_are_told_by_how_they_begin(tmp_path: Path) -> None:
    _make(tmp_path, "Dior/2", "Dior/3.part")
    (tmp_path / "Dior/1").write_bytes(b"\x89PNG\r\n\x1a\n")
    inputs = find_inputs([tmp_path])
    assert [row[1] for row in _rows(inputs)] == ["Dior/1"]
    assert [notice.values["examples"] for notice in inputs.notices] == ["Dior/2, Dior/3.part"]


def test_conversations_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    _make(tmp_path, "Dior/1.jpg", "messages/inbox/anna_1/photos/2.jpg", "messages/inbox/anna_1/message_1.json")
    inputs = find_inputs([tmp_path])
    assert [row[1] for row in _rows(inputs)] == ["Dior/1.jpg"] and not inputs.notices


def test_films_without_a_still_are_posts(tmp_path: Path) -> None:
    _make(tmp_path, "Dior/a.jpg", "Dior/a.MOV", "Dior/b.mp4")  # a.MOV is the film of a live photograph
    inputs = find_inputs([tmp_path])
    assert [row[1] for row in _rows(inputs)] == ["Dior/a.jpg", "Dior/b.mp4"] and not inputs.notices
    _make(tmp_path, "posts.csv")
    assert [notice.values["examples"] for notice in find_inputs([tmp_path]).notices] == ["Dior/b.mp4"]


def test_folders_below_a_brand_are_a_field(tmp_path: Path) -> None:
    _make(tmp_path, *(f"{brand}/{part}/{n}.jpg" for brand in "AB" for part in ("Été", "2025", "Soie/2") for n in "12"))
    folders = [(post.brand, post.fields) for post in _read(tmp_path).posts]
    assert len(folders) == 12 and len({fields for _, fields in folders}) == 3
    table = read_posts(find_inputs([tmp_path]), ReadSettings(columns={"brand": "Folder"}))
    assert {post.brand for post in table.posts} == {"Été", "Soie"}


def test_what_names_of_images_may_say_and_is_not_read_is_said(tmp_path: Path) -> None:
    root = tmp_path / "veille"
    _make(root, *(f"{brand}_{number}.jpg" for brand in ("dior", "chanel") for number in (1, 2)))
    _make(root, "IMG_20250301_123456.jpg", "look 2025-03-02.jpg", "20250303.jpg", "12345678.jpg")
    texts = {notice.code: notice.text for notice in _read(root).notices}
    assert texts.keys() == {"name_beginnings", "name_dates"}
    assert "veille: 8. Their names begin with chanel, dior." in texts["name_beginnings"]
    assert ": 3, such as 20250303.jpg, IMG_20250301_123456.jpg" in texts["name_dates"]


def test_images_are_only_looked_up_beside_a_spreadsheet(tmp_path: Path) -> None:
    _make(tmp_path, "posts.csv", "Dior/1.jpg", "Chanel/2.jpg")
    assert _names(find_inputs([tmp_path])) == {"posts.csv": "file"}


def test_images_that_no_row_names_are_said(tmp_path: Path) -> None:
    _make(tmp_path, "images/Été 1.jpg", "images/2.jpg", "old/3.jpg")
    _make(tmp_path, "posts.csv", text="Brand,Image\nDior,C:\\x\\E\u0301te\u0301%201.JPG\nDior,images/2\n")
    assert [notice.text for notice in _read(tmp_path).notices] == [
        f"{tmp_path.name}: images that no row names, which are not in the report: 1, such as old/3.jpg."
    ]


def test_the_images_of_a_dated_post_are_one_row_with_its_text(tmp_path: Path) -> None:
    stem = "2025-11-02_13-21-00_UTC"
    _make(tmp_path, *(f"Dior/{stem}_{number}.jpg" for number in (1, 2, 10)), f"Dior/{stem}.jpg.bak")
    _make(tmp_path, f"Dior/{stem}.txt", text="Légende ✨")
    _make(tmp_path, "Dior/2020-01-01_00-00-00_UTC_profile_pic.jpg", "Dior/id")
    (row,) = _rows(find_inputs([tmp_path]))
    assert row[0] == "Dior"
    assert json.loads(str(row[1])) == [f"Dior/{stem}_{number}.jpg" for number in (1, 2, 10)]
    assert row[2:] == ("Légende ✨", datetime(2025, 11, 2, 13, 21))


def test_images_with_numbers_alone_are_a_post_each(tmp_path: Path) -> None:
    _make(tmp_path, "Dior/look_1.jpg", "Dior/look_2.jpg", "Dior/look_1.png")
    assert len(_rows(find_inputs([tmp_path]))) == 3


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("2025-11-02_13-21-00_UTC.jpg", datetime(2025, 11, 2, 13, 21)),
        ("2019-01-08 11.24.40 195169_12.jpg", datetime(2019, 1, 8, 11, 24, 40)),
        ("2025-03-01 look.jpg", date(2025, 3, 1)),
        ("2025_03_01.jpg", date(2025, 3, 1)),
        ("2025.03-01.jpg", None),
        ("2025-13-01 look.jpg", None),
        ("0000-01-01.jpg", None),
        ("20250301_123456.jpg", None),
        ("look 2025-03-01.jpg", None),
        ("2025-03-011.jpg", None),
    ],
)
def test_a_date_is_read_only_from_the_beginning_of_a_name(name: str, found: object) -> None:
    assert read_name_date(name) == found


def test_a_folder_of_records_shows_the_images_beside_them(tmp_path: Path) -> None:
    for day, image in ((1, "_1.jpg"), (2, ".jpg"), (3, "")):
        stem = f"inst/dior/2025-03-0{day}_09-30-00_UTC"
        _make(tmp_path, f"{stem}.json", text=json.dumps({"node": {"display_url": f"https://x.example/{day}.jpg"}}))
        _make(tmp_path, *([f"{stem}{image}"] if image else []))
    inputs = find_inputs([tmp_path / "inst"])
    assert _names(inputs) == {"dior": "records"}
    assert [post.thumbnail for post in read_posts(inputs, ReadSettings()).posts] == [
        "dior/2025-03-01_09-30-00_UTC_1.jpg",
        "dior/2025-03-02_09-30-00_UTC.jpg",
        "https://x.example/3.jpg",
    ]


OWN = {
    "your_instagram_activity/media/posts_1.json": [
        {"media": [{"uri": f"media/posts/202503/{number}.jpg", "creation_timestamp": 1740821400, "title": f"{number}"}]}
        for number in (1, 2)
    ],
    "your_instagram_activity/media/stories.json": {"ig_stories": [{"uri": "media/stories/202503/9.jpg"}]},
    "your_instagram_activity/messages/inbox/x/message_1.json": {
        "participants": [{"name": "A"}],
        "messages": [{"sender_name": "A", "content": "private", "photos": [{"uri": "x/photos/3.jpg"}]}],
    },
    "personal_information/personal_information/personal_information.json": {
        "profile_user": [{"string_map_data": {"Name": {"value": "Côté"}, "Username": {"value": "cote"}}}]
    },
    "media/posts/202503/1.jpg": "x",
    "media/posts/202503/2.jpg": "x",
    "media/stories/202503/9.jpg": "x",
    "start_here.html": "x",
}


def _pack(path: Path, names: Collection[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, json.dumps(OWN[name]))


def test_images_called_by_short_codes_belong_to_their_records(tmp_path: Path) -> None:
    for code in ("Cab_1", "Cab"):
        node = {"display_url": f"https://x.example/{code}.jpg", "shortcode": code, "owner": {"username": "dior"}}
        _make(tmp_path, f"dior/{code}.json", text=json.dumps({"node": node}))
        _make(tmp_path, f"dior/{code}_1.jpg", f"dior/{code}_2.jpg")
    _make(tmp_path, "lune/x_1.jpg", "lune/x_2.jpg", "lune/x.txt", text="Légende")
    posts = {post.thumbnail: post.more_images for post in _read(tmp_path / "dior").posts}
    # Cab_1.jpg might be the second post's too, and is not taken from the one that is called so
    assert posts == {"Cab_1.jpg": ("Cab_1_1.jpg", "Cab_1_2.jpg"), "Cab_2.jpg": ()}
    (post,) = _read(tmp_path / "lune").posts
    assert (post.thumbnail, post.more_images, post.caption) == ("x_1.jpg", ("x_2.jpg",), "Légende")


def test_a_folder_of_instaloader_is_read_whole_without_a_warning(tmp_path: Path) -> None:
    account = {"username": "dior", "full_name": "Dior", "edge_followed_by": {"count": 1200}}
    profile = {"node": account, "instaloader": {"node_type": "Profile"}}
    for day in (1, 2):
        stem = f"dior/2025-03-0{day}_09-30-00_UTC"
        node = {"display_url": f"https://x.example/{day}.jpg", "owner": {"username": "dior"}, "is_video": day == 2}
        _make(tmp_path, f"{stem}.json", text=json.dumps({"node": node, "instaloader": {"node_type": "Post"}}))
        _make(tmp_path, f"{stem}.jpg", f"{stem}.txt", f"{stem}_location.txt")
        _make(tmp_path, f"{stem}_comments.json", text="[]")
    _make(tmp_path, f"{stem}.mp4")
    story = "dior/2025-03-03_09-30-00_UTC"
    _make(tmp_path, f"{story}.json", text=json.dumps({"node": {}, "instaloader": {"node_type": "StoryItem"}}))
    _make(tmp_path, f"{story}.jpg")
    with lzma.open(tmp_path / "dior/dior_123456.json.xz", "wb") as file:
        file.write(json.dumps(profile).encode())
    table = _read(tmp_path)
    assert [(post.thumbnail[-9:-4], post.followers) for post in table.posts] == [("0_UTC", 1200)] * 2
    assert not table.refusals
    assert [(notice.code, str(notice.values["names"])) for notice in table.notices] == [("unread_lists", "stories (1)")]
    (tmp_path / "dior/dior_123456.json.xz").unlink()
    _make(tmp_path, "dior/dior_123456.json", text=json.dumps(profile))
    assert [post.followers for post in _read(tmp_path).posts] == [1200, 1200]


def test_stories_alone_are_no_posts(tmp_path: Path) -> None:
    story = "dior/2025-03-03_09-30-00_UTC"
    _make(tmp_path, f"{story}.json", text=json.dumps({"node": {}, "instaloader": {"node_type": "StoryItem"}}))
    _make(tmp_path, f"{story}.jpg")
    with pytest.raises(SpreadsheetError, match=r"dior holds stories \(1\), and no posts"):
        _read(tmp_path)


@pytest.mark.parametrize("start", ["", "instagram-cote-2025-03-02-AbCd/", "a/b/"])
def test_an_account_s_own_archive_that_was_unpacked(tmp_path: Path, start: str) -> None:
    root = tmp_path / "own"
    for name, content in OWN.items():
        _make(root, f"{start}{name}", text=json.dumps(content))
    _make(root, "Dior/1.jpg")
    inputs = find_inputs([root])
    table = read_posts(inputs, ReadSettings())
    assert {post.brand: post.thumbnail for post in table.posts if post.caption != "2"} == {
        "Côté": f"{start}media/posts/202503/1.jpg",
        "Dior": "Dior/1.jpg",
    }
    # nobody's messages, and no warning but of the stories and the repaired text
    assert {notice.code for notice in table.notices} <= {"unread_lists", "repaired_text", "single_posts"}
    digest = inputs.digest
    _make(root, f"{start}your_instagram_activity/media/posts_1.json", text="[]")
    assert find_inputs([root]).digest != digest


def test_an_archive_in_several_parts_is_one(tmp_path: Path) -> None:
    media = {name for name in OWN if name.startswith("media/posts")}
    _pack(tmp_path / "in/own-1.zip", OWN.keys() - media - {"media/stories/202503/9.jpg"})
    _pack(tmp_path / "in/own-2.zip", media)
    both = [tmp_path / "in/own-1.zip", tmp_path / "in/own-2.zip"]
    for paths in ([tmp_path / "in"], both, both[::-1], [*both, tmp_path]):
        inputs = find_inputs(paths)
        start = "in/" if tmp_path in paths else ""
        posts = read_posts(inputs, ReadSettings()).posts
        assert [(post.brand, post.thumbnail) for post in posts] == [
            ("Côté", f"{start}own-2.zip#media/posts/202503/{number}.jpg") for number in (1, 2)
        ]
        assert {inputs.containers[post.thumbnail.partition("#")[0]].name for post in posts} == {"own-2.zip"}
    digest = inputs.digest
    _pack(tmp_path / "in/own-2.zip", [*media, "start_here.html"])
    assert find_inputs(paths).digest != digest


def test_a_folder_without_anything_to_read_says_what_it_has(tmp_path: Path) -> None:
    _make(tmp_path, "notes.docx", "film.psd")
    with pytest.raises(SpreadsheetError, match=r"no spreadsheet and no image. It has film.psd, notes.docx"):
        find_inputs([tmp_path])


def test_links_lead_into_no_other_folder(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    _make(tmp_path, "beyond/secret.csv", "secret.jpg", "inside/a.csv")
    (inside / "way").symlink_to(tmp_path / "beyond")
    (inside / "round").symlink_to(inside)
    (inside / "link.csv").symlink_to(tmp_path / "beyond/secret.csv")
    (inside / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    inputs = find_inputs([inside])
    assert (_names(inputs), inputs.images) == ({"a.csv": "file"}, ())


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_or_a_device_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "posts.csv")
    (tmp_path / "zero.csv").symlink_to("/dev/zero")
    for name in ("posts.csv", "zero.csv"):
        with pytest.raises(SpreadsheetError, match="neither a file nor a folder"):
            find_inputs([tmp_path / name])


def test_a_folder_with_too_much_in_it_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _make(tmp_path, *(f"{number}.jpg" for number in range(30)))
    monkeypatch.setattr(sources, "list_files", lambda folder: folders.list_files(folder, most=20))
    with pytest.raises(SpreadsheetError, match="more than 500,000 files"):
        find_inputs([tmp_path])


def test_a_folder_with_too_many_levels_is_refused(tmp_path: Path) -> None:
    _make(tmp_path, "/".join(["a"] * 40) + "/1.jpg")
    with pytest.raises(SpreadsheetError, match="deep in each other"):
        find_inputs([tmp_path])


def test_the_digest_covers_all_that_is_read(tmp_path: Path) -> None:
    root = tmp_path / "dossier"
    _make(root, "Dior/1.jpg", "Dior/1.txt")
    digests = [find_inputs([root]).digest]
    for name, text in (("Dior/1.txt", "y"), ("Dior/2.jpg", "x"), ("Dior/2.jpg", "xx"), ("notes.docx", "x")):
        _make(root, name, text=text)
        digests.append(find_inputs([root]).digest)
    assert len(set(digests)) == len(digests)
    assert find_inputs([root]).digest == digests[-1]
    _make(root, "posts.csv", text=CSV.format("1.jpg"))
    with_table = find_inputs([root]).digest
    _make(root, "posts.csv", text=CSV.format("2.jpg"))
    assert len({*digests, with_table, find_inputs([root]).digest}) == len(digests) + 2


def test_inputs_go_to_another_process(tmp_path: Path) -> None:
    _make(tmp_path, "Dior/1.jpg")
    inputs = find_inputs([tmp_path])
    assert inputs.containers == {}
    assert pickle.loads(pickle.dumps(inputs)) == inputs
