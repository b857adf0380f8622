"""The case study's way, as its text describes it, timed step by step: the baseline of bench_whole.py.

Images loaded whole by seven threads and squashed to the network's input; Keras at batch 256, max pooling; PCA to 50;
scikit-learn's t-SNE, perplexity 10; DBSCAN; two pictures of 5,000 px, each image opened anew and reduced to 50 px.
Prints one JSON object: seconds by step, in order.
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from multiprocessing.pool import ThreadPool
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np
from PIL import Image, ImageOps

BATCH = 256
PICTURE, SMALL, BORDER = 5_000, 50, 2
COLOURS = ("#1f77b4", "#ff7f0e", "#2ca02c", "#d62728", "#9467bd", "#8c564b", "#e377c2", "#7f7f7f", "#bcbd22", "#17becf")


class _Watch:
    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, name: str) -> None:
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._last
        self._last = now


def run(posts: Path, name: str, weights: str, out: Path) -> dict[str, float]:
    """All of it; seconds by step."""
    watch = _Watch()
    with posts.open(newline="", encoding="utf-8") as file:
        paths = [posts.parent / row["thumbnail"] for row in csv.DictReader(file)]
    watch.lap("read")

    from generator.embedding.backends import import_keras
    from generator.embedding.networks import NETWORKS

    network = NETWORKS[name]
    keras = import_keras()
    watch.lap("import")
    with ThreadPool(7) as pool:
        pixels = np.stack(pool.map(lambda path: _load(path, network.side), paths))
    watch.lap("decode")
    shape = (network.side, network.side, 3)
    model = getattr(keras.applications, network.builder)(
        weights=None, include_top=False, pooling="max", input_shape=shape
    )
    if weights:
        model.load_weights(weights)
    prepare = getattr(keras.applications, network.module).preprocess_input
    batches = [pixels[start : start + BATCH] for start in range(0, len(pixels), BATCH)]
    features = np.concatenate([model.predict_on_batch(prepare(batch.astype(np.float32))) for batch in batches])
    del pixels, batches
    watch.lap("embed")

    from sklearn.cluster import DBSCAN
    from sklearn.decomposition import PCA
    from sklearn.manifold import TSNE

    reduced = PCA(50, random_state=0).fit_transform(features)
    watch.lap("features")
    points = TSNE(2, perplexity=10, random_state=0).fit_transform(reduced)
    watch.lap("map")
    labels = DBSCAN(eps=3, min_samples=max(10, 90 * len(paths) // 10_000)).fit_predict(points)
    watch.lap("clusters")
    out.mkdir(parents=True, exist_ok=True)
    _paste(paths, points, None, out / "mosaic.jpg")
    if (labels >= 0).any():
        kept = np.flatnonzero(labels >= 0)
        _paste([paths[index] for index in kept], points[kept], labels[kept], out / "clusters.jpg")
    watch.lap("mosaics")
    return watch.seconds


def _load(path: Path, side: int) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").resize((side, side), Image.Resampling.LANCZOS))


def _paste(paths: list[Path], points: np.ndarray, labels: np.ndarray | None, target: Path) -> None:
    low, extent = points.min(axis=0), np.ptp(points, axis=0)
    canvas = Image.new("RGB", (PICTURE, PICTURE), "white")
    corners = ((PICTURE - SMALL) * (points - low) / extent).astype(int).tolist()
    for index, (path, corner) in enumerate(zip(paths, corners, strict=True)):
        with Image.open(path) as opened:
            image = opened.convert("RGB")
        scale = max(image.size) / SMALL
        small = image.resize(
            (max(1, int(image.width / scale)), max(1, int(image.height / scale))), Image.Resampling.LANCZOS
        )
        if labels is not None:
            small = ImageOps.expand(small, BORDER, COLOURS[labels[index] % len(COLOURS)])
        canvas.paste(small, tuple(corner))
    canvas.save(target)


if __name__ == "__main__":
    spreadsheet, network_name, weights_file, folder = sys.argv[1:]
    print(json.dumps(run(Path(spreadsheet), network_name, weights_file, Path(folder))))
