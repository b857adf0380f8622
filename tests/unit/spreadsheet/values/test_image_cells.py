"""The images that one cell names, in every notation that people and exports use."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.values.addresses import cell_address, find_link_texts, read_permalink
from generator.spreadsheet.values.cells import Cell, LinkedText
from generator.spreadsheet.values.image_cells import split_images


@pytest.mark.parametrize(
    ("cell", "images"),
    [
        (None, []),
        ("  ", []),
        ("a.jpg", ["a.jpg"]),
        (12, ["12"]),
        ("a.jpg,b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg; b.png ;c.webp", ["a.jpg", "b.png", "c.webp"]),
        ("images/a.jpg | images/b.jpg", ["images/a.jpg", "images/b.jpg"]),
        ("a.jpg\nb.jpg\r\nc.jpg\n", ["a.jpg", "b.jpg", "c.jpg"]),
        ("a.jpg\tb.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg b.jpg", ["a.jpg", "b.jpg"]),
        ("my pic.jpg", ["my pic.jpg"]),
        ("Dior, spring.jpg", ["Dior, spring.jpg"]),
        ("images/a|images/b", ["images/a|images/b"]),
        ("a.jpg,a.jpg", ["a.jpg"]),
        ('["a.jpg", "b.jpg"]', ["a.jpg", "b.jpg"]),
        ("['https://a.test/1', 'https://a.test/2']", ["https://a.test/1", "https://a.test/2"]),
        ("[https://a.test/1, https://a.test/2]", ["https://a.test/1", "https://a.test/2"]),
        ("{https://a.test/1,https://a.test/2}", ["https://a.test/1", "https://a.test/2"]),
        ('[{"id": 1, "url": "https://a.test/1"}]', ["https://a.test/1"]),
        ("[{'id': 1, 'url': 'https://a.test/1'}]", ["https://a.test/1"]),
        ("[1] look.jpg", ["[1] look.jpg"]),
        ("[draft]", ["[draft]"]),
        ("https://a.test/1.jpg https://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("https://a.test/w_1,h_2/1.jpg,https://a.test/2", ["https://a.test/w_1,h_2/1.jpg", "https://a.test/2"]),
        ("https://a.test/?f=1,2;3|4", ["https://a.test/?f=1,2;3|4"]),
        ("https://a.test/?u=https://b.test/1.jpg", ["https://a.test/?u=https://b.test/1.jpg"]),
        ("https://a.test/a\n/b.jpg", ["https://a.test/a/b.jpg"]),
        ("https://a.test/1 320w, https://a.test/2 1080w", ["https://a.test/2"]),
        ("https://a.test/?a=1&amp;b=2&amp;amp;c=3&#38;d", ["https://a.test/?a=1&b=2&c=3&d"]),
        ("https:\\/\\/a.test\\/1.jpg?a\\u0026b", ["https://a.test/1.jpg?a&b"]),
        ("R&amp;B.jpg", ["R&amp;B.jpg"]),
        ("<https://a.test/1>", ["https://a.test/1"]),
        ("![x](https://a.test/1_(2).jpg)", ["https://a.test/1_(2).jpg"]),
        ('[View](https://a.test/1.jpg "title")', ["https://a.test/1.jpg"]),
        ('<img alt="" src="https://a.test/1.jpg?a=1&amp;b=2"/>', ["https://a.test/1.jpg?a=1&b=2"]),
        ('<a href="https://a.test/p"><img src="https://a.test/1.jpg"></a>', ["https://a.test/1.jpg"]),
        ("url('https://a.test/1.jpg')", ["https://a.test/1.jpg"]),
        ('"https://a.test/1.jpg"', ["https://a.test/1.jpg"]),
        ("“a.jpg”", ["a.jpg"]),
        ('=IMAGE("https://a.test/1.jpg"; 1)', ["https://a.test/1.jpg"]),
        ('=HYPERLINK("https://a.test/1.jpg";"View")', ["https://a.test/1.jpg"]),
        ('=LIEN_HYPERTEXTE("https://a.test/1.jpg";"Voir")', ["https://a.test/1.jpg"]),
        ('=BILD("https://a.test/1.jpg")', ["https://a.test/1.jpg"]),
        ('=SIERREUR(IMAGE("https://a.test/1.jpg");"")', ["https://a.test/1.jpg"]),
        ("- https://a.test/1.jpg\n- https://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("1) https://a.test/1 2) https://a.test/2", ["https://a.test/1", "https://a.test/2"]),
        ("1. https://a.test/1\n2. https://a.test/2", ["https://a.test/1", "https://a.test/2"]),
        ("• a.jpg\n• b.jpg", ["a.jpg", "b.jpg"]),
        ("1. a.jpg", ["1. a.jpg"]),
        ("Image: https://a.test/1.jpg", ["https://a.test/1.jpg"]),
        ("voir https://a.test/1 et https://a.test/2", ["https://a.test/1", "https://a.test/2"]),
        ("https://a.test/1.jpg::https://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("https://a.test/1.jpghttps://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("https://a.test/1.jpg.", ["https://a.test/1.jpg"]),
        ("a.jpg,", ["a.jpg"]),
        ("[img]https://a.test/1.jpg[/img]", ["https://a.test/1.jpg"]),
        ("a (1).jpg (https://a.test/1),b.jpg (https://a.test/2)", ["https://a.test/1", "https://a.test/2"]),
        ('{"images": [{"url": "a.jpg"}, {"url": "b.jpg"}]}', ["a.jpg", "b.jpg"]),
        ('[{"id": 1, "imageUrl": "a.jpg"}, {"id": 2, "imageUrl": "b.jpg"}]', ["a.jpg", "b.jpg"]),
        ('{"candidates": [{"width": 9, "url": "a.jpg"}, {"width": 1, "url": "b.jpg"}]}', ["a.jpg"]),
        ('{"note": "none"}', ['{"note": "none"}']),
        ("www.a.test/1.jpg", ["https://www.a.test/1.jpg"]),
        ("scontent.cdninstagram.com/v/1.jpg?a=1", ["https://scontent.cdninstagram.com/v/1.jpg?a=1"]),
        ("www/1.jpg", ["www/1.jpg"]),
        ("javascript:alert(1)", ["javascript:alert(1)"]),
        ("javascript:go('https://a.test/1.jpg')", ["javascript:go('https://a.test/1.jpg')"]),
        # what people and exports write around names and addresses
        ("look.jpg (https://a.test/1.jpg), b.jpg (https://a.test/2)", ["https://a.test/1.jpg", "https://a.test/2"]),
        (
            "Photo 1 : https://a.test/1.jpg\nPhoto 2 : https://a.test/2.jpg",
            ["https://a.test/1.jpg", "https://a.test/2.jpg"],
        ),
        ("1) https://a.test/1.jpg\n2) https://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("https://a.test/1 et https://a.test/2.", ["https://a.test/1", "https://a.test/2"]),
        ("https://a.test/1.jpg (1080x1350)", ["https://a.test/1.jpg"]),
        ("(https://a.test/1.jpg)", ["https://a.test/1.jpg"]),
        ("https://a.test/1_(2).jpg", ["https://a.test/1_(2).jpg"]),
        ("https://a.test/1.jpghttps://a.test/2.jpg", ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        ("a.jpg, https://a.test/2.jpg", ["a.jpg", "https://a.test/2.jpg"]),
        ("[img]https://a.test/1.jpg[/img]", ["https://a.test/1.jpg"]),
        ("- a.jpg\n- b.jpg", ["a.jpg", "b.jpg"]),
        ("1. a.jpg\n2. b.jpg", ["a.jpg", "b.jpg"]),
        ("1. look.jpg", ["1. look.jpg"]),
        ("a.jpg::b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg + b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg et b.jpg", ["a.jpg", "b.jpg"]),
        ("Tom & Jerry.jpg", ["Tom & Jerry.jpg"]),
        ("a.jpg，b.jpg，c.jpg", ["a.jpg", "b.jpg", "c.jpg"]),
        ("a.jpg<br>b.jpg", ["a.jpg", "b.jpg"]),
        ("a.jpg\\nb.jpg", ["a.jpg", "b.jpg"]),
        ("C:\\new\\a.jpg", ["C:\\new\\a.jpg"]),
        ("https://a.test/1\\nhttps://a.test/2", ["https://a.test/1", "https://a.test/2"]),
        ("a.jpg;", ["a.jpg"]),
        ("'a.jpg", ["a.jpg"]),
        ("film.mp4, a.jpg", ["a.jpg", "film.mp4"]),
        ("www.a.test/1.jpg", ["https://www.a.test/1.jpg"]),
        ("<img src=https://a.test/1.jpg>", ["https://a.test/1.jpg"]),
        ("&lt;img src=&quot;https://a.test/1.jpg&quot;&gt;", ["https://a.test/1.jpg"]),
        # lists of any depth
        ('[["https://a.test/1.jpg"],["https://a.test/2.jpg"]]', ["https://a.test/1.jpg", "https://a.test/2.jpg"]),
        (
            '{"images":["https://a.test/1.jpg","https://a.test/2.jpg"]}',
            ["https://a.test/1.jpg", "https://a.test/2.jpg"],
        ),
        ('[{"image":{"url":"https://a.test/1"}}]', ["https://a.test/1"]),
        ('[{"title":"x","file":"a.jpg"}]', ["a.jpg"]),
        ('"[""https://a.test/1.jpg""]"', ["https://a.test/1.jpg"]),
        # nothing
        ("[]", []),
        ("[null]", []),
        ("N/A", []),
        ("#REF!", []),
        # formulas as other languages and hands write them
        ('=BILD("https://a.test/1.jpg")', ["https://a.test/1.jpg"]),
        ('=LIEN_HYPERTEXTE("https://a.test/1.jpg";"Voir")', ["https://a.test/1.jpg"]),
        ('=HIPERVÍNCULO("https://a.test/1.jpg")', ["https://a.test/1.jpg"]),
        ('=WENNFEHLER(BILD("https://a.test/1.jpg");"")', ["https://a.test/1.jpg"]),
        ("=IMAGE(“https://a.test/1.jpg”)", ["https://a.test/1.jpg"]),
        ("=IMAGE(https://a.test/1.jpg)", ["https://a.test/1.jpg"]),
        ('=IMAGE("https://a.test/"&B1)', ['=IMAGE("https://a.test/"&B1)']),
    ],
)
def test_notations(cell: Cell, images: list[str]) -> None:
    assert split_images(cell) == images


@pytest.mark.parametrize(
    ("cell", "images"),
    [
        ("//a.example/b.jpg?c=d", ["https://a.example/b.jpg?c=d"]),
        ('["//a.example/b.jpg", "//a.example/c.jpg"]', ["https://a.example/b.jpg", "https://a.example/c.jpg"]),
        ("//a.example/b.jpg, //a.example/c.jpg", ["https://a.example/b.jpg", "https://a.example/c.jpg"]),
        ('<img src="//a.example/b.jpg">', ["https://a.example/b.jpg"]),
        ("//server/share/b.jpg", ["//server/share/b.jpg"]),
        ("https://a.example//b.example/c.jpg", ["https://a.example//b.example/c.jpg"]),
    ],
)
def test_addresses_without_their_scheme_are_https(cell: str, images: list[str]) -> None:
    assert split_images(cell) == images


def test_an_image_written_out_is_not_taken_apart() -> None:
    (image,) = split_images("data:image/png;base64," + "QUJD,;|" * 100_000)
    assert image.startswith("data:image/png") and len(image) <= 100


@pytest.mark.parametrize(
    ("text", "address", "used"),
    [
        ("View", "https://a.test/1.jpg", "https://a.test/1.jpg"),
        # a link often is that of an earlier text
        ("https://a.test/new", "https://a.test/old", "https://a.test/new"),
        ("https://a.test/ne…", "https://a.test/new", "https://a.test/new"),
        ("1.jpg", "https://a.test/1.jpg", "https://a.test/1.jpg"),
        ("images/1.jpg", "file:///C:/old/1.jpg", "images/1.jpg"),
        ("https://a.test/page", "#xl/media/image1.png", "#xl/media/image1.png"),
        ("", "#xl/media/image1.png", "#xl/media/image1.png"),
    ],
)
def test_the_text_or_the_address_behind_it(text: str, address: str, used: str) -> None:
    assert cell_address(LinkedText(text, address)) == used
    assert split_images(LinkedText(text, address)) == [used]


def test_pictures_of_one_cell_are_on_lines() -> None:
    cell = LinkedText("", "#xl/media/1.emf\n#xl/media/2.png")
    assert split_images(cell) == ["#xl/media/1.emf", "#xl/media/2.png"]


def test_a_permalink_behind_a_text() -> None:
    assert (
        read_permalink(LinkedText("post 1", "https://www.instagram.com/p/abc/")) == "https://www.instagram.com/p/abc/"
    )
    assert read_permalink('=HYPERLINK("https://www.instagram.com/p/abc/","x")') == "https://www.instagram.com/p/abc/"
    with pytest.raises(ValueError, match="not a web address"):
        read_permalink(LinkedText("post 1", "mailto:a@b.test"))


def test_what_links_are_called() -> None:
    assert find_link_texts(["Voir la photo"] * 3 + ["View"] * 2 + ["1.jpg"] * 5 + ["images/a"] * 5 + ["DSC_1"] * 5) == {
        "Voir la photo"
    }


@pytest.mark.parametrize(
    "text",
    [
        "a " * 300_000,
        "[" * 1_000_000,
        "[" + "-" * 100_000 + "]",
        "<img " * 200_000,
        "url(" + " " * 1_000_000,
        "![" * 300_000 + "](" * 300_000,
        "=IMAGE(" * 200_000,
        "['" * 300_000 + "]",
        "\\" * 1_000_000,
        "x (" * 300_000,
        "[img" * 300_000,
        "- " * 300_000,
        '{"a":' * 5_000 + "1" + "}" * 5_000,
    ],
)
def test_hostile_cells_give_one_address(text: str) -> None:
    assert len(split_images(text)) <= 1


def test_a_million_addresses_give_a_hundred() -> None:
    assert len(split_images("\n".join(f"https://a.test/{n}" for n in range(1_000_000)))) == 100
    assert len(split_images(json.dumps([f"{n}.jpg" for n in range(5000)]))) == 100


@given(st.text())
def test_any_text_gives_clean_addresses(text: str) -> None:
    for image in split_images(text):
        assert image and image == image.strip() and "\n" not in image


@given(
    st.lists(st.from_regex(r"https://a\.test/[a-z0-9/]{1,20}\.jpg", fullmatch=True), min_size=1, unique=True),
    st.sampled_from([",", ", ", ";", "|", " | ", "\n", " ", "\t"]),
)
def test_urls_joined_by_any_mark_come_apart_again(urls: list[str], mark: str) -> None:
    assert split_images(mark.join(urls)) == urls[:100]
