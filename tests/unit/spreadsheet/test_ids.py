"""Ids that stay."""

from __future__ import annotations

import random
import re

from hypothesis import given
from hypothesis import strategies as st

from generator.spreadsheet.ids import PostKey, name_posts

INSTAGRAM = "https://www.instagram.com/p/"

keys = st.builds(
    PostKey,
    brand=st.sampled_from(["A", "B", "É"]),
    thumbnail=st.one_of(st.sampled_from(["a/1.jpg", "b/1.jpg", "https://x.example/1.jpg?a=1"]), st.text(max_size=5)),
    permalink=st.one_of(
        st.none(),
        st.sampled_from(["AbC", "aBc", "-_-"]).map(lambda code: f"{INSTAGRAM}{code}/"),
        st.just("https://x.example/p/1"),
    ),
)


@given(st.lists(keys, unique=True, max_size=40), st.randoms(use_true_random=False))
def test_ids_are_safe_distinct_and_blind_to_order(table: list[PostKey], shuffle: random.Random) -> None:
    ids = name_posts(table)
    assert all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in ids)
    assert len({name.lower() for name in ids}) == len(table)
    by_key = dict(zip(table, ids, strict=True))
    shuffle.shuffle(table)
    assert dict(zip(table, name_posts(table), strict=True)) == by_key


def test_other_rows_do_not_matter() -> None:
    table = [PostKey(f"Brand {i % 3}", f"images/{i}.jpg", f"{INSTAGRAM}C{i}/" if i % 2 else None) for i in range(200)]
    ids = dict(zip(table, name_posts(table), strict=True))
    some = [*table[::3], PostKey("New", "images/new.jpg", None)]
    assert all(ids.get(key, name) == name for key, name in zip(some, name_posts(some), strict=True))


def test_the_shortcode_is_in_the_id() -> None:
    for link in ("https://www.instagram.com/p/DAbc_-9/", "https://instagram.com/house/reel/DAbc_-9?igsh=1"):
        assert name_posts([PostKey("A", "x.jpg", link)])[0].startswith("DAbc_-9-")


def test_a_new_export_of_the_same_post_has_the_same_id() -> None:
    first = PostKey("A", "https://cdn-1.example/v/t51/99_n.jpg?sig=1", INSTAGRAM + "Abc/")
    later = PostKey("a", "https://cdn-2.example/v/t52/99_n.jpg?sig=2", INSTAGRAM + "Abc/")
    assert name_posts([first]) == name_posts([later])


def test_images_of_one_post_keep_their_ids_when_others_join() -> None:
    one, two = (PostKey("A", f"https://cdn.example/{i}.jpg?s=1", INSTAGRAM + "Abc/") for i in (1, 2))
    assert name_posts([one, two])[0] == name_posts([one])[0]
    assert len(set(name_posts([one, two]))) == 2
