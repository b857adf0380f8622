"""The cached steps of a build, each declared once.

The keys of the cache, what `--dry-run` says and the list of what a site depends on all follow from these declarations.
"""

from __future__ import annotations

import dataclasses
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from generator import __version__, resources
from generator.digests import digest_of
from generator.embedding import pca, text_image
from generator.maps import (
    cell_exchange,
    dbscan,
    incremental_dbscan,
    lattice,
    placement,
    stability,
    structure,
    territories,
    tsne,
    turning,
)
from generator.pipeline.sources import digest_own_terms
from generator.settings import FACETS
from generator.similarity import (
    colour,
    composition,
    explanation,
    facets,
    metric_learning,
    mixes,
    neighbours,
    robustness,
)
from generator.spreadsheet.posts import FURTHER
from generator.tags import calibration, hierarchy, own_scores, shots

if TYPE_CHECKING:
    from generator.cache.store import Store
    from generator.collection.collect import Collection
    from generator.pipeline.run import Run
    from generator.pipeline.sources import Sources
    from generator.settings import Settings
    from generator.similarity.mixes import Mix

Arrays = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Stage:
    """A step whose result is cached under the version of its code, its settings and what it is given."""

    name: str  # folder in the cache
    #: Modules that compute it. Each `VERSION` among them is raised when the same input would give another result.
    code: tuple[ModuleType, ...]
    settings: tuple[str, ...] = ()  # that its key holds, such as "map.pca"
    given: tuple[str, ...] = ()  # what else it depends on, by the names of `list_inputs`
    after: tuple[Stage, ...] = ()
    label: str = ""  # what --dry-run calls it

    @property
    def version(self) -> str:
        """The versions of its modules as one text."""
        return " ".join(str(module.VERSION) for module in self.code if hasattr(module, "VERSION"))

    def key(self, settings: Settings, *given: str | bytes) -> str:
        """Return the key of the result for `settings` and what the step is `given`: digests and keys of stages."""
        values = [f"{name}={setting_text(settings, name)}" for name in self.settings]
        return digest_of(self.name, self.version, *values, *given)

    def inputs(self) -> tuple[str, ...]:
        """Return the names of all that the result depends on, through the stages before it too."""
        names = [name for stage in self.after for name in stage.inputs()]
        return tuple(dict.fromkeys([*names, *self.settings, *self.given]))


#: Kept under the code of its whole package (`resources.package_digest`), since files are read again within seconds.
TABLE = Stage(
    "tables",
    (),
    settings=("read.sheet", "read.columns", "read.hidden", "read.brand", "brands.aliases", "fields"),
)
FEATURES = Stage(
    "features",
    (facets, pca, colour, composition),
    settings=("map.pca", "map.seed"),
    given=("features", "images", "posts"),
    label="features",
)
MIX = Stage(
    "mix",
    (mixes,),
    given=(*(f"similarity.{facet}" for facet in FACETS), "similarity.main_map", "maps", "examples"),
    after=(FEATURES,),
)
LEARNED = Stage("learned", (metric_learning,), settings=("map.seed",), after=(MIX,))
NEIGHBOURS = Stage("neighbours", (neighbours,), given=("map.perplexity",), after=(MIX,), label="neighbours")
MAP = Stage("maps", (tsne, placement), settings=("map.perplexity", "map.seed"), after=(MIX,), label="map")
CLUSTERS = Stage(
    "clusters",
    (dbscan, incremental_dbscan),
    settings=("clusters.eps", "clusters.min_samples"),
    after=(MAP,),
    label="clusters",
)
CELLS = Stage("lattices", (lattice, turning, cell_exchange), settings=("mosaic.fill",), after=(MAP,), label="cells")
TRUST = Stage("trust", (stability, structure), settings=("map.seed",), after=(CLUSTERS,))
TERRITORIES = Stage("territories", (territories,), after=(CLUSTERS,))
EXPLANATION = Stage("explanations", (explanation,), settings=("map.seed", "similarity.same_post"), after=(MIX,))
ROBUSTNESS = Stage("robustness", (robustness,), after=(MIX,))
TAGS = Stage("tags", (calibration, hierarchy, shots), given=("features", "images", "tags.tagged"))
TERM_VECTORS = Stage("terms", (text_image,), given=("vocabulary",))
OWN_TAGS = Stage("own_tags", (own_scores,), given=("features", "images"), after=(TERM_VECTORS,))

#: Every cached step, in the order of a build.
STAGES = (
    *(TABLE, FEATURES, MIX, LEARNED, NEIGHBOURS, MAP, CLUSTERS, CELLS, TRUST, TERRITORIES),
    *(EXPLANATION, ROBUSTNESS, TAGS, TERM_VECTORS, OWN_TAGS),
)

#: Sections whose every setting is seen on the pages.
_PAGE_SECTIONS = ("compare", "posts", "similarity", "tags", "map", "mosaic", "images", "site")
#: Settings that would name in the site what was withdrawn from it. The posts say what they did, and `examples` does.
_PRIVATE = frozenset({"posts.exclude", "posts.post_notes", "similarity.examples", "tags.corrections"})
#: Paths on this machine, whose content is an input by itself.
_PATHS = frozenset({"tags.tags", "tags.tag_vectors", "tags.tag_model", "compare.benchmark"})


def setting_text(settings: Settings, name: str) -> str:
    """Return the value of a setting such as "map.pca" as text; a table in the order of its keys."""
    value: object = settings
    for part in name.split("."):
        value = getattr(value, part)
    return json.dumps(value, sort_keys=True) if isinstance(value, Mapping) else str(value)


def list_inputs(run: Run, collection: Collection, sources: Sources) -> dict[str, str]:
    """Return everything a site depends on, by name. A site that shows all of it need not be built again."""
    notes = sources.notes
    notes_content = [sorted(notes.names.items()), sorted(notes.notes.items()), sorted(notes.hidden)]
    table = dataclasses.asdict(collection.table)
    posts = table.pop("posts")
    rows = [table, [dataclasses.asdict(refusal) for refusal in collection.refusals]]
    names = {
        f"{section}.{field.name}"
        for section in _PAGE_SECTIONS
        for field in dataclasses.fields(getattr(run.settings, section))
    }
    names |= {name for stage in STAGES if stage is not TABLE for name in stage.settings} | {
        "brands.followers",
        "brands.groups",
    }
    return {
        "program": digest_of(__version__, resources.source_digest()),
        "features": digest_of(collection.recipe.key, collection.recipe.fallback),
        "images": digest_of(*collection.images, *(post.id for post in collection.posts if FURTHER in post.id)),
        "posts": digest_of(json.dumps(posts, default=str, sort_keys=True)),
        "rows": digest_of(json.dumps(rows, default=str, sort_keys=True)),
        "notes": digest_of(json.dumps(notes_content)),
        "examples": digest_of(collection.examples.key_text),
        "tags": digest_of(sources.tags.key_text),
        "marks": digest_of(sources.marks.key_text),
        "benchmark": sources.benchmark_digest,
        "vocabulary": digest_own_terms(run.settings, sources.vocabulary),
        "maps": "; ".join(f"{mix.name}: {mix.key_text}" for mix in run.maps),
        **{name: setting_text(run.settings, name) for name in sorted(names - _PRIVATE - _PATHS)},
    }


def mix_key(run: Run, collection: Collection, mix: Mix) -> str:
    """Return the key of the features that `mix` gives a collection. Examples teach the main map alone."""
    features_key = FEATURES.key(run.settings, collection.key)
    groups = collection.groups if mix == run.maps[0] else None
    examples = groups.key_text if groups and groups.groups else ""
    return MIX.key(run.settings, features_key, mix.key_text, examples)


def map_basis(run: Run, collection: Collection, mix: Mix) -> str:
    """Return all that a map depends on besides its posts. Maps of different bases have nothing in common."""
    kind, examples = _kind_of(collection), _examples_of(run, collection, mix)
    return MAP.key(run.settings, MIX.key(run.settings, FEATURES.key(run.settings, kind), mix.key_text, examples))


def map_bases(run: Run, collection: Collection, mix: Mix) -> tuple[str, ...]:
    """Return the bases by which a map of an earlier report stays: today's, and that of reports before stages.

    Reports of version 0.1.0 recorded the second form. It can go one release later.
    """
    kind, examples, chosen = _kind_of(collection), _examples_of(run, collection, mix), run.settings.map
    features = digest_of("2", "1", kind, mix.key_text, examples, str(chosen.pca), str(chosen.seed))
    former = digest_of("4", features, str(chosen.perplexity), str(chosen.seed))
    return map_basis(run, collection, mix), former


def _kind_of(collection: Collection) -> str:
    # a file of vectors is another file whenever posts are added
    vectors = collection.vectors
    return collection.recipe.identity if vectors is None else f"vectors {vectors.shape[1]}"


def _examples_of(run: Run, collection: Collection, mix: Mix) -> str:
    return collection.examples.key_text if mix == run.maps[0] else ""


def load_arrays(stage: Stage, key: str, store: Store, compute: Callable[[], Arrays]) -> Arrays:
    """Return the arrays that the store keeps of a stage under `key`; compute and keep them if it has none."""
    data = store.get(stage.name, key)
    if data is not None:
        with np.load(io.BytesIO(data), allow_pickle=False) as stored:
            return dict(stored)
    arrays = compute()
    buffer = io.BytesIO()
    np.savez(buffer, allow_pickle=False, **arrays)
    store.put(stage.name, key, buffer.getbuffer())
    return arrays
