"""Images inside workbooks and archives, unpacked under the limits of any image."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from generator.cache.store import Store
from generator.images.decode import ImageRefused, decode_image
from generator.images.fetch import FetchedImage, FetchFailure, find_images, open_image
from generator.images.file_finder import NoFile
from generator.images.packed_files import PackedFiles
from generator.images.places import ImagePlaces
from generator.settings import FetchSettings

TEXT = "posts #1.xlsx#xl/media/image1.png"


def picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (30, 30), "red").save(data, "PNG")
    return data.getvalue()


def write(path: Path, parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return path


def pack(tmp_path: Path, **options: object) -> Path:
    return write(tmp_path / "p.xlsx", {"xl/media/image1.png": picture()}, **options)  # type: ignore[arg-type]


def read(path: Path, text: str = TEXT, most: int = 1_000_000) -> bytes | NoFile:
    packed = PackedFiles({"posts #1.xlsx": path}, most)
    try:
        return packed.read(text)
    finally:
        packed.close()


def reason(path: Path, text: str = TEXT, most: int = 1_000_000) -> str:
    found = read(path, text, most)
    assert isinstance(found, NoFile)
    return found.reason


def test_a_picture_is_read_by_its_address(tmp_path: Path) -> None:
    path = pack(tmp_path)
    assert read(path) == picture()
    assert read(path, "posts #1.xlsx#XL/Media/Image1.PNG") == picture()


def test_other_texts_name_no_packed_file(tmp_path: Path) -> None:
    packed = PackedFiles({"p.xlsx": pack(tmp_path)}, 1000)
    for text in ("a.jpg", "a#b.jpg", "https://a.test/p.xlsx#x", "#xl/media/image1.png", "p.xlsx", ""):
        assert packed.split(text) is None and packed.place_of(text) is None
    assert packed.split("p.xlsx#a#b") == ("p.xlsx", "a#b")


def test_what_is_not_there(tmp_path: Path) -> None:
    path = pack(tmp_path)
    assert reason(path, "posts #1.xlsx#xl/media/image2.png") == "missing_file"
    assert reason(path, "posts #1.xlsx#../../etc/passwd") == "missing_file"
    assert reason(tmp_path / "gone.xlsx") == "missing_file"
    text = tmp_path / "posts.csv"
    text.write_text("brand,image\n")
    assert reason(text) == "missing_file"


def test_claims_beyond_the_limit_are_not_unpacked(tmp_path: Path) -> None:
    assert reason(pack(tmp_path), most=50) == "too_large"
    assert reason(write(tmp_path / "e.xlsx", {"xl/media/image1.png": b""})) == "empty_file"
    bomb = write(tmp_path / "b.xlsx", {"xl/media/image1.png": bytes(20_000_000)})
    assert bomb.stat().st_size < 30_000
    assert reason(bomb, most=30_000_000) == "damaged_image"


def test_a_lie_about_the_size_is_damage(tmp_path: Path) -> None:
    path = write(tmp_path / "b.xlsx", {"xl/media/image1.png": bytes(900_000)})
    path.write_bytes(path.read_bytes().replace((900_000).to_bytes(4, "little"), (500).to_bytes(4, "little")))
    assert reason(path, most=1000) == "damaged_image"


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
def test_ways_of_packing_that_no_workbook_uses_are_refused(tmp_path: Path, method: int) -> None:
    assert reason(pack(tmp_path, method=method)) == "damaged_image"


def test_a_protected_picture_is_refused(tmp_path: Path) -> None:
    path = pack(tmp_path)
    data = bytearray(path.read_bytes())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(data)
    assert reason(path) == "damaged_image"


def test_flipped_bytes_are_damage_or_the_same_picture(tmp_path: Path) -> None:
    data = pack(tmp_path).read_bytes()
    path = tmp_path / "flipped.xlsx"
    for place in range(0, len(data), 7):
        flipped = bytearray(data)
        flipped[place] ^= 0xFF
        path.write_bytes(flipped)
        found = read(path)
        assert isinstance(found, NoFile) or found == picture()


def test_files_that_lie_over_each_other_are_not_all_unpacked(tmp_path: Path) -> None:
    """Many entries of one directory may share their bytes."""
    path = tmp_path / "p.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4):
            archive.writestr(f"{number}.png", bytes(1000) if number == 0 else b"x")
        first = archive.infolist()[0]
        for place, info in enumerate(archive.infolist()[1:], 1):
            info.compress_size, info.file_size, info.CRC = first.compress_size, first.file_size, first.CRC
            info.header_offset = first.header_offset + place
    packed = PackedFiles({"p.xlsx": path}, 10_000)
    reasons = [packed.read(f"p.xlsx#{number}.png") for number in range(4)]
    packed.close()
    assert reasons[0] == bytes(1000)
    assert all(isinstance(found, NoFile) for found in reasons[1:])


def test_fetching_keeps_packed_images_and_knows_them_again(tmp_path: Path) -> None:
    places = ImagePlaces(tmp_path, {"posts #1.xlsx": pack(tmp_path)})
    store = Store(tmp_path / "cache")
    sha256 = hashlib.sha256(picture()).hexdigest()
    outcomes, wanted = find_images([TEXT, "posts #1.xlsx#none.png"], places, FetchSettings(), store)
    image = outcomes[TEXT]
    assert image == FetchedImage(sha256, None) and not wanted
    assert isinstance(image, FetchedImage) and (open_image(image, store) or io.BytesIO()).read() == picture()
    missing = outcomes["posts #1.xlsx#none.png"]
    assert isinstance(missing, FetchFailure) and missing.reason == "missing_file"
    # the second time it is known by the workbook's size and time, and again unpacked if the cache lost it
    assert find_images([TEXT], places, FetchSettings(), store)[0][TEXT] == image
    store.prune(["images"])
    assert find_images([TEXT], places, FetchSettings(), store)[0][TEXT] == image
    assert store.has("images", sha256)


def test_withdrawn_and_planned_images_are_not_kept(tmp_path: Path) -> None:
    places = ImagePlaces(tmp_path, {"posts #1.xlsx": pack(tmp_path)})
    store = Store(tmp_path / "cache")
    sha256 = hashlib.sha256(picture()).hexdigest()
    outcomes, _ = find_images([TEXT], places, FetchSettings(), store, lambda digest: digest == sha256)
    assert outcomes[TEXT] == FetchFailure("withdrawn", sha256)
    assert find_images([TEXT], places, FetchSettings(), store, keeps=False)[0][TEXT] == FetchedImage(sha256, None)
    assert not store.has("images", sha256)


def test_a_picture_of_too_many_pixels_is_refused_like_any_image(tmp_path: Path) -> None:
    data = io.BytesIO()
    Image.new("1", (10_000, 6_000)).save(data, "PNG")
    path = write(tmp_path / "p.xlsx", {"xl/media/image1.png": data.getvalue()}, zipfile.ZIP_STORED)
    store = Store(tmp_path / "cache")
    outcomes, _ = find_images([TEXT], ImagePlaces(tmp_path, {"posts #1.xlsx": path}), FetchSettings(), store)
    image = outcomes[TEXT]
    assert isinstance(image, FetchedImage)
    with pytest.raises(ImageRefused) as caught:
        decode_image((open_image(image, store) or io.BytesIO()).read(), 50_000_000)
    assert caught.value.reason == "too_many_pixels"
