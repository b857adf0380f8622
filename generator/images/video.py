"""Take frames from a video of unknown origin, one of each scene: ordinary, sharp, and neither blank nor part of a fade.

PyAV, of the extra `video`, reads it. Only whole pictures (keyframes) are decoded, which encoders put where scenes start
and every few seconds, and at most so many of the video's first bytes are read.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.images.decode import EBML, ImageRefused, decode_image, is_video
from generator.images.signature import make_signature

#: The reason for which a video is refused that PyAV would read; another run may have it.
UNREAD = "video"
#: The only decoders ever used: what social networks and cameras publish.
_CODECS = frozenset(
    {"h264", "hevc", "av1", "libdav1d", "vp8", "vp9", "libvpx", "libvpx-vp9", "mpeg4", "mjpeg", "prores"}
)
#: Bytes that are read of a video, and that a file is told by.
_MOST_BYTES, _HEAD = 64_000_000, 32
#: Frames that are compared, and the longest side of each in pixels.
_MOST_FRAMES, _LONGEST = 12, 1280
#: Packets that are looked at, keyframes that are decoded, and frames if there are hardly any keyframes.
_MOST_PACKETS, _MOST_KEYFRAMES, _MOST_PLAIN, _PLAIN_STEP = 60_000, 60, 180, 15
#: Standard deviation of L within a frame below which it is blank: all of one colour, of 255.
_BLANK = 8.0
#: A frame fades if it has less than this share of the contrast that is usual in the video.
_FADING = 0.5
#: Side of the frames that are judged, and bins of each colour channel.
_SMALL, _BINS = 96, 4
#: A scene changes if more than this share of a frame's pixels would need another bin to give the next one's. Of 4,000
#: pairs of photographs, many of them on one ground, 93 % differ by more. Of 600 pairs of a photograph and its copy, lit
#: by a tenth more, or cut to nine tenths or three quarters of each side, as by a camera that moves, 0.3 % do.
_CUT = 0.4
#: Scenes beside that of the frame that stands for a video.
MOST_SCENES = 4


def decode_file(
    source: BinaryIO, max_pixels: int, at_least: tuple[int, int] | None = None
) -> tuple[Image.Image, list[Image.Image] | None]:
    """Decode an open file as `decode_image` does, or frames of it if it is a video: one, and those of other scenes.

    The latter are None for an image. Raises ImageRefused, and MemoryError.
    """
    head = source.read(_HEAD)
    source.seek(0)
    if is_video(head):
        first, *scenes = decode_video(source, max_pixels)
        return first, scenes
    return decode_image(source.read(), max_pixels, at_least), None


def hash_picture(path: Path, max_pixels: int) -> int:
    """Return the perceptual hash of an image or video file. Raises OSError, ImageRefused and MemoryError."""
    with path.open("rb") as file:
        return int.from_bytes(make_signature(decode_file(file, max_pixels)[0])[:8], "big")


def decode_video(source: BinaryIO, max_pixels: int, most_bytes: int = _MOST_BYTES) -> list[Image.Image]:
    """Return frames of a video as RGB, upright, their longer side at most 1280 pixels.

    The first stands for the video; then come at most `MOST_SCENES`, one of each other scene. At most `most_bytes` are
    read, wherever they lie. Frames are the same for the same bytes. Raises ImageRefused, and MemoryError.
    """
    try:
        import av  # noqa: F401
    except ImportError:
        raise ImageRefused(UNREAD, 'pip install "brandscape[video]" reads it') from None
    try:
        frames = _take_frames(source, max_pixels, most_bytes, plain=False)
        if sum(_contrast(_shrink(frame)) >= _BLANK for frame in frames) < 2:
            frames += _take_frames(source, max_pixels, most_bytes, plain=True)
    except (ImageRefused, MemoryError):
        raise
    except Exception as error:  # whatever the reader raises of damaged files
        said = getattr(error, "strerror", None) or str(error)
        raise ImageRefused("damaged_video", (said.splitlines() or [""])[0][:120]) from None
    if not frames:
        raise ImageRefused("damaged_video", f"no picture in its first {most_bytes / 1e6:,.0f} MB")
    small = [_shrink(frame) for frame in frames]
    return [frames[place] for place in choose_scenes(small)]


def choose_scenes(small: list[NDArray[np.float32]]) -> list[int]:
    """Return the position of the frame that stands for a video, and of one of each other scene, in order of time.

    `small` are its frames reduced, in order of time, as for `choose_frame`. A scene ends where the colours of two
    frames in a row differ much: the sum of the differences of their histograms, as Zhang, Kankanhalli and Smoliar have
    it ("Automatic partitioning of full-motion video", Multimedia Systems 1, 1993). One that comes back counts once, and
    blank ones and fades do not.
    """
    chosen = [choose_frame(small)]
    colours = [_histogram(frame) for frame in small]
    usual = np.median([_contrast(frame) for frame in small])
    cuts = [place for place in range(1, len(small)) if _differ(colours[place - 1], colours[place])]
    for start, end in zip([0, *cuts], [*cuts, len(small)], strict=True):
        best = start + choose_frame(small[start:end])
        is_telling = _contrast(small[best]) >= max(_BLANK, _FADING * usual)
        if is_telling and len(chosen) <= MOST_SCENES and all(_differ(colours[best], colours[one]) for one in chosen):
            chosen.append(best)
    return chosen


def _differ(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    return float(np.abs(one - other).sum()) / 2 > _CUT


def choose_frame(small: list[NDArray[np.float32]]) -> int:
    """Return the position of the frame that stands for a video, given its frames reduced: (height, width, 3), 0 to 255.

    Blank frames and those of fades are left out. Of the sharper half of the rest, by the variance of the Laplacian
    (Pech-Pacheco et al., "Diatom autofocusing in brightfield microscopy", ICPR 2000), it is the one whose colours are
    nearest to those of all, as FFmpeg's filter `thumbnail` chooses it.
    """
    contrast = np.array([_contrast(frame) for frame in small])
    usual = np.median(contrast[contrast >= _BLANK]) if (contrast >= _BLANK).any() else 0.0
    kept = np.flatnonzero((contrast >= _BLANK) & (contrast >= _FADING * usual))
    if not len(kept):
        return int(contrast.argmax())
    sharp = np.array([_sharpness(small[place]) for place in kept])
    kept = kept[sharp >= np.median(sharp)]
    colours = np.array([_histogram(small[place]) for place in kept])
    return int(kept[((colours - colours.mean(axis=0)) ** 2).sum(axis=1).argmin()])


class _Bounded(io.RawIOBase):
    """A file of which no more than `most` bytes are given out, in whatever order; then it seems to end."""

    def __init__(self, source: BinaryIO, most: int) -> None:
        self._source = source
        self._left = most
        source.seek(0)

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes, b"" when no more may be read."""
        data = self._source.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(data)
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        """Go to a place in the file."""
        return self._source.seek(offset, whence)

    def tell(self) -> int:
        """Return the place in the file."""
        return self._source.tell()

    def seekable(self) -> bool:
        """Return True: the list of a video's frames often lies at its end."""
        return True

    def readable(self) -> bool:
        """Return True."""
        return True


def _take_frames(source: BinaryIO, max_pixels: int, most_bytes: int, plain: bool) -> list[Image.Image]:
    """Return keyframes from all over the video, or, if `plain`, frames of its beginning; as many as can be read."""
    import av

    source.seek(0)
    # naming the format keeps out those that name other files or addresses, such as playlists
    kind = "matroska" if source.read(4) == EBML else "mov"
    frames: list[Image.Image] = []
    with av.open(_Bounded(source, most_bytes), format=kind, metadata_errors="ignore") as container:
        if not container.streams.video:
            raise ImageRefused("damaged_video", "it has sound alone")
        stream = container.streams.video[0]
        context = stream.codec_context
        if context.name not in _CODECS:
            raise ImageRefused("damaged_video", f"its pictures are written by {context.name}, which is not read")
        if context.width * context.height > max_pixels:
            raise ImageRefused("too_many_pixels", f"{context.width:,} × {context.height:,} pixels")
        context.options = {"max_pixels": str(max_pixels)}
        context.thread_count, context.thread_type = 1, "NONE"
        if not plain:
            context.skip_frame = "NONKEY"
        try:
            if plain:
                _gather(_decode_all(container, stream), frames, _PLAIN_STEP)
            else:
                _gather(_decode_keyframes(container, stream), frames, 1)
        except av.error.FFmpegError:
            if not frames:  # what came before the damage will do
                raise
    return frames


def _gather(decoded: Iterator[Any], frames: list[Image.Image], step: int) -> None:
    """Add each `step`-th frame to `frames`, and thin them out by half whenever there are too many."""
    for number, frame in enumerate(decoded):
        if number % step:
            continue
        frames.append(_as_image(frame))
        if len(frames) > _MOST_FRAMES:
            del frames[1::2]
            step *= 2


def _decode_keyframes(container: Any, stream: Any) -> Iterator[Any]:
    decoded = 0
    for number, packet in enumerate(container.demux(stream)):
        if number > _MOST_PACKETS or decoded > _MOST_KEYFRAMES:
            break
        if packet.is_keyframe and packet.size:
            decoded += 1
            yield from packet.decode()
    yield from stream.decode(None)


def _decode_all(container: Any, stream: Any) -> Iterator[Any]:
    for number, frame in enumerate(container.decode(stream)):
        if number > _MOST_PLAIN:
            break
        yield frame


def _as_image(frame: Any) -> Image.Image:
    """Return a frame as RGB, reduced, upright."""
    scale = min(1.0, _LONGEST / max(frame.width, frame.height))
    size = max(1, round(frame.width * scale)), max(1, round(frame.height * scale))
    image: Image.Image = frame.reformat(width=size[0], height=size[1], format="rgb24").to_image()
    turn = round(getattr(frame, "rotation", 0) / 90) % 4 * 90
    return image.rotate(turn, expand=True) if turn else image


def _shrink(frame: Image.Image) -> NDArray[np.float32]:
    return np.asarray(frame.resize((_SMALL, _SMALL), reducing_gap=2.0), np.float32)


def _grey(small: NDArray[np.float32]) -> NDArray[np.float32]:
    return small @ np.array([0.299, 0.587, 0.114], np.float32)


def _contrast(small: NDArray[np.float32]) -> float:
    return float(_grey(small).std())


def _sharpness(small: NDArray[np.float32]) -> float:
    grey = _grey(small)
    inner = grey[1:-1, 1:-1]
    return float((grey[:-2, 1:-1] + grey[2:, 1:-1] + grey[1:-1, :-2] + grey[1:-1, 2:] - 4 * inner).var())


def _histogram(small: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the share of the pixels in each of _BINS ** 3 colours."""
    bins = np.minimum(small * (_BINS / 256), _BINS - 1).astype(np.intp)
    codes = (bins[..., 0] * _BINS + bins[..., 1]) * _BINS + bins[..., 2]
    counts = np.bincount(codes.ravel(), minlength=_BINS**3)
    shares: NDArray[np.float64] = counts / codes.size
    return shares
