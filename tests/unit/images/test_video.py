"""Videos to one frame each."""

from __future__ import annotations

import io
import struct
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store, image_key
from generator.collection.derive import VIDEO, Deriver, PendingImage
from generator.images.decode import ImageRefused, is_video
from generator.images.fetch import FetchedImage
from generator.images.file_finder import FileFinder
from generator.images.local_files import LocalFiles
from generator.images.places import ImagePlaces
from generator.images.video import MOST_SCENES, choose_frame, choose_scenes, decode_video
from generator.settings import ImageSettings
from tests.support.videos import draw_blank, draw_scene, draw_tinted, encode_sound, encode_video, needs_av

MOST = 1_000_000


def decode(data: bytes, **limits: int) -> np.ndarray:
    return np.asarray(decode_video(io.BytesIO(data), **{"max_pixels": MOST, **limits})[0]).astype(float)


def is_like(found: np.ndarray, scene: np.ndarray) -> bool:
    return found.shape == scene.shape and float(np.abs(found - scene).mean()) < 20


def test_videos_are_told_by_their_first_bytes() -> None:
    for brand in (b"isom", b"mp42", b"qt  ", b"iso5", b"M4V "):
        assert is_video(b"\0\0\0\x20ftyp" + brand + bytes(16))
    assert is_video(b"\x1a\x45\xdf\xa3" + bytes(28)) and is_video(b"\0\0\0\x08wide" + bytes(20))
    for brand in (b"heic", b"avif", b"mif1"):
        assert not is_video(b"\0\0\0\x20ftyp" + brand + bytes(16))
    assert not is_video(b"\xff\xd8\xff\xe0" + bytes(28)) and not is_video(b"")


def test_of_frames_the_blank_and_the_fading_are_not_chosen() -> None:
    scene = draw_scene(1).astype(np.float32)
    assert choose_frame([draw_blank(0).astype(np.float32), scene * 0.2, scene, draw_blank(255).astype(np.float32)]) == 2


def test_of_sharp_frames_the_one_most_like_the_others_is_chosen() -> None:
    usual, other = draw_scene(1).astype(np.float32), draw_scene(2).astype(np.float32)
    assert choose_frame([other, usual, usual]) == 1


def test_of_blank_frames_one_is_chosen_too() -> None:
    assert choose_frame([draw_blank(0).astype(np.float32)]) == 0


def _reduce(*tints: int) -> list[np.ndarray]:
    """Return frames of scenes by their tints; a blank one for -1."""
    return [(draw_blank(0) if tint < 0 else draw_tinted(tint)).astype(np.float32) for tint in tints]


def test_each_scene_gives_one_frame_whether_it_comes_back_or_not() -> None:
    # the first stands for the video, and the others follow in order of time
    assert choose_scenes(_reduce(1, 1, 1, 2, -1, 3, 2, 1)) == [0, 3, 5]
    assert choose_scenes(_reduce(1, 1, 1)) == [0] and choose_scenes(_reduce(-1)) == [0]
    assert len(choose_scenes(_reduce(*range(8)))) == 1 + MOST_SCENES


def test_light_and_a_moving_camera_change_no_scene() -> None:
    scene = draw_tinted(1).astype(np.float32)
    assert len(choose_scenes([scene, np.roll(scene, 8, axis=1), np.minimum(scene * 1.05, 255)])) == 1


@needs_av
def test_a_video_of_two_scenes_gives_a_frame_of_each_and_the_same_for_the_same_bytes() -> None:
    data = encode_video([draw_tinted(3)] * 20 + [draw_tinted(4)] * 10)
    frames, again = ([np.asarray(one) for one in decode_video(io.BytesIO(data), MOST)] for _ in range(2))
    assert [is_like(one.astype(float), draw_tinted(tint)) for one, tint in zip(frames, (3, 4), strict=True)] == [
        True
    ] * 2
    assert np.array_equal(frames, again)


@needs_av
@pytest.mark.parametrize(("container", "codec"), [("mp4", "libx264"), ("mov", "mpeg4"), ("webm", "libvpx-vp9")])
def test_the_scene_after_a_fade_from_black_stands_for_the_video(container: str, codec: str) -> None:
    scene = draw_scene(3)
    frames = [(scene * (step / 10)).astype(np.uint8) for step in range(10)] + [scene] * 20 + [draw_blank(0)] * 5
    data = encode_video(frames, container, codec)
    assert is_video(data)
    found = decode(data)
    assert is_like(found, scene)
    assert (found == decode(data)).all()


@needs_av
def test_frames_between_keyframes_are_taken_if_the_keyframes_are_black() -> None:
    scene = draw_scene(4)
    assert is_like(decode(encode_video([draw_blank(0)] * 3 + [scene] * 40, every=300)), scene)


@needs_av
def test_what_cannot_be_read_has_a_reason() -> None:
    data = encode_video([draw_scene(5)] * 12)
    for broken, reason, limits in (
        (data[: len(data) // 2], "damaged_video", {}),  # the list of its frames is at its end
        (b"\0\0\0\x20ftypisom" + bytes(400), "damaged_video", {}),
        (encode_sound(), "damaged_video", {}),
        (data, "too_many_pixels", {"max_pixels": 1000}),
        (data, "damaged_video", {"most_bytes": 100}),
    ):
        with pytest.raises(ImageRefused) as refusal:
            decode(broken, **limits)
        assert refusal.value.reason == reason


@needs_av
def test_a_declared_length_of_years_and_millions_of_frames_costs_nothing() -> None:
    data = bytearray(encode_video([draw_scene(6)] * 12))
    for box in (b"mvhd", b"mdhd"):
        place = data.index(box) + 4 + 16
        data[place : place + 4] = struct.pack(">I", 0xFFFFFFF0)
    place = data.index(b"stts") + 12
    data[place : place + 4] = struct.pack(">I", 0x7FFFFFFF)
    try:
        assert is_like(decode(bytes(data)), draw_scene(6))
    except ImageRefused as refusal:
        assert refusal.reason == "damaged_video"


def test_without_pyav_the_reason_is_the_missing_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(ImageRefused) as refusal:
        decode(b"\0\0\0\x20ftypisom" + bytes(400))
    assert refusal.value.reason == "video"


def derive(folder: Path, data: bytes) -> tuple[Store, FetchedImage, dict[str, str], object]:
    (folder / "clip.mp4").write_bytes(data)
    store = Store(folder / "cache")
    files = LocalFiles(FileFinder(ImagePlaces(folder), ["clip.mp4"]), 100, store)
    sha256, path = files.find("clip.mp4")
    assert isinstance(path, Path)  # though larger than an image may be
    image = FetchedImage(sha256, path)
    methods = {"pictures": "p" * 32, "refused": "r" * 32}
    deriver = Deriver(folder / "cache", methods, ImageSettings(), (64, 64), None)
    return store, image, methods, deriver([PendingImage(image, frozenset({"pictures"}))])


@needs_av
def test_a_local_video_gets_a_picture_and_is_marked(tmp_path: Path) -> None:
    store, image, methods, derived = derive(tmp_path, encode_video([draw_scene(7)] * 12))
    assert not derived.failures
    assert store.get("pictures", image_key(image.sha256, methods["pictures"])).startswith(b"\xff\xd8")
    assert store.get("videos", image_key(image.sha256, VIDEO)) == b""


@needs_av
def test_the_frames_of_other_scenes_are_kept_as_images(tmp_path: Path) -> None:
    store, image, *_ = derive(tmp_path, encode_video([draw_tinted(6)] * 40 + [draw_tinted(7)] * 10))
    [frame] = (store.get("videos", image_key(image.sha256, VIDEO)) or b"").decode().split()
    data = store.get("images", frame)
    assert data is not None and is_like(np.asarray(Image.open(io.BytesIO(data))).astype(float), draw_tinted(7))


def test_a_video_without_reader_is_tried_again_by_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "av", None)
    store, image, methods, derived = derive(tmp_path, b"\0\0\0\x20ftypisom" + bytes(400))
    assert derived.failures[image.sha256].reason == "video"
    assert not store.has("refused", image_key(image.sha256, methods["refused"]))
