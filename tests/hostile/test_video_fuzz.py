"""Video files damaged at random, read in a process as a build reads them: each ends as a frame or with a reason.

FUZZ_EXAMPLES says how many; a video takes as long as twenty images, so a twentieth of them are tried.
"""

from __future__ import annotations

import io
import os
from collections import Counter
from contextlib import closing

import numpy as np

from generator.images.decode import ImageRefused, open_decoders
from generator.images.video import MOST_SCENES, decode_file
from generator.processes import TaskFailed
from generator.settings import ImageSettings
from tests.support.videos import draw_scene, encode_sound, encode_video, needs_av

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "1500")) // 20


def look(data: bytes) -> str:
    """The reason for which a video is refused, "" if it gives a frame."""
    try:
        image, scenes = decode_file(io.BytesIO(data), 1_000_000)
    except ImageRefused as refusal:
        return refusal.reason
    assert len(scenes or []) <= MOST_SCENES
    assert all(one.mode == "RGB" and 0 < max(one.size) <= 1280 for one in [image, *(scenes or [])])
    return ""


def damage(seed: int, videos: list[bytes]) -> bytes:
    """One of `videos` with bytes changed, cut out, doubled, or its numbers made as large as they can be."""
    chance = np.random.default_rng(seed)
    data = bytearray(videos[seed % len(videos)])
    for _ in range(int(chance.integers(1, 12))):
        place, kind = int(chance.integers(8, max(9, len(data)))), int(chance.integers(4))
        size = int(chance.integers(1, 64))
        if kind == 0:
            data[place : place + size] = chance.bytes(size)
        elif kind == 1:
            del data[place : place + size]
        elif kind == 2:
            data[place:place] = data[place : place + size]
        else:
            data[place : place + 4] = b"\x7f\xff\xff\xff"
    return bytes(data)


@needs_av
def test_damaged_videos_end_as_a_frame_or_with_a_reason() -> None:
    frames = [draw_scene(seed) for seed in (1, 1, 2, 2)]
    videos = [encode_video(frames), encode_video(frames, "webm", "libvpx-vp9"), encode_video(frames, "mov", "mpeg4")]
    videos.append(encode_sound())
    ends: Counter[str] = Counter()
    with closing(open_decoders(look, ImageSettings())) as decoders:
        for seed in range(EXAMPLES):
            try:
                ends[decoders.run(damage(seed, videos))] += 1
            except (TaskFailed, MemoryError) as failure:  # costs the video alone, and is told in the ledger
                ends[type(failure).__name__] += 1
    assert ends[""] and ends["damaged_video"]
    assert set(ends) <= {"", "damaged_video", "too_many_pixels", "not_an_image", "TaskFailed", "MemoryError"}
    assert ends["TaskFailed"] <= EXAMPLES // 20
