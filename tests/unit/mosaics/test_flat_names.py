"""Names stand over a flat mosaic, in French too, inside the picture and with a halo."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.maps.lattice import Lattice
from generator.mosaics.flat_names import write_named
from generator.mosaics.lettering import can_write, draw_lines
from generator.mosaics.name_places import Named, place_names

SIDE = 96


def _write(folder: Path, names: list[tuple[str, str]]) -> np.ndarray:
    """Return the picture, (height, width, 3), of 16 × 8 grey cells whose columns belong to groups in turn."""
    places = np.arange(128)
    lattice = Lattice(16, 8, places % 16, places // 16)
    flat = folder / "all.jpg"
    Image.new("RGB", (16 * SIDE, 8 * SIDE), (120, 120, 120)).save(flat)
    across = 16 // len(names)
    groups = [
        Named(kind, at, name, np.flatnonzero(lattice.column // across == at)) for at, (kind, name) in enumerate(names)
    ]
    write_named(flat, folder / "named.jpg", lattice, place_names(lattice, groups), 95)
    return np.asarray(Image.open(folder / "named.jpg"))


def test_each_name_is_dark_within_light_over_its_own_images(tmp_path: Path) -> None:
    picture = _write(tmp_path, [("territory", "Bags"), ("territory", "Été")]).mean(axis=2)
    for half in np.split(picture, 2, axis=1):
        ink, paper = half < 40, half > 230
        assert 20 < ink.sum() < paper.sum() < half.size / 8
        # the halo reaches further on every side
        for axis in (0, 1):
            dark, light = (np.flatnonzero(where.any(axis=axis)) for where in (ink, paper))
            assert light[0] < dark[0] and light[-1] > dark[-1]


def test_territories_go_before_clusters(tmp_path: Path) -> None:
    picture = _write(tmp_path, [("territory", "Bags"), ("cluster", "Hats")]).mean(axis=2)
    assert (picture[:, : 8 * SIDE] < 40).any() and not (picture[:, 8 * SIDE :] < 40).any()
    assert (_write(tmp_path, [("cluster", "Bags"), ("cluster", "Hats")])[:, 8 * SIDE :].mean(axis=2) < 40).any()


def test_a_name_without_letters_in_the_font_is_left_out(tmp_path: Path) -> None:
    assert not can_write("手表") and not can_write("часы")
    picture = _write(tmp_path, [("territory", "手表"), ("territory", "Bags")]).mean(axis=2)
    assert not (picture[:, : 8 * SIDE] < 40).any() and (picture[:, 8 * SIDE :] < 40).any()


@pytest.mark.parametrize("letter", "éèêëàâçîïôùûüÿñÉÈÊÀÂÇÎÔÛŠ")
def test_accents_are_drawn_on_letters(letter: str) -> None:
    base = unicodedata.normalize("NFD", letter)[0]
    assert can_write(letter)
    accented, plain = (np.asarray(draw_lines([text], 60, 1.2, 20)) > 128 for text in (letter, base))
    more = accented & ~plain
    rows = np.flatnonzero(more.any(axis=1))
    assert more.sum() > 40 and (base in "ij" or not (plain & ~accented).any())
    letters = np.flatnonzero(plain.any(axis=1))
    assert rows[-1] > letters[-1] - 2 if letter in "çÇ" else rows[0] < letters[0] - 4 * (base not in "ij")
    assert rows[0] > 0 and rows[-1] < len(plain) - 1  # nothing is cut off


def test_french_is_written_whole() -> None:
    assert can_write("Robe, soirée – œuvre d’été : « Noël » & ça…")
