"""Read and write files of the user's own vectors, with the ids of the posts they belong to.

There are three formats, and none can carry code: `.npy` (a structured array with fields ``id`` and ``vector``, or a
plain matrix with one row a data row of the spreadsheet), `.parquet` (columns ``id`` and ``vector``) and `.h5` (datasets
``id`` and ``vector``).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator.cache.folders import replace_file
from generator.errors import SettingsError
from generator.spreadsheet.posts import PostTable

SUFFIXES = (".npy", ".parquet", ".h5")


@dataclass(frozen=True, slots=True)
class VectorFile:
    """Vectors as a file holds them: `vectors` is (n, d) float32; `ids` has n texts, or None for a plain matrix."""

    ids: tuple[str, ...] | None
    vectors: NDArray[np.float32]


def read_vectors(path: Path) -> VectorFile:
    """Read a file of vectors. Raises SettingsError where it is not one."""
    readers = {".npy": _read_npy, ".parquet": _read_parquet, ".h5": _read_h5}
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise SettingsError(f"{path} is not a file of vectors.", f"Give one of: {', '.join(SUFFIXES)}.")
    try:
        ids, vectors = reader(path)
        matrix = np.asarray(vectors, dtype=np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(
            f"{path} cannot be read as vectors: {str(error).splitlines()[0][:200]}",
            "It needs an `id` and a `vector` for each post; see --save-vectors for the form.",
        ) from error
    if matrix.ndim != 2 or not matrix.size:
        raise SettingsError(f"{path} holds an array of shape {matrix.shape}, not one vector a row.")
    if not np.isfinite(matrix).all():
        raise SettingsError(f"{path} holds values that are not finite numbers.")
    if ids is not None and len(ids) != len(matrix):
        raise SettingsError(f"{path} holds {len(ids)} ids for {len(matrix)} vectors.")
    return VectorFile(ids, matrix)


def match_vectors(file: VectorFile, table: PostTable) -> NDArray[np.intp]:
    """Return the index into `file.vectors` of each of the table's posts, or -1 for a post without a vector.

    Ids may be posts' ids, permalinks or thumbnails. A plain matrix is in the order of the spreadsheet's data rows, or,
    if it has as many rows as there are posts, of the posts. Raises SettingsError where neither fits.
    """
    posts = table.posts
    if file.ids is None:
        rows = sorted([*(post.place for post in posts), *(refusal.place for refusal in table.refusals)])
        if len(file.vectors) == len(rows):
            place_of_row = {row: place for place, row in enumerate(rows)}
            return np.array([place_of_row[post.place] for post in posts], dtype=np.intp)
        if len(file.vectors) == len(posts):
            return np.arange(len(posts), dtype=np.intp)
        # the file was made before posts were withdrawn
        withdrawn = [row.place for row in table.refusals if row.reason == "withdrawn"]
        usable = {row: place for place, row in enumerate(sorted([*(post.place for post in posts), *withdrawn]))}
        if len(file.vectors) == len(usable):
            return np.array([usable[post.place] for post in posts], dtype=np.intp)
        raise SettingsError(
            f"The vectors have {len(file.vectors):,} rows without ids; the spreadsheet has {len(rows):,} rows "
            f"and {len(posts):,} usable posts.",
            "Give one vector for each data row, in order, or a file with ids.",
        )
    place = {text: index for index, text in enumerate(file.ids)}
    indices = [
        next((place[name] for name in (post.id, post.permalink, post.thumbnail) if name in place), -1) for post in posts
    ]
    if all(index < 0 for index in indices):
        raise SettingsError(
            "None of the ids in the file of vectors is the id, permalink or thumbnail of a post.",
            f"Its first id is {file.ids[0]!r}; the first post is {posts[0].id!r}." if file.ids and posts else "",
        )
    return np.array(indices, dtype=np.intp)


def save_vectors(path: Path, ids: Sequence[str], vectors: NDArray[np.float32]) -> None:
    """Write vectors with their posts' ids, in the format of the file's suffix, replacing the file whole."""
    writers = {".npy": _as_npy, ".parquet": _as_parquet, ".h5": _as_h5}
    writer = writers.get(path.suffix.lower())
    if writer is None:
        raise SettingsError(f"--save-vectors: {path} has no format.", f"End its name in {', '.join(SUFFIXES)}.")
    with replace_file(path) as spare:
        spare.write_bytes(writer(list(ids), vectors))


def _texts(values: Any) -> tuple[str, ...]:
    return tuple(value.decode("utf-8") if isinstance(value, bytes) else str(value) for value in values)


def _read_npy(path: Path) -> tuple[tuple[str, ...] | None, Any]:
    array = np.load(path, allow_pickle=False)
    if array.dtype.names is None:
        return None, array
    return _texts(array["id"].tolist()), array["vector"]


def _read_parquet(path: Path) -> tuple[tuple[str, ...] | None, Any]:
    table = _pyarrow_parquet().read_table(path, columns=["id", "vector"])
    return _texts(table["id"].to_pylist()), np.array(table["vector"].to_pylist(), dtype=np.float32)


def _read_h5(path: Path) -> tuple[tuple[str, ...] | None, Any]:
    import h5py

    with h5py.File(path, "r") as file:
        return (_texts(file["id"][()].tolist()) if "id" in file else None), file["vector"][()]


def _as_npy(ids: list[str], vectors: NDArray[np.float32]) -> bytes:
    width = max((len(text) for text in ids), default=1)
    table = np.empty(len(ids), dtype=[("id", f"U{width}"), ("vector", np.float32, (vectors.shape[1],))])
    table["id"], table["vector"] = ids, vectors
    buffer = io.BytesIO()
    np.save(buffer, table, allow_pickle=False)
    return buffer.getvalue()


def _as_parquet(ids: list[str], vectors: NDArray[np.float32]) -> bytes:
    parquet = _pyarrow_parquet()
    import pyarrow

    buffer = io.BytesIO()
    parquet.write_table(pyarrow.table({"id": ids, "vector": list(vectors)}), buffer)
    return buffer.getvalue()


def _as_h5(ids: list[str], vectors: NDArray[np.float32]) -> bytes:
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        file.create_dataset("id", data=ids, dtype=h5py.string_dtype("utf-8"))
        file.create_dataset("vector", data=vectors)
    return buffer.getvalue()


def _pyarrow_parquet() -> Any:
    try:
        import pyarrow.parquet
    except ImportError as error:
        raise SettingsError(
            "Reading and writing .parquet needs pyarrow.", 'pip install "brandscape[parquet]", or use .npy or .h5.'
        ) from error
    return pyarrow.parquet
