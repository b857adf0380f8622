"""Decode bytes of unknown origin to safe RGB pixels, and reduce them to the sizes a report shows."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, UnidentifiedImageError

from generator.processes import ProcessPool
from generator.settings import ImageSettings

_Task = TypeVar("_Task")
_Result = TypeVar("_Result")

#: The only decoders ever used: what social networks and cameras publish, and the lossless classics.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
#: Brands of HEIF files that Pillow leaves to pillow-heif: HEVC images as iPhones write them, alone or in sequences,
#: and files that name no codec (ISO/IEC 23008-12, annex B).
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
#: Major brands of files that begin like a video and are images, by ISO/IEC 23008-12 and the AVIF specification.
_IMAGE_BRANDS = frozenset(
    {
        b"avif", b"avis", b"mif1", b"mif2", b"msf1", b"miaf", b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx",
        b"hevm", b"hevs", b"jpeg", b"jpgs", b"crx ",
    }
)  # fmt: skip
#: Boxes that videos of older cameras begin with instead.
_FIRST_BOXES = frozenset({b"moov", b"mdat", b"wide", b"pnot", b"skip"})
EBML = b"\x1a\x45\xdf\xa3"
#: The colour behind transparent images.
_BACKDROP = (255, 255, 255)
_CELL_QUALITY = 88
#: Rows of pixels converted at a time.
_STRIP = 256
#: Memory that decoding an image may take besides the program's own, in bytes.
_DECODER_MEMORY = 500_000_000
#: The transposition that sets an image of each EXIF orientation upright.
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class ImageRefused(Exception):
    """An image that cannot be shown; `reason` is one of the ledger's codes."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def decode_image(data: bytes, max_pixels: int, at_least: tuple[int, int] | None = None) -> Image.Image:
    """Decode the first frame of an image file to RGB, upright.

    EXIF orientation is applied; CMYK, Lab, 16-bit, palette and transparent images become plain RGB,
    transparency over white. Only pixels are kept: no place, time, comment, profile or preview.
    An image much larger than needed is reduced, a JPEG while it is decoded, but its shorter and longer side stay at
    least the two of `at_least`, in pixels. Raises ImageRefused, and MemoryError.
    """
    if not data:
        raise ImageRefused("empty_file")
    try:
        with warnings.catch_warnings():
            # size limits are our own, and exceptions tell of damage
            warnings.simplefilter("ignore")
            return _decode(data, max_pixels, at_least)
    except ImageRefused:
        raise
    except UnidentifiedImageError:
        raise ImageRefused("not_an_image", _describe(data)) from None
    except Image.DecompressionBombError:
        raise ImageRefused("too_many_pixels", f"more than {max_pixels:,} pixels") from None
    except MemoryError:  # tells more about the process than about the image
        raise
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError, struct.error, TypeError, ...
        said = (str(error).splitlines() or [""])[0][:120]
        # libheif has a limit of its own
        reason = "too_many_pixels" if "maximum image size" in str(error) else "damaged_image"
        raise ImageRefused(reason, said) from None


def _decode(data: bytes, max_pixels: int, at_least: tuple[int, int] | None) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=_choose_formats(data)) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise ImageRefused("too_many_pixels", f"{width:,} × {height:,} pixels")
        scale = _spare_scale(image.size, at_least)
        if scale >= 2 and image.format in ("JPEG", "MPO"):
            image.draft(None, (int(width / scale), int(height / scale)))
        orientation = _orientation(image)
        image.load()
        pixels = _as_rgb(image)
    # only now that the decoder's own copy is gone
    scale = _spare_scale(pixels.size, at_least)
    if scale >= 2:
        pixels = pixels.reduce(int(scale))
    return pixels.transpose(_TURNS[orientation]) if orientation in _TURNS else pixels


def _choose_formats(data: bytes) -> tuple[str, ...]:
    """Return the formats that `data` may have; a process that meets HEIF learns to read it."""
    if data[4:8] != b"ftyp" or data[8:12] not in _HEIF_BRANDS:
        return FORMATS
    _register_heif()
    return *FORMATS, "HEIF"


@lru_cache(maxsize=1)
def _register_heif() -> None:
    """Let Pillow read HEIF in this process, without previews and depth maps, which are not shown."""
    import pillow_heif

    pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)


def _spare_scale(size: tuple[int, int], at_least: tuple[int, int] | None) -> float:
    """Return how many times larger than needed an image of `size` is; 1 without `at_least`."""
    return 1.0 if at_least is None else min(min(size) / at_least[0], max(size) / at_least[1])


def _orientation(image: Image.Image) -> int:
    """Return EXIF's number for the image's orientation; 1, upright, if its metadata are broken.

    Read before the pixels, so that damage behind them costs only the metadata.
    """
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except Exception:  # whatever the decoder raises
        return 1


def _as_rgb(image: Image.Image) -> Image.Image:
    """Return only the pixels, as RGB, converted strip by strip, so that little memory is used besides."""
    flat = Image.new("RGB", image.size)
    if image.mode == "RGB" and not image.has_transparency_data:
        flat.paste(image)  # nothing to convert
        return flat
    convert = _converter(image)
    for top in range(0, image.height, _STRIP):
        strip = image.crop((0, top, image.width, min(top + _STRIP, image.height)))
        flat.paste(convert(strip), (0, top))
    return flat


def _converter(image: Image.Image) -> Callable[[Image.Image], Image.Image]:
    """Return the function that converts a strip of `image` to RGB."""
    if image.mode.startswith(("I", "F")):
        low, high = _depth(image)
        return lambda strip: _stretch_deep(strip, low, high)
    if image.mode == "LAB":
        transform = ImageCms.buildTransform(ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB"), "LAB", "RGB")
        return lambda strip: _through_profile(strip, transform)
    if image.has_transparency_data:
        return _over_backdrop
    return lambda strip: strip.convert("RGB")


def _through_profile(strip: Image.Image, transform: ImageCms.ImageCmsTransform) -> Image.Image:
    converted = ImageCms.applyTransform(strip, transform)
    assert converted is not None
    return converted


def _over_backdrop(strip: Image.Image) -> Image.Image:
    layered = strip.convert("RGBA")
    flat = Image.new("RGB", strip.size, _BACKDROP)
    flat.paste(layered, mask=layered.getchannel("A"))
    return flat


def _depth(image: Image.Image) -> tuple[float, float]:
    """Return the values of an integer or float grey that show as black and white: its type's range, or its own."""
    if image.mode.startswith("I;16"):
        return 0.0, 65_535.0
    low, high = np.inf, -np.inf
    for top in range(0, image.height, _STRIP):
        grey = _finite(image.crop((0, top, image.width, min(top + _STRIP, image.height))))
        low, high = min(low, float(grey.min(initial=np.inf))), max(high, float(grey.max(initial=-np.inf)))
    if low >= 0 and high <= 65_535:
        return 0.0, 255.0 if high <= 255 else 65_535.0
    return low, high


def _finite(strip: Image.Image) -> NDArray[np.float64]:
    return np.nan_to_num(np.asarray(strip).astype(np.float64), nan=0.0, posinf=0.0, neginf=0.0)


def _stretch_deep(strip: Image.Image, low: float, high: float) -> Image.Image:
    """Scale integer and float greys, which `convert` would clip at 255."""
    scaled = (_finite(strip) - low) * (255 / ((high - low) or 1))
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8)).convert("RGB")


def sniff_image(data: bytes) -> str | None:
    """Return what `data` is, in words, if it is plainly no image, whatever its name or type says; else None."""
    return _describe(data) or None


def _describe(data: bytes) -> str:
    """Return what a file that is no image looks like, in a few words, or ""."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if start.startswith((b"<?xml", b"<svg")):
        return "an XML or SVG file"
    if start.startswith((b"{", b"[")):
        return "a JSON file"
    if start.startswith(b"%pdf"):
        return "a PDF"
    return ""


def is_video(head: bytes) -> bool:
    """Return whether a file with these first bytes, at least 12, is an MP4, QuickTime or WebM file."""
    if head[4:8] == b"ftyp":
        return head[8:12] not in _IMAGE_BRANDS
    return head[4:8] in _FIRST_BOXES or head.startswith(EBML)


def make_picture(image: Image.Image, size: int, quality: int) -> bytes:
    """Return the image as a JPEG whose longer side is at most `size` pixels; never enlarged."""
    return _as_jpeg(shrink_image(image, size), quality)


def shrink_image(image: Image.Image, size: int) -> Image.Image:
    """Return the image with its longer side at most `size` pixels; never enlarged."""
    scale = size / max(image.size)
    if scale >= 1:
        return image
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(wanted, Image.Resampling.HAMMING, reducing_gap=2.0)


def make_cell(image: Image.Image, size: int) -> bytes:
    """Return the image's central square as a JPEG of `size` × `size` pixels."""
    return _as_jpeg(crop_square(image, size), _CELL_QUALITY)


def crop_square(image: Image.Image, size: int) -> Image.Image:
    """Return the image's central square at `size` × `size` pixels."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.HAMMING, box=box, reducing_gap=1.5)


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def network_input(image: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return the whole image squashed to `size` (height, width), as the case study does: (h, w, 3) uint8.

    The filter is like a triangle: LANCZOS takes more than twice as long, and finds no more of what belongs together.
    """
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.HAMMING))


def open_decoders(work: Callable[[_Task], _Result], settings: ImageSettings) -> ProcessPool[_Task, _Result]:
    """Open processes for `work` that decodes images, limited to the time and memory that an image may take."""
    return ProcessPool(work, settings.decode_seconds, _DECODER_MEMORY)
