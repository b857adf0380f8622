"""Rows of one post."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from generator.spreadsheet.post_rows import join_rows
from generator.spreadsheet.posts import Post

CODE = "https://www.instagram.com/p/DC000x/"
NOON = datetime(2025, 3, 1, 12, 0, 7)


def post(row: int, image: str, permalink: str | None = CODE) -> Post:
    return Post(f"p{row}", row, "A", image, "text", 5, None, NOON, permalink)


def test_rows_of_one_short_code_are_one_post_with_all_images() -> None:
    posts, refusals = join_rows([post(2, "a.jpg"), post(3, "b.jpg"), post(4, "c.jpg")])
    assert [(one.thumbnail, one.more_images) for one in posts] == [("a.jpg", ("b.jpg", "c.jpg"))]
    assert [(one.row, one.reason, one.detail) for one in refusals] == [
        (3, "further_image", "of the post on row 2"),
        (4, "further_image", "of the post on row 2"),
    ]


def test_the_same_image_with_another_signature_is_a_duplicate() -> None:
    address = "https://scontent.cdninstagram.com/v/{}/1_n.jpg?oh={}"
    posts, refusals = join_rows([post(2, address.format("t1", 1)), post(3, address.format("t2", 2))])
    assert posts[0].more_images == ()
    assert refusals[0].reason == "duplicate"


def test_without_a_short_code_caption_and_moment_tell_a_post() -> None:
    rows = [post(2, "a.jpg", None), post(3, "b.jpg", None)]
    assert len(join_rows(rows)[0]) == 1
    others = (
        replace(rows[1], caption="other"),
        replace(rows[1], brand="B"),
        replace(rows[1], table=1),
        replace(rows[1], published=NOON.replace(second=8)),
        replace(rows[1], permalink="https://x.example/2"),
    )
    for other in others:
        assert len(join_rows([rows[0], other])[0]) == 2
    # a day alone tells nothing, nor does a moment without a caption
    for change in ({"published": NOON, "precision": "day"}, {"published": datetime(2025, 3, 1)}, {"caption": ""}):
        assert len(join_rows([replace(row, **change) for row in rows])[0]) == 2  # type: ignore[arg-type]
