"""The case study's two pictures: where each thumbnail lies, how large it is, and what surrounds it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.mosaics.scatter import BORDER, Scatter, write_scatters
from generator.settings import MosaicSettings

SETTINGS = MosaicSettings(scatter_size=600, scatter_thumbnail=50, quality=95)
CORNERS = np.array([[-3.0, 2.0], [7.0, 2.0], [-3.0, 12.0], [7.0, 12.0], [2.0, 7.0]])
COLOURS = ["#c00000", "#00a000", "#0000c0", "#a0a000", "#00a0a0"]


def draw(index: int) -> Image.Image:
    return Image.new("RGB", (300, 400), COLOURS[index])


def boxes(path: Path) -> dict[str, tuple[int, int, int, int]]:
    """Left, top, width and height of the pixels near each colour; colours that are not there are left out."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"), int)
    found = {}
    for colour in [*COLOURS, "#000000"]:
        wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
        rows, columns = np.nonzero(np.abs(pixels - wanted).max(axis=2) < 40)
        if len(rows):
            found[colour] = (columns.min(), rows.min(), np.ptp(columns) + 1, np.ptp(rows) + 1)
    return found


def test_thumbnails_keep_their_aspect_and_lie_at_their_points(tmp_path: Path) -> None:
    path = tmp_path / "scatter.jpg"
    write_scatters([Scatter(path)], CORNERS, draw, SETTINGS)
    wanted = {
        "#c00000": (0, 0),
        "#00a000": (550, 0),
        "#0000c0": (0, 550),
        "#a0a000": (550, 550),
        "#00a0a0": (275, 275),
    }
    found = boxes(path)
    for colour, corner in wanted.items():
        assert found[colour] == pytest.approx((*corner, 37, 50), abs=1)


def test_the_picture_is_a_white_square_of_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "scatter.jpg"
    write_scatters([Scatter(path)], CORNERS, draw, SETTINGS)
    with Image.open(path) as image:
        assert image.size == (600, 600)
        assert image.convert("RGB").getpixel((150, 150)) == (255, 255, 255)


def test_only_the_kept_are_drawn_stretched_over_the_whole_with_frames_around(tmp_path: Path) -> None:
    path = tmp_path / "clusters.jpg"
    keep = np.array([True, False, False, False, True])
    write_scatters([Scatter(path, ["#000000"] * 5, keep)], CORNERS, draw, SETTINGS)
    found = boxes(path)
    assert set(found) == {"#c00000", "#00a0a0", "#000000"}
    assert found["#c00000"] == pytest.approx((BORDER, BORDER, 37, 50), abs=1)
    assert found["#00a0a0"] == pytest.approx((550 + BORDER, 550 + BORDER, 37, 48), abs=1)


def test_two_pictures_are_the_same_drawn_together_or_alone_from_one_reading_each(tmp_path: Path) -> None:
    read: list[int] = []

    def draw_once(index: int) -> Image.Image:
        read.append(index)
        return draw(index)

    keep = np.array([False, True, True, False, True])
    alone = [Scatter(tmp_path / "a.jpg"), Scatter(tmp_path / "b.jpg", ["#000000"] * 5, keep)]
    together = [Scatter(tmp_path / "c.jpg"), Scatter(tmp_path / "d.jpg", ["#000000"] * 5, keep)]
    for scatter in alone:
        write_scatters([scatter], CORNERS, draw, SETTINGS)
    write_scatters(together, CORNERS, draw_once, SETTINGS)
    assert sorted(read) == [0, 1, 2, 3, 4]
    for first, second in zip(alone, together, strict=True):
        assert first.path.read_bytes() == second.path.read_bytes()


def test_small_images_are_not_enlarged(tmp_path: Path) -> None:
    path = tmp_path / "scatter.jpg"
    write_scatters([Scatter(path)], CORNERS, lambda i: Image.new("RGB", (20, 10), COLOURS[i]), SETTINGS)
    assert boxes(path)["#c00000"] == pytest.approx((0, 0, 20, 10), abs=1)


def test_later_images_cover_earlier_ones(tmp_path: Path) -> None:
    path = tmp_path / "scatter.jpg"
    write_scatters([Scatter(path)], np.zeros((5, 2)), draw, SETTINGS)
    assert set(boxes(path)) == {COLOURS[-1]}


def test_no_image_kept_leaves_a_white_square(tmp_path: Path) -> None:
    path = tmp_path / "clusters.jpg"
    write_scatters([Scatter(path, keep=np.zeros(5, bool))], CORNERS, draw, SETTINGS)
    with Image.open(path) as image:
        assert image.convert("RGB").getextrema() == ((255, 255),) * 3


def test_a_cached_jpeg_is_reduced_to_the_same_picture_as_the_original(tmp_path: Path) -> None:
    y, x = np.mgrid[0:400, 0:300]
    original = Image.fromarray(np.stack([x * 255 // 300, y * 255 // 400, (x + y) % 256], axis=2).astype(np.uint8))
    original.save(tmp_path / "picture.jpg", quality=95)
    settings = MosaicSettings(scatter_size=50, scatter_thumbnail=50, quality=95)
    write_scatters([Scatter(tmp_path / "raw.jpg")], np.zeros((1, 2)), lambda i: original, settings)
    write_scatters(
        [Scatter(tmp_path / "cached.jpg")], np.zeros((1, 2)), lambda i: Image.open(tmp_path / "picture.jpg"), settings
    )
    with Image.open(tmp_path / "raw.jpg") as raw, Image.open(tmp_path / "cached.jpg") as cached:
        assert np.abs(np.asarray(raw, int) - np.asarray(cached, int)).mean() < 4
