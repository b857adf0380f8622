"""Which addresses of images are of one image."""

from __future__ import annotations

import pytest

from generator.spreadsheet.image_lists import drop_repeats


@pytest.mark.parametrize(
    "addresses",
    [
        ("https://a.cdninstagram.com/v/1_n.jpg?sig=1", "https://b.cdninstagram.com/t/1_n.jpg?sig=2"),
        ("https://pbs.twimg.com/media/Ab1?name=small", "https://pbs.twimg.com/media/Ab1?name=large"),
        ("https://shop.example/a/1.jpg?w=100", "https://shop.example/a/1.jpg?w=900#top"),
    ],
)
def test_an_image_has_several_addresses(addresses: tuple[str, str]) -> None:
    assert drop_repeats(addresses) == [addresses[0]]


@pytest.mark.parametrize(
    "addresses",
    [
        ("https://shop.example/a/1.jpg", "https://shop.example/b/1.jpg"),
        ("https://shop.example/image?id=1", "https://shop.example/image?id=2"),
        ("https://external.fbcdn.net/safe_image.php?url=1", "https://external.fbcdn.net/safe_image.php?url=2"),
        ("a/1.jpg", "b/1.jpg"),
    ],
)
def test_two_images_stay_two(addresses: tuple[str, str]) -> None:
    assert drop_repeats(addresses) == list(addresses)
