"""All settings with their defaults and help texts: one frozen dataclass a section of brandscape.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from generator.settings.brand_sections import BrandSettings, CompareSettings
from generator.settings.entry import entry as _setting
from generator.settings.sizes import Allowance, Size

#: The ways in which images can be alike, in the order used everywhere.
FACETS = ("content", "colour", "composition")

Auto = Literal["auto"]


@dataclass(frozen=True)
class ReadSettings:
    """Reading the spreadsheet."""

    sheet: str | None = _setting(None, "Sheet to read alone; by default all that hold posts.")
    columns: Mapping[str, str] = field(
        default_factory=dict,
        metadata={"help": 'Headers that are not recognised, by field: { brand = "House", thumbnail = "Pic" }.'},
    )
    hidden: Literal["keep", "skip"] = _setting(
        "keep", "Rows hidden by a filter or by hand: keep them in the report, or skip them."
    )
    brand: str = _setting("", "Brand of the posts for which no column, sheet or row names one.")


@dataclass(frozen=True)
class PostSettings:
    """Choosing the posts of a report."""

    repeats: Literal["each", "once"] = _setting(
        "each", "Count a brand's repeats of one picture (the same file or a near copy) each, or once."
    )
    images: Literal["first", "all"] = _setting(
        "first", "Images of a post to show: its first, or all, of which each counts for its share of the post."
    )
    exclude: tuple[str, ...] = _setting(
        (),
        "Posts to withdraw, each by id, permalink, or its image's address, file or sha256. The next build removes "
        "their images from the report and the cache, with all other posts of the same image. It warns once of near "
        "copies.",
    )
    post_notes: Path | None = _setting(
        None, "File of your own tags and notes on posts; by default notes.toml beside the spreadsheet."
    )


@dataclass(frozen=True)
class FetchSettings:
    """Fetching images."""

    workers: int = _setting(7, "Number of downloads at the same time.", 1, 64)
    connect_timeout: float = _setting(10.0, "Seconds to wait for a server to answer.", 0.1, 600)
    read_timeout: float = _setting(30.0, "Seconds to wait for the next bytes.", 0.1, 600)
    retries: int = _setting(3, "Further tries after a failure that may pass (429, 5xx, a dropped connection).", 0, 20)
    max_bytes: int = _setting(30_000_000, "Largest image file to accept, in bytes.", 1)
    video_bytes: int = _setting(16_000_000, "Bytes to download of a video, from its start.", 1)
    allow_private: bool = _setting(
        False, "Also fetch images from private, loopback and link-local addresses, such as a server in the office."
    )
    offline: bool = _setting(False, "Use only images that are in the cache or on disk; download nothing.")
    images_root: Path | None = _setting(None, "Folder that local paths start from; by default the spreadsheet's own.")


@dataclass(frozen=True)
class ImageSettings:
    """Decoding images, and the pictures made from them."""

    max_pixels: int = _setting(50_000_000, "Largest image to decode, in pixels.", 1, 150_000_000)
    decode_seconds: float = _setting(30.0, "Longest time for decoding one image, in seconds.", 0.1, 3600)
    picture_size: int = _setting(400, "Longest side of the picture shown with a post, in pixels.", 64, 2000)


#: In what numbers a network computes.
Precision = Literal["auto", "float32", "bfloat16", "mixed"]


@dataclass(frozen=True)
class EmbeddingSettings:
    """Turning each image into a vector by a neural network."""

    model: str = _setting(
        "auto",
        "Network: auto (ResNet50, else builtin), builtin (EfficientNet-Lite0, which comes along), the name of one in "
        "keras.applications (resnet50, mobilenetv2, ...), or a .keras file.",
    )
    weights: Path | None = _setting(None, "File of weights for the network.")
    pooling: Literal["max", "avg"] = _setting(
        "max", "How the network's last feature map becomes one vector: by its maximum or its average."
    )
    precision: Precision = _setting(
        "auto",
        "auto, float32, bfloat16 (needs a processor that has it) or mixed (half precision, needs a GPU). auto takes "
        "bfloat16 where the processor has it and images of the report stay as near to each other.",
    )
    vectors: Path | None = _setting(
        None, "File of your own vectors (.npy, .parquet or .h5), used instead of a network."
    )
    save_vectors: Path | None = _setting(
        None, "File to write the vectors and the posts' ids to (.npy, .parquet or .h5)."
    )


@dataclass(frozen=True)
class SimilaritySettings:
    """Measuring similarity: the weight of each facet, and examples to learn from."""

    content: float = _setting(1.0, "Weight of content: what images show, as the neural network sees it.", 0, 1000)
    colour: float = _setting(0.3, "Weight of colour: the colours of images, wherever they appear.", 0, 1000)
    composition: float = _setting(0.7, "Weight of composition: where in the image masses and edges lie.", 0, 1000)
    main_map: str = _setting(
        "", "Name of the one of [[maps]] that clusters and figures follow; by default a map with the weights above."
    )
    examples: Path | None = _setting(
        None,
        "File of posts that belong together and posts that do not; by default similar.toml beside the spreadsheet.",
    )
    disturbed: int | Auto = _setting(
        "auto",
        "Number of images to test how robust similarity is to small changes; more is more exact, 0 is no test.",
        0,
        10_000,
    )
    same_post: bool = _setting(False, "Show images of the same post among an image's nearest too.")


@dataclass(frozen=True)
class TagSettings:
    """Saying what images show, in everyday terms."""

    tagged: bool = _setting(
        True,
        "Tag images with what they show. EfficientNet-Lite0 does so, in a pass of its own where the map is made by "
        "another network.",
    )
    corrections: Path | None = _setting(
        None,
        "File of tags to rename, merge or remove, and of posts to take out of them; by default tags.toml beside the "
        "spreadsheet.",
    )
    tags: Path | None = _setting(
        None,
        "File of terms of your own to look for in images, a term a line or as TOML. Needs tag_model or tag_vectors.",
    )
    tag_model: str = _setting(
        "",
        "Network that compares your terms with images: a CLIP or SigLIP preset of KerasHub, such as "
        "clip_vit_base_patch32, or a folder that holds one.",
    )
    tag_vectors: Path | None = _setting(
        None, "File of your terms' vectors (.npy, .parquet or .h5), made by the network that made the images' vectors."
    )


@dataclass(frozen=True)
class MapMix:
    """A further map of the same images, with other weights of the facets."""

    name: str
    content: float = 0.0
    colour: float = 0.0
    composition: float = 0.0


@dataclass(frozen=True)
class MapSettings:
    """Drawing the map of images by t-SNE."""

    pca: int = _setting(50, "Principal components kept before t-SNE.", 2)
    perplexity: float = _setting(10.0, "t-SNE perplexity: about how many neighbours count for each image.", 1)
    seed: int = _setting(0, "Seed of all random numbers.", 0, 2**32 - 1)


@dataclass(frozen=True)
class ClusterSettings:
    """Finding clusters on the map by DBSCAN."""

    eps: float | Auto = _setting("auto", "Radius of DBSCAN's neighbourhood on the map, or auto.", 1e-6)
    min_samples: int | Auto = _setting(
        "auto", "Number of images within eps that make the core of a cluster, or auto.", 1
    )
    notes: Path | None = _setting(
        None,
        "File of names and notes for clusters, and of posts to hide; by default clusters.toml beside the spreadsheet.",
    )


@dataclass(frozen=True)
class MosaicSettings:
    """Drawing mosaics."""

    cell_size: int | Auto = _setting("auto", "Largest size of an image in a mosaic: 32, 64 or 128 pixels, or auto.")
    fill: float = _setting(
        0.68,
        "Share of the cells of the whole map that hold an image; more is denser but less faithful to the map.",
        0.05,
        1,
    )
    quality: int = _setting(80, "JPEG quality of tiles and flat mosaics.", 1, 95)
    flat_size: int = _setting(5000, "Longest side of the flat mosaics for slides, in pixels.", 100, 20_000)
    scatter_size: int = _setting(5000, "Side of the scatter mosaics, in pixels.", 100, 20_000)
    scatter_thumbnail: int = _setting(50, "Longest side of an image in the scatter mosaics, in pixels.", 4, 400)


@dataclass(frozen=True)
class SiteSettings:
    """Title, language and address of the report."""

    title: str = _setting("", "Title of the report; by default the spreadsheet's name.")
    lang: Literal["en", "fr"] = _setting("en", "Language of the report: en or fr.")
    url: str = _setting(
        "", "Address of the published report, such as https://example.com/report/. Used only if the report is public."
    )
    public: bool = _setting(
        False, "Let search engines list the report, and let links to it show a title and a picture. Needs url."
    )


@dataclass(frozen=True)
class PublishSettings:
    """Conditions for replacing the old report by the new one."""

    strict: bool = _setting(False, "Fail if any image is missing: the same as max_missing = 0.")
    max_missing: Allowance | None = _setting(
        None, "Fail if more images are missing than this: a count (12) or a share of all (5%)."
    )
    max_report_size: Size | None = _setting(
        None, "Fail if the finished report is larger than this: 900KB, 100MB, 1.5GB."
    )


@dataclass(frozen=True)
class RunSettings:
    """Spreading the work over machines. The report stays the same."""

    scheduler: str = _setting(
        "",
        "Workers to use: tcp://HOST:PORT of a Dask scheduler, or local:N for N workers on this machine.",
    )


@dataclass(frozen=True)
class Settings:
    """All settings of one run, by section."""

    read: ReadSettings = ReadSettings()
    brands: BrandSettings = BrandSettings()
    compare: CompareSettings = CompareSettings()
    posts: PostSettings = PostSettings()
    fetch: FetchSettings = FetchSettings()
    images: ImageSettings = ImageSettings()
    embedding: EmbeddingSettings = EmbeddingSettings()
    similarity: SimilaritySettings = SimilaritySettings()
    tags: TagSettings = TagSettings()
    map: MapSettings = MapSettings()
    clusters: ClusterSettings = ClusterSettings()
    mosaic: MosaicSettings = MosaicSettings()
    site: SiteSettings = SiteSettings()
    publish: PublishSettings = PublishSettings()
    run: RunSettings = RunSettings()
    maps: tuple[MapMix, ...] = ()  # beside the main one
    fields: Mapping[str, str] = field(default_factory=dict)  # what columns without a known header hold, by header
