"""View models of everything the pages show: frozen records that refer to each other by position."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from generator.insights.posting.field_shares import FORMAT
from generator.report.finding import Finding, LevelName
from generator.report.post_fields import ShownField
from generator.report.subject_records import Subject, SubjectLevel

if TYPE_CHECKING:
    from generator.insights.compute import Insights
    from generator.insights.duplicates import Duplicates
    from generator.insights.levels import LevelInsights
    from generator.insights.looks import Look
    from generator.maps.history import MapHistory
    from generator.report.benchmark import BesideBenchmark
    from generator.report.changes import Changes
    from generator.report.map_facts import Method, Quality, ShownMap, SimilarityFacts
    from generator.report.within import ComparedWithin
    from generator.spreadsheet.fields import FieldValue
    from generator.spreadsheet.notices import Notice
    from generator.spreadsheet.post_formats import PostFormat
    from generator.spreadsheet.posts import Refusal, Remark, TableRead
    from generator.spreadsheet.values.dates import Precision
    from generator.tags.model import Tags

#: Folders of groups' pages; the unclustered posts have theirs beside the clusters.
_FOLDERS = {"Brand": "brands", "Territory": "territories", "Cluster": "clusters", "Group": "clusters"}


@dataclass(frozen=True, slots=True)
class Counts:
    """Counts of rows and posts. `images` counts different images; `refused` maps reasons to numbers of rows."""

    rows: int
    posts: int
    images: int
    refused: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class ShownPost:
    """A post as the report shows it, by one of its images: the first, or a further one if all are shown.

    `brand`, `cluster` and `territory` are positions in those of the Report.
    """

    id: str
    table: str  # its name, "" if there is only one
    row: int
    thumbnail: str  # the spreadsheet's own text
    caption: str
    likes: int | None
    comments: int | None
    published: datetime | None
    precision: Precision  # of `published`
    permalink: str | None
    image: str  # sha256 of its image
    picture: str  # path in the site: "images/<first 16 of sha256>.jpg"
    brand: int
    cluster: int | None  # None: unclustered
    territory: int | None  # of its cluster; None without territories
    x: float
    y: float
    column: int
    line: int
    engagement: float | None  # its likes as a multiple of its brand's median
    brightness: float  # mean L* of its image, 0 to 100
    contrast: float  # standard deviation of L* within it
    hash: int  # perceptual, 64 bits
    copy: int  # a code, equal for posts of one picture
    near: tuple[int, ...]  # the images nearest by features, nearest first; positions in Report.images
    tags: tuple[int, ...] = ()  # what its image surely shows, wider terms first; positions in Report.tags.terms
    owner: int | None = None  # of a further image of a post: the position of the post, as which it is shown
    part: float = 1.0  # of its post: one image of several is so much of it
    own_tags: tuple[str, ...] = ()  # given by users, in alphabetical order
    notes: tuple[str, ...] = ()  # written by users
    followers: float | None = None  # of its brand when it was posted; None if not known
    fields: tuple[FieldValue, ...] = ()  # for each of Report.fields
    format: PostFormat | None = None  # None if not known

    def find_value(self, field: int) -> FieldValue:
        """Return its value of the field at a position of `FieldShares`, which may be that of formats."""
        return self.format if field == FORMAT else self.fields[field]

    @property
    def is_coarse(self) -> bool:
        """Whether its date is known, and only to the week or month."""
        return self.published is not None and self.precision in ("week", "month")


@dataclass(frozen=True, slots=True)
class Crossing:
    """The posts that one brand has in one cluster (None: unclustered), or in one territory.

    Shares count a post of several images by the part of them that lies there.
    """

    brand: int
    cluster: int | None
    posts: int  # with an image there
    of_brand: float  # share of the brand's posts
    of_cluster: float  # share of the cluster's posts


@dataclass(frozen=True, slots=True)
class Group:
    """A brand, a cluster, a territory, or the unclustered posts. Images are positions in Report.images."""

    key: str
    name: str
    found_name: str  # its name unless the cluster notes give another
    note: str  # from the cluster notes
    look: Look
    members: tuple[int, ...]  # all images
    posts: tuple[int, ...]  # each post once, by the first of its images here
    share: float  # of all posts, of which a post of several images has the part of those that lie here
    crossings: tuple[Crossing, ...]  # a brand's clusters or a group's brands, the largest share of a brand first
    representatives: tuple[int, ...]
    least_typical: tuple[int, ...]
    most_engaging: tuple[int, ...]  # above the median likes of their own brand, the farthest above first

    @property
    def page(self) -> str:
        """The path of its page in the site."""
        return f"{_FOLDERS[type(self).__name__]}/{self.key}.html"


@dataclass(frozen=True, slots=True)
class Brand(Group):
    """A brand. Only brands have median likes, since likes are not compared across brands."""

    territories: tuple[Crossing, ...]  # with territories, as `crossings` with clusters; empty without territories
    median_likes: float | None  # None if too few posts show their likes


@dataclass(frozen=True, slots=True)
class Cluster(Group):
    """A cluster of the main map."""

    colour: str  # "#rrggbb"
    words: tuple[str, ...]  # that set its captions apart, the most telling first
    content: tuple[str, ...]  # terms that set apart what its images show, the same way
    territory: int | None  # position in Report.territories; None without any
    stability: float  # share of its pairs that stay together under resampling
    is_set_apart: bool  # in the features, not only on the map: see generator/maps/structure.py


@dataclass(frozen=True, slots=True)
class Territory(Group):
    """Clusters of the main map that lie side by side and look alike."""

    colour: str  # "#rrggbb"
    words: tuple[str, ...]  # that set its captions apart, the most telling first
    content: tuple[str, ...]  # terms that set apart what its images show, the same way
    clusters: tuple[int, ...]  # positions in Report.clusters, the largest first


@dataclass(frozen=True, slots=True)
class Level:
    """A way to divide the posts: by territory, or by cluster. Figures know the groups by their positions."""

    name: LevelName
    groups: tuple[Territory, ...] | tuple[Cluster, ...]
    unclustered: Group | None  # the posts in none of them
    figures: LevelInsights | None

    @property
    def rows(self) -> tuple[Group, ...]:
        """The groups, then the unclustered posts if there are any: the columns of shares."""
        return (*self.groups, *([self.unclustered] if self.unclustered else []))

    def find(self, position: int | None) -> Group | None:
        """Return the group at `position`; for None, the unclustered posts, if they are a group."""
        return self.unclustered if position is None else self.groups[position]

    def crossings(self, brand: Brand) -> tuple[Crossing, ...]:
        """Return the brand's crossings with the groups, the largest share first."""
        return brand.territories if self.name == "territory" else brand.crossings


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report. Clusters and territories run from the largest to the smallest, brands by name."""

    title: str
    lang: str
    built: datetime
    address: str | None  # where it is published, ending in a slash; None keeps search engines out
    generator: str  # version
    source: str  # name of the file or folder
    tables: tuple[TableRead, ...]
    notices: tuple[Notice, ...]  # what the files hold and the report does not use
    counts: Counts
    span: tuple[date, date] | None  # of the posts that have a date
    fields: tuple[ShownField, ...]  # of the posts, beside those that every report knows
    formats: ShownField  # the posts' formats as a field
    brand_groups: tuple[str, ...]  # names of the groups of brands; figures know them by their positions
    group_of: tuple[int, ...]  # by brand: position of its group, -1 for none
    benchmark: BesideBenchmark | None  # how they compare with an earlier report; None without one
    within: ComparedWithin | None  # the field within which brands are compared; None if all posts are taken together
    posts: tuple[ShownPost, ...]  # by their first images
    look: Look  # of all posts
    brands: tuple[Brand, ...]
    clusters: tuple[Cluster, ...]
    territories: tuple[Territory, ...]  # empty with few clusters
    subjects: tuple[Subject, ...]  # what images show, then what captions say, as the figures have them
    duplicates: tuple[Duplicates, ...]  # pictures that were posted more than once, the most often first
    noise: Group | None  # the unclustered posts; None if every post is in a cluster, or there are no clusters
    findings: tuple[Finding, ...]
    insights: Insights | None  # None with fewer than two brands or no cluster
    method: Method
    quality: Quality
    history: MapHistory
    maps: tuple[ShownMap, ...]  # the main one, which gives posts their points and cells, first
    similarity: SimilarityFacts
    tags: Tags  # what images show
    changes: Changes | None  # None without an earlier report
    refusals: tuple[Refusal, ...]
    remarks: tuple[Remark, ...]
    further: tuple[ShownPost, ...] = ()  # by further images, if all are shown

    @property
    def images(self) -> tuple[ShownPost, ...]:
        """The posts by all images that are shown, the first ones before all others."""
        return (*self.posts, *self.further) if self.further else self.posts

    def find_image(self, position: int) -> ShownPost:
        """Return the one of `images` at this position."""
        count = len(self.posts)
        return self.posts[position] if position < count else self.further[position - count]

    @property
    def span_precision(self) -> Precision:
        """What both ends of `span` are known to."""
        return "month" if any(post.is_coarse for post in self.posts) else "day"

    @property
    def groups(self) -> tuple[Group, ...]:
        """The clusters, then the unclustered posts if there are any."""
        return (*self.clusters, *([self.noise] if self.noise else []))

    @property
    def cluster_level(self) -> Level:
        """The division into clusters."""
        return Level("cluster", self.clusters, self.noise, self.insights)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The ways to divide the posts, the coarsest first: by territory, if there are any, and by cluster."""
        if not self.territories:
            return (self.cluster_level,)
        figures = self.insights.territories if self.insights else None
        return Level("territory", self.territories, self.noise, figures), self.cluster_level

    @property
    def subject_level(self) -> SubjectLevel:
        """The posts by what images show and captions say."""
        return SubjectLevel(self.subjects, self.insights.subjects if self.insights else None)

    def find_field(self, position: int) -> ShownField:
        """Return the field at a position of `FieldShares`, which may be that of formats."""
        return self.formats if position == FORMAT else self.fields[position]

    def find_group(self, finding: Finding) -> Group | None:
        """Return the territory or cluster that a finding is about; None if it is about brands alone."""
        return None if finding.cluster is None else self.find_level(finding.level).groups[finding.cluster]

    def find_level(self, name: LevelName) -> Level:
        """Return the division of this name."""
        return next(level for level in self.levels if level.name == name)

    @property
    def tables_by_columns(self) -> list[list[TableRead]]:
        """The tables, those with the same columns together."""
        groups: dict[tuple[object, ...], list[TableRead]] = {}
        for table in self.tables:
            groups.setdefault((*table.columns.items(), table.brand_from), []).append(table)
        return list(groups.values())

    def name_table(self, table: int) -> str:
        """Return the name of a table where there are several, else ""."""
        return self.tables[table].name if len(self.tables) > 1 else ""

    def find_cluster(self, position: int | None) -> Group | None:
        """Return the cluster at `position`; for None, the unclustered posts, if they are a group."""
        return self.noise if position is None else self.clusters[position]


def drop_repeats(members: Iterable[int], posts: Sequence[ShownPost]) -> list[int]:
    """Return the members in their order, without those that show the image of an earlier one."""
    first: dict[str, int] = {}
    for member in members:
        first.setdefault(posts[member].image, member)
    return list(first.values())
