"""Headers to fields."""

from __future__ import annotations

import pytest

from generator.errors import SettingsError
from generator.spreadsheet import known_headers
from generator.spreadsheet.headers import (
    FIELDS,
    check_mapping,
    choose_columns,
    column_letters,
    describe_missing,
    find_columns,
    is_month_first_header,
    normalise_header,
)

PHANTOMBUSTER = [
    "postUrl",
    "description",
    "commentCount",
    "likeCount",
    "location",
    "pubDate",
    "isSidecar",
    "type",
    "caption",
    "profileUrl",
    "username",
    "fullName",
    "imgUrl",
    "postId",
    "timestamp",
    "query",
]
CROWDTANGLE = [
    "Account", "User Name", "Followers at Posting", "Post Created", "Post Created Date", "Post Created Time", "Type",
    "Total Interactions", "Likes", "Comments", "Views", "URL", "Link", "Photo", "Title", "Description", "Image Text",
]  # fmt: skip
APIFY = [
    "id",
    "shortCode",
    "timestamp",
    "caption",
    "type",
    "url",
    "ownerUsername",
    "ownerFullName",
    "displayUrl",
    "images/0",
    "videoUrl",
    "alt",
    "likesCount",
    "commentsCount",
    "hashtags/0",
]
META = [
    "Post ID", "Account ID", "Account username", "Account name", "Description", "Duration (sec)", "Publish time",
    "Permalink", "Post type", "Data comment", "Date", "Views", "Reach", "Likes", "Shares", "Comments", "Saves",
]  # fmt: skip
GRAPH = [
    "id",
    "caption",
    "media_type",
    "media_url",
    "thumbnail_url",
    "permalink",
    "timestamp",
    "username",
    "like_count",
    "comments_count",
]
FRENCH = ["Marque", "Vignette", "Légende", "Mentions J’aime", "Nombre de commentaires", "Date de publication", "Lien"]


def chosen_headers(headers: list[str], empty: tuple[str, ...] = ()) -> dict[str, str]:
    filled = {index: 0 if header in empty else 1 for index, header in enumerate(headers)}
    chosen = choose_columns(find_columns(headers, {}), filled)
    return {field: headers[columns[0]] for field, columns in chosen.items()}


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (PHANTOMBUSTER, "fullName imgUrl description likeCount commentCount pubDate postUrl"),
        (CROWDTANGLE, "Account|Photo|Description|Likes|Comments|Post Created|URL"),
        (APIFY, "ownerFullName displayUrl caption likesCount commentsCount timestamp url"),
        (GRAPH, "username thumbnail_url caption like_count comments_count timestamp permalink"),
        (FRENCH, "|".join(FRENCH)),
    ],
)
def test_the_headers_of_exports(headers: list[str], expected: str) -> None:
    names = expected.split("|") if "|" in expected else expected.split()
    assert chosen_headers(headers) == dict(zip(FIELDS, names, strict=True))


def test_the_first_preferred_column_that_is_not_empty_is_taken() -> None:
    assert chosen_headers(PHANTOMBUSTER, empty=("description",))["caption"] == "caption"
    assert chosen_headers(APIFY, empty=("displayUrl", "ownerFullName")) | {} == {
        **chosen_headers(APIFY),
        "thumbnail": "images/0",
        "brand": "ownerUsername",
    }
    assert chosen_headers(["Brand", "Caption", "Image"], empty=("Caption",))["caption"] == "Caption"


def test_images_of_films_and_of_photographs_complete_each_other() -> None:
    chosen = choose_columns(find_columns(GRAPH, {}), dict.fromkeys(range(len(GRAPH)), 1))
    assert [GRAPH[column] for column in chosen["thumbnail"]] == ["thumbnail_url", "media_url"]


def test_an_export_without_images_says_so() -> None:
    found = find_columns(META, {})
    assert "thumbnail" not in found
    what, hint = describe_missing(["thumbnail"], META, {})
    assert "thumbnail" in what
    assert "Meta Business Suite" in hint
    assert "Publish time" in hint
    assert is_month_first_header("Publish time")
    assert META[found["published"][0][0]] == "Publish time"  # `Date` says Lifetime


@pytest.mark.parametrize(
    "header", ["J'aime", "j’aime ", "J AIME", "Nombre de J'aime", "NB_LIKES", "Likes (count)", "like-count"]
)
def test_case_accents_and_punctuation_do_not_matter(header: str) -> None:
    assert "likes" in find_columns([header], {})


def test_normalised() -> None:
    assert normalise_header(" Légende n° 2 ") == "legenden2"
    assert normalise_header("images/0") == normalise_header("images[0]") == "images0"


@pytest.mark.parametrize("field", FIELDS)
def test_every_known_header_is_matched_as_it_is_written(field: str) -> None:
    for group in known_headers.HEADERS[field]:
        for header in group:
            assert find_columns([header], {}) == {field: [[0]]}, header


def test_no_header_is_known_for_two_fields() -> None:
    fields: dict[str, str] = {}
    for field, groups in known_headers.HEADERS.items():
        for name in {normalise_header(header) for group in groups for header in group}:
            assert fields.setdefault(name, field) == field, name


def test_mapped_headers_win_and_serve_no_other_field() -> None:
    found = find_columns(["Pic", "URL", "Brand", "brand"], {"thumbnail": "URL", "brand": "brand"})
    assert found["thumbnail"] == [[1]]
    assert "permalink" not in found
    assert found["brand"] == [[3]]
    assert find_columns(["Ma Pic!"], {"thumbnail": "ma pic"})["thumbnail"] == [[0]]
    assert "thumbnail" not in find_columns(["Thumbnail"], {"thumbnail": "Pic"})


def test_a_mapping_of_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(SettingsError) as caught:
        check_mapping({"brnd": "A"})
    assert "brand" in caught.value.hint


def test_the_nearest_header_is_named() -> None:
    _, hint = describe_missing(["brand", "thumbnail"], ["Brnad", "Post image link", "Likes"], {})
    assert 'brand = "Brnad"' in hint
    assert 'thumbnail = "Post image link"' in hint


@pytest.mark.parametrize(
    ("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA"), (16383, "XFD")]
)
def test_column_letters(index: int, letters: str) -> None:
    assert column_letters(index) == letters
