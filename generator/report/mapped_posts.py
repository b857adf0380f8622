"""The images of a report on its map, and the same without those of some posts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from generator.images.signature import Signatures
from generator.maps.lattice import Lattice
from generator.spreadsheet.posts import Post


@dataclass(frozen=True, slots=True, eq=False)
class MappedPosts:
    """The n images of a report, those of a post's first before all others, with arrays aligned to them."""

    posts: tuple[Post, ...]  # each one's, with the id and address of the image
    images: tuple[str, ...]  # sha256 of each
    owner: NDArray[np.intp]  # (n,) position of each one's post, which is that of its first image
    features: NDArray[np.float32]  # (n, k) reduced features
    points: NDArray[np.float64]  # (n, 2) on the map
    labels: NDArray[np.integer]  # (n,) clusters, positions in `cluster_numbers`, -1 noise
    cluster_numbers: tuple[int, ...]  # what each cluster is called by: 1 the largest when the map was made
    together: NDArray[np.float64]  # (clusters,) share of a cluster's pairs that stay together under resampling
    set_apart: NDArray[np.bool_]  # (clusters,) whether they are groups in the features, not only on the map
    lattice: Lattice
    near: NDArray[np.integer]  # (n, m) positions of each image's nearest by features, nearest first
    near_posts: NDArray[np.integer]  # (posts, m) the same of first images among first images
    signatures: Signatures
    copies: NDArray[np.integer]  # (n,) codes, equal for one picture
    territories: tuple[int, ...] = ()  # (clusters,) positions in `territory_numbers`; empty without territories
    territory_numbers: tuple[int, ...] = ()  # what each territory is called by, as a cluster is

    @property
    def count(self) -> int:
        """The number of posts, whose first images come first."""
        return int(self.owner.max(initial=-1)) + 1

    @property
    def territory(self) -> NDArray[np.integer] | None:
        """Return the territory of each post's cluster, (n,), -1 for none; None without territories."""
        return np.array([*self.territories, -1])[self.labels] if self.territories else None


def keep_posts(
    mapped: MappedPosts, kept: NDArray[np.bool_], near: NDArray[np.integer], near_posts: NDArray[np.integer]
) -> MappedPosts:
    """Return the images `kept` (n,), all or none of each post; `near` and `near_posts` are the neighbours among them.

    Clusters and territories keep their numbers. Those without a post left are removed, and the largest of the others
    comes first.
    """
    sizes = np.bincount(mapped.labels[kept & (mapped.labels >= 0)], minlength=len(mapped.cluster_numbers))
    order = np.argsort(-sizes, kind="stable")
    order = order[sizes[order] > 0]
    # one entry more, so that -1 stays -1
    position = np.full(len(sizes) + 1, -1, np.int32)
    position[order] = np.arange(len(order))
    rows = np.flatnonzero(kept)
    territories, territory_numbers = _keep_territories(mapped, order, sizes[order])
    lattice, signatures = mapped.lattice, mapped.signatures
    return MappedPosts(
        posts=tuple(mapped.posts[row] for row in rows),
        images=tuple(mapped.images[row] for row in rows),
        owner=renumber(mapped.owner[rows]),
        features=mapped.features[rows],
        points=mapped.points[rows],
        labels=position[mapped.labels[rows]],
        cluster_numbers=tuple(mapped.cluster_numbers[label] for label in order),
        together=mapped.together[order],
        set_apart=mapped.set_apart[order],
        lattice=replace(lattice, column=lattice.column[rows], line=lattice.line[rows]),
        near=near,
        near_posts=near_posts,
        signatures=Signatures(signatures.hashes[rows], signatures.pixels[rows]),
        copies=mapped.copies[rows],
        territories=territories,
        territory_numbers=territory_numbers,
    )


def renumber(owner: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the positions of posts after some were left out: 0 to the number of posts, in the same order."""
    return np.asarray(np.unique(owner, return_inverse=True)[1].ravel(), np.intp)


def _keep_territories(
    mapped: MappedPosts, clusters: NDArray[np.intp], sizes: NDArray[np.intp]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return the territories of the clusters that are left, which have `sizes` posts, and the territories' numbers."""
    if not mapped.territories or not len(clusters):
        return (), ()
    territories = np.array(mapped.territories)[clusters]
    posts = np.bincount(territories, sizes, len(mapped.territory_numbers))
    order = np.argsort(-posts, kind="stable")
    order = order[posts[order] > 0]
    position = np.full(len(posts), -1, np.intp)
    position[order] = np.arange(len(order))
    return tuple(position[territories].tolist()), tuple(mapped.territory_numbers[place] for place in order)
