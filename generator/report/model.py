"""Everything the pages show, as frozen view models that carry the keys and positions they speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from generator.insights.compute import Insights
    from generator.insights.duplicates import Duplicates
    from generator.insights.looks import Look
    from generator.maps.lattice import Lattice
    from generator.report.changes import Changes

    pass
    from generator.similarity.robustness import Robustness
    from generator.spreadsheet.posts import Refusal, Remark
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from generator.maps.history import MapHistory

if TYPE_CHECKING:
    import numpy as np

    pass
import math
from typing import TYPE_CHECKING, Literal

import numpy as np

pass
if TYPE_CHECKING:
    from generator.insights.compute import Insights

    pass


@dataclass(frozen=True, slots=True)
class Finding:
    """A figure with both ends of its interval, or with NaN for them where it is a plain count.

    `brand`, `other` (a second brand) and `cluster` are positions; no brand means brands in general. `figure` is a
    ratio; of own_ground and largest_cluster a share; of drift the share in the last third of the brand's time, where
    `expected` is that in the first; of white_space the posts that the brand has there, where `expected` are those it
    would have. `posts`, positions too, show it.
    """

    kind: Literal[
        "over_index", "engagement", "drift", "distinct", "overlap", "own_ground", "white_space", "largest_cluster"
    ]
    brand: int | None
    cluster: int | None
    figure: float
    low: float
    high: float
    expected: float = math.nan
    other: int | None = None
    posts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Method:
    """How the map was made."""

    model: str
    weights_sha256: str | None
    pooling: str | None
    precision: str | None  # "float32" or "mixed"
    pca: int
    perplexity: float
    eps: float | None
    min_samples: int | None
    seed: int
    versions: Mapping[str, str]
    dimensions: int  # of a feature vector before it was reduced
    fallback: str  # why `auto` took the built-in features, in a sentence, or ""
    repeats: str  # "each" or "once": how a brand's repeats of one picture count


@dataclass(frozen=True, slots=True)
class Quality:
    """How far the map can be trusted: all from 0 to 1; NaN where there are no clusters."""

    noise_share: float
    trustworthiness: float
    lattice_trustworthiness: float
    stability: float  # share of a cluster's pairs that stay together under resampling
    neighbours_kept: float  # share of an image's nearest that are its nearest on the map
    neighbours_in_cluster: float  # share of a clustered image's nearest that lie in its cluster


@dataclass(frozen=True, slots=True, eq=False)
class ShownMap:
    """One map of the report's posts."""

    key: str
    name: str
    weights: Mapping[str, float]  # of the facets that have a say; they sum to 1
    points: NDArray[np.float64]  # (n, 2)
    lattice: Lattice
    near: NDArray[np.integer]  # (n, m) each post's nearest by this mix
    trustworthiness: float
    history: MapHistory


@dataclass(frozen=True, slots=True)
class ShownFacet:
    """One way in which images can be alike, as the viewer tells it."""

    key: str  # of FACETS, or "examples"
    name: str
    marks: bool  # whether regions of images are marked for it


@dataclass(frozen=True, slots=True)
class LearnedFacts:
    """What examples taught the main map. Shares are of triples in which the two that belong together are nearer."""

    posts: int
    groups: int
    before: float  # NaN where too few examples could be held out
    after: float
    gain: float
    error: float  # standard error of the gain
    applied: bool


@dataclass(frozen=True, slots=True)
class SimilarityFacts:
    """What counts as similar in the report, and how steady that is."""

    facets: tuple[ShownFacet, ...]
    taught: LearnedFacts | None  # None without examples
    disturbed: int  # images of which disturbed copies were looked up
    robustness: tuple[Robustness, ...]  # one a disturbance; none where nothing could be disturbed


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the spreadsheet's rows. `images` counts different images; `refused` maps reasons to rows."""

    rows: int
    posts: int
    images: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as the report shows it. `brand` and `cluster` are positions in Report.brands and Report.clusters."""

    id: str
    row: int
    thumbnail: str  # the spreadsheet's own text
    caption: str
    likes: int | None
    comments: int | None
    published: datetime | None
    permalink: str | None
    image: str  # sha256 of its image
    picture: str  # the picture's place in the site: "images/<first 16 of sha256>.jpg"
    brand: int
    cluster: int | None  # None: unclustered
    x: float
    y: float
    column: int
    line: int
    engagement: float | None  # its likes, where its brand's median is 1
    brightness: float  # mean L* of its image, 0 to 100
    contrast: float  # standard deviation of L* within it
    hash: int  # perceptual, 64 bits
    copy: int  # a code, equal for posts of one picture
    near: tuple[int, ...]  # the posts whose images are nearest by features, nearest first; positions in Report.posts


@dataclass(frozen=True, slots=True)
class Crossing:
    """The posts that one brand has in one cluster (None: unclustered)."""

    brand: int
    cluster: int | None
    posts: int
    of_brand: float  # share of the brand's posts
    of_others: float  # share that the cluster takes of all other brands' posts
    of_cluster: float  # share of the cluster's posts


@dataclass(frozen=True, slots=True)
class Group:
    """A brand, a cluster, or the unclustered posts. Posts are positions in Report.posts."""

    key: str
    name: str
    colour: str | None  # "#rrggbb" for clusters, None for brands and the unclustered
    words: tuple[str, ...]  # that set a cluster's captions apart, the most telling first; none for brands
    found_name: str  # what it is called where nobody named it
    note: str  # what somebody wrote about it
    look: Look
    stability: float | None  # share of a cluster's pairs that stay together under resampling; None for others
    members: tuple[int, ...]
    share: float  # of all posts
    crossings: tuple[Crossing, ...]  # a brand's clusters or a cluster's brands, the largest share of a brand first
    representatives: tuple[int, ...]
    least_typical: tuple[int, ...]
    most_engaging: tuple[int, ...]  # above the median likes of their own brand, the farthest above first
    median_likes: float | None  # of a brand; None for clusters, since likes are not compared across brands


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. Clusters run from the largest to the smallest, brands by name."""

    title: str
    lang: str
    built: datetime
    address: str | None  # where it is published, ending in a slash; None: search engines are asked to leave it out
    generator: str  # version
    source: str  # the spreadsheet's name
    sheet: str
    columns: Mapping[str, str]  # field -> header
    counts: Counts
    span: tuple[date, date] | None  # of the posts that have a date
    posts: tuple[ShownPost, ...]
    look: Look  # of all posts
    brands: tuple[Group, ...]
    clusters: tuple[Group, ...]
    duplicates: tuple[Duplicates, ...]  # pictures that were posted more than once, the most often first
    noise: Group | None  # None where every post is in a cluster, or there are no clusters at all
    findings: tuple[Finding, ...]
    insights: Insights | None  # None where there are not two brands, or no cluster
    method: Method
    quality: Quality
    history: MapHistory
    maps: tuple[ShownMap, ...]  # the main one first, whose places the posts have
    similarity: SimilarityFacts
    changes: Changes | None  # None where there is no report before
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The clusters and, where there are any, the unclustered posts after them."""
        return (*self.clusters, *([self.noise] if self.noise else []))

    def find_cluster(self, position: int | None) -> Group | None:
        """The cluster at `position`, or for None the unclustered posts, where they are a group."""
        return self.noise if position is None else self.clusters[position]


def drop_repeats(members: Iterable[int], posts: Sequence[ShownPost]) -> list[int]:
    """The members in their order, the first of those that show the same image."""
    first: dict[str, int] = {}
    for member in members:
        first.setdefault(posts[member].image, member)
    return list(first.values())
