"""Bytes of unknown origin to safe RGB pixels, and the few sizes a report shows."""

from __future__ import annotations

import io
import warnings

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageFile, ImageOps, UnidentifiedImageError

#: The only decoders ever reached: what social networks and cameras publish, and the lossless classics.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
#: What a transparent image is seen against.
_BACKDROP = (255, 255, 255)
_CELL_QUALITY = 88


class ImageRefused(Exception):
    """An image that cannot be shown; `reason` is one of the ledger's codes."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


def decode_image(data: bytes, max_pixels: int, at_least: int | None = None) -> Image.Image:
    """Decode the first frame of an image file to RGB, upright.

    EXIF orientation is applied; CMYK, Lab, 16-bit, palette and transparent images become plain RGB,
    transparency over white. Nothing but pixels is kept: no place, time, comment, profile or small picture.
    A JPEG much larger than needed may be decoded reduced by 2, 4 or 8, but never so that its shorter side
    falls under `at_least` pixels. Raises ImageRefused.
    """
    if not data:
        raise ImageRefused("empty_file")
    try:
        with warnings.catch_warnings():
            # size limits are our own, and damage is told by exceptions
            warnings.simplefilter("ignore")
            return _decode(data, max_pixels, at_least)
    except ImageRefused:
        raise
    except UnidentifiedImageError:
        raise ImageRefused("not_an_image", _describe(data)) from None
    except Image.DecompressionBombError:
        raise ImageRefused("too_many_pixels", f"more than {max_pixels:,} pixels") from None
    except MemoryError:
        raise ImageRefused("too_many_pixels", "it does not fit into memory") from None
    except Exception as error:  # decoders raise OSError, ValueError, SyntaxError, struct.error, TypeError, ...
        raise ImageRefused("damaged_image", (str(error).splitlines() or [""])[0][:120]) from None


def _decode(data: bytes, max_pixels: int, at_least: int | None) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=FORMATS) as image:
        width, height = image.size
        if width * height > max_pixels:
            raise ImageRefused("too_many_pixels", f"{width:,} × {height:,} pixels")
        if at_least is not None and image.format in ("JPEG", "MPO") and min(width, height) > at_least:
            scale = min(width, height) / at_least
            image.draft(None, (int(width / scale), int(height / scale)))
        sound_metadata = _has_sound_metadata(image)
        image.load()
        # broken metadata of a sound image: it is shown as it lies
        pixels = _as_rgb(ImageOps.exif_transpose(image) if sound_metadata else image)
        # comments and the like would be written into every JPEG made of these pixels
        pixels.info.clear()
        return pixels


def _has_sound_metadata(image: Image.Image) -> bool:
    """Whether EXIF can be read. Asked before the pixels, so that damage behind them costs the metadata alone."""
    try:
        image.getexif()
    except Exception:  # whatever the decoder raises
        return False
    return True


def _as_rgb(image: Image.Image) -> Image.Image:
    if image.mode == "RGB" and "transparency" not in image.info:
        return image.copy() if isinstance(image, ImageFile.ImageFile) else image
    if image.mode.startswith(("I", "F")):
        return _stretch_deep(image)
    if image.mode == "LAB":
        profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        converted = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
        assert converted is not None
        return converted
    if image.has_transparency_data:
        layered = image.convert("RGBA")
        flat = Image.new("RGB", image.size, _BACKDROP)
        flat.paste(layered, mask=layered.getchannel("A"))
        return flat
    return image.convert("RGB")


def _stretch_deep(image: Image.Image) -> Image.Image:
    """Integer and float greys, which `convert` would clip at 255: 16-bit by its range, others by their own."""
    grey = np.asarray(image).astype(np.float64)
    grey = np.nan_to_num(grey, nan=0.0, posinf=0.0, neginf=0.0)
    if image.mode.startswith("I;16") or (grey.min(initial=0) >= 0 and 255 < grey.max(initial=0) <= 65_535):
        low, high = 0.0, 65_535.0
    elif grey.min(initial=0) >= 0 and grey.max(initial=0) <= 255:
        low, high = 0.0, 255.0
    else:
        low, high = float(grey.min()), float(grey.max())
    scaled = (grey - low) * (255 / ((high - low) or 1))
    return Image.fromarray(np.clip(scaled + 0.5, 0, 255).astype(np.uint8)).convert("RGB")


def sniff_image(data: bytes) -> str | None:
    """What `data` looks like where it is plainly no image, whatever its name or type says; else None."""
    return _describe(data) or None


def _describe(data: bytes) -> str:
    """What a file that is no image looks like, in a few words."""
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<!doctype html", b"<html", b"<head", b"<body")):
        return "a web page"
    if start.startswith((b"<?xml", b"<svg")):
        return "an XML or SVG file"
    if start.startswith((b"{", b"[")):
        return "a JSON file"
    if start.startswith(b"%pdf"):
        return "a PDF"
    if data[4:12] in (b"ftypisom", b"ftypmp42", b"ftypqt  ") or start.startswith(b"\x1a\x45\xdf\xa3"):
        return "a video"
    return ""


def make_picture(image: Image.Image, size: int, quality: int) -> bytes:
    """The image as a JPEG whose longer side is at most `size` pixels; never enlarged."""
    return _as_jpeg(shrink_image(image, size), quality)


def shrink_image(image: Image.Image, size: int) -> Image.Image:
    """The image with its longer side at most `size` pixels; never enlarged."""
    scale = size / max(image.size)
    if scale >= 1:
        return image
    wanted = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    return image.resize(wanted, Image.Resampling.HAMMING, reducing_gap=2.0)


def make_cell(image: Image.Image, size: int) -> bytes:
    """The image's central square as a JPEG of `size` × `size` pixels."""
    return _as_jpeg(crop_square(image, size), _CELL_QUALITY)


def crop_square(image: Image.Image, size: int) -> Image.Image:
    """The image's central square at `size` × `size` pixels."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    box = (left, top, left + side, top + side)
    return image.resize((size, size), Image.Resampling.HAMMING, box=box, reducing_gap=2.0)


def _as_jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def network_input(image: Image.Image, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The whole image squashed to `size` (height, width), as the case study does: (h, w, 3) uint8."""
    return np.asarray(image.resize((size[1], size[0]), Image.Resampling.LANCZOS))
