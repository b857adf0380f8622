"""Videos drawn for tests, by PyAV."""

from __future__ import annotations

import io
from collections.abc import Iterable
from importlib.util import find_spec

import numpy as np
import pytest
from numpy.typing import NDArray

needs_av = pytest.mark.skipif(find_spec("av") is None, reason="PyAV, of the extra video, is not installed")


def draw_scene(seed: int, size: tuple[int, int] = (96, 64)) -> NDArray[np.uint8]:
    """Return squares of random colours: (height, width, 3)."""
    rough = np.random.default_rng(seed).integers(0, 256, (size[1] // 8, size[0] // 8, 3), np.uint8)
    return rough.repeat(8, 0).repeat(8, 1)


def draw_tinted(tint: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return squares of colours near one of eight, by `tint` 0 to 7: (64, 96, 3)."""
    near = np.array([160 if tint >> channel & 1 else 0 for channel in range(3)], np.uint8)
    return draw_scene(seed) // 3 + near


def draw_blank(value: int, size: tuple[int, int] = (96, 64)) -> NDArray[np.uint8]:
    """Return one grey: (height, width, 3)."""
    return np.full((size[1], size[0], 3), value, np.uint8)


def encode_video(
    frames: Iterable[NDArray[np.uint8]], container: str = "mp4", codec: str = "libx264", every: int = 5
) -> bytes:
    """Return frames, ten a second, as a file with a keyframe at every `every`-th."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format=container) as file:
        stream = None
        for pixels in frames:
            if stream is None:
                stream = file.add_stream(codec, rate=10)
                stream.height, stream.width = pixels.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.gop_size = every
            file.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        assert stream is not None
        file.mux(stream.encode(None))
    return buffer.getvalue()


def encode_sound() -> bytes:
    """Return a second of silence as an MP4."""
    import av

    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as file:
        stream = file.add_stream("aac", rate=8000)
        for _ in range(8):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate = 8000
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return buffer.getvalue()
