"""Every choice a run can make: one frozen dataclass a stage, each default stated once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from generator.settings.sizes import Allowance, Size

#: The ways in which images can be alike, in the order in which they are named everywhere.
FACETS = ("content", "colour", "composition")


Auto = Literal["auto"]


def _setting(default: Any, help: str, least: float | None = None, most: float | None = None) -> Any:
    return field(default=default, metadata={"help": help, "least": least, "most": most})


@dataclass(frozen=True)
class ReadSettings:
    """How the spreadsheet is read."""

    sheet: str | None = _setting(None, "Sheet to read; by default the first one with the columns a report needs.")
    columns: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"help": 'Headers by field where they are not recognised: { brand = "House", thumbnail = "Pic" }.'},
    )


@dataclass(frozen=True)
class PostSettings:
    """Which posts a report shows."""

    repeats: Literal["each", "once"] = _setting(
        "each", "Whether a brand's repeats of one picture, the same file or a near copy, count each or once."
    )
    exclude: tuple[str, ...] = _setting(
        (),
        "Posts to withdraw, each by id, permalink, or its image's address, file or sha256. The next build takes their "
        "images out of the report and the cache, and with them other posts of the same image; near copies it only "
        "warns of, that once.",
    )


@dataclass(frozen=True)
class FetchSettings:
    """How images are fetched."""

    workers: int = _setting(7, "Downloads at a time.", 1, 64)
    connect_timeout: float = _setting(10.0, "Seconds to wait for a server to answer.", 0.1, 600)
    read_timeout: float = _setting(30.0, "Seconds to wait for the next bytes.", 0.1, 600)
    retries: int = _setting(3, "Tries after a failure that may pass (429, 5xx, a dropped connection).", 0, 20)
    max_bytes: int = _setting(30_000_000, "Largest image file accepted, in bytes.", 1)
    allow_private: bool = _setting(
        False, "Fetch images from private, loopback and link-local addresses too, such as a server in the office."
    )
    offline: bool = _setting(False, "Use only images already in the cache or on disk; ask the network for nothing.")
    images_root: Path | None = _setting(None, "Folder that local paths start from; by default the spreadsheet's own.")


@dataclass(frozen=True)
class ImageSettings:
    """How images are decoded and what is kept of each."""

    max_pixels: int = _setting(50_000_000, "Largest image decoded, in pixels.", 1, 150_000_000)
    decode_seconds: float = _setting(30.0, "Seconds that decoding an image may take.", 0.1, 3600)
    picture_size: int = _setting(400, "Longest side of the picture shown with a post, in pixels.", 64, 2000)


@dataclass(frozen=True)
class EmbeddingSettings:
    """Which network says what an image looks like."""

    model: str = _setting(
        "auto",
        "auto, builtin, a keras.applications network by name (resnet50, mobilenetv2, ...), or a .keras file.",
    )
    weights: Path | None = _setting(None, "Weights file for the network.")
    pooling: Literal["max", "avg"] = _setting("max", "How the network's last feature map becomes one vector.")
    precision: Literal["float32", "mixed"] = _setting(
        "float32", "float32, or mixed: the network in half precision, which needs a GPU. Each has vectors of its own."
    )
    vectors: Path | None = _setting(None, "Vectors made elsewhere (.npy, .parquet or .h5), used instead of a network.")
    save_vectors: Path | None = _setting(None, "Where to write the vectors and posts' ids (.npy, .parquet, .h5).")


@dataclass(frozen=True)
class SimilaritySettings:
    """What counts as similar: how much say each facet has, and what examples teach."""

    content: float = _setting(1.0, "Say of what images show, as the network sees it.", 0, 1000)
    colour: float = _setting(0.3, "Say of their colours, wherever in the image.", 0, 1000)
    composition: float = _setting(0.7, "Say of where in the image masses and edges lie.", 0, 1000)
    main_map: str = _setting(
        "", "Which of [[maps]] clusters and figures follow; by default the one mixed as here, else one of its own."
    )
    examples: Path | None = _setting(
        None,
        "Posts that belong together and posts that do not; by default similar.toml beside the spreadsheet.",
    )
    disturbed: int | Auto = _setting(
        "auto", "Images whose disturbed copies say how steady likeness is: more are more exact, 0 is none.", 0, 10_000
    )


@dataclass(frozen=True)
class MapMix:
    """A further map of the same images, by another mix of facets."""

    name: str
    content: float = 0.0
    colour: float = 0.0
    composition: float = 0.0


@dataclass(frozen=True)
class MapSettings:
    """How vectors become a map."""

    pca: int = _setting(50, "Principal components kept before t-SNE.", 2)
    perplexity: float = _setting(10.0, "t-SNE perplexity: about how many neighbours each image weighs.", 1)
    seed: int = _setting(0, "Seed of everything drawn at random.", 0, 2**32 - 1)


@dataclass(frozen=True)
class ClusterSettings:
    """How DBSCAN cuts the map into clusters."""

    eps: float | Auto = _setting("auto", "DBSCAN's neighbourhood radius on the map, or auto.", 1e-6)
    min_samples: int | Auto = _setting("auto", "Images within eps that make a core of a cluster, or auto.", 1)
    notes: Path | None = _setting(
        None,
        "Names and notes for clusters, and posts to hide; by default clusters.toml beside the spreadsheet.",
    )


@dataclass(frozen=True)
class MosaicSettings:
    """How mosaics are drawn."""

    cell_size: int | Auto = _setting("auto", "Largest size of an image in a mosaic: 32, 64 or 128 pixels, or auto.")
    fill: float = _setting(
        0.5, "Share of the whole map's cells that hold an image; more is denser but less faithful.", 0.05, 1
    )
    quality: int = _setting(80, "JPEG quality of tiles and flat mosaics.", 1, 95)
    flat_size: int = _setting(5000, "Longest side of the flat mosaics for slides, in pixels.", 100, 20_000)
    scatter_size: int = _setting(5000, "Side of the scatter mosaics, in pixels.", 100, 20_000)
    scatter_thumbnail: int = _setting(50, "Longest side of an image in the scatter mosaics, in pixels.", 4, 400)


@dataclass(frozen=True)
class SiteSettings:
    """What the report says about itself."""

    title: str = _setting("", "The report's title; by default made from the spreadsheet's name.")
    lang: Literal["en", "fr"] = _setting("en", "Language of the report: en or fr.")
    url: str = _setting("", "Where the report is published: https://example.com/report/. Used only where it is public.")
    public: bool = _setting(
        False, "Let search engines list the report, and links to it show a title and a picture. Needs url."
    )


@dataclass(frozen=True)
class PublishSettings:
    """What keeps a new report from taking the old one's place."""

    strict: bool = _setting(False, "Fail when any image is missing: the same as max_missing = 0.")
    max_missing: Allowance | None = _setting(
        None, "Fail when more images are missing than this: a count (12) or a share of all (5%)."
    )
    max_report_size: Size | None = _setting(
        None, "Fail when the finished report is larger than this: 900KB, 100MB, 1.5GB."
    )


@dataclass(frozen=True)
class RunSettings:
    """Where the work is done. The report is the same."""

    scheduler: str = _setting(
        "",
        "Spread the work over workers: tcp://HOST:PORT of a Dask scheduler, or local:N for N of them on this machine.",
    )


@dataclass(frozen=True)
class Settings:
    """All settings of one run, by stage."""

    read: ReadSettings = ReadSettings()
    posts: PostSettings = PostSettings()
    fetch: FetchSettings = FetchSettings()
    images: ImageSettings = ImageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    similarity: SimilaritySettings = SimilaritySettings()
    map: MapSettings = MapSettings()
    clusters: ClusterSettings = ClusterSettings()
    mosaic: MosaicSettings = MosaicSettings()
    site: SiteSettings = SiteSettings()
    publish: PublishSettings = PublishSettings()
    run: RunSettings = RunSettings()
    maps: tuple[MapMix, ...] = ()  # beside the main one
