"""Embedding: Keras `predict` at batch 256, as in the case study, against the converted network on every core.

    python tests/bench/bench_embedding.py [--model resnet50] [--weights FILE] [--images 512] [--rounds 3]

Both get the same pixels and the same weights (untrained ones where no file is given: the arithmetic is the same), turn
by turn, after a round that is not counted. Prints images a second, the median ratio, and the least cosine between both.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image

from generator.embedding import networks
from generator.embedding.convert import convert_model
from generator.embedding.engines import LiteRTEngine

BATCH = 256


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--model", default="mobilenetv2")
    arguments.add_argument("--weights", type=Path)
    arguments.add_argument("--images", type=int, default=512)
    arguments.add_argument("--rounds", type=int, default=3)
    asked = arguments.parse_args()

    network = networks.NETWORKS[asked.model]
    keras = networks.import_keras()
    shape = (network.side, network.side, 3)
    body = getattr(keras.applications, network.builder)(
        weights=None, include_top=False, pooling="max", input_shape=shape
    )
    with tempfile.TemporaryDirectory() as folder:
        weights = asked.weights
        if weights is None:
            weights = Path(folder) / "untrained.weights.h5"
            body.save_weights(weights)
        body.load_weights(weights)
        engine = LiteRTEngine(convert_model(networks.load_network(network, weights, "max")))
    preprocess = getattr(keras.applications, network.module).preprocess_input

    random = np.random.default_rng(0)
    small = random.integers(0, 256, (asked.images, 14, 14, 3), dtype=np.uint8)
    pixels = [np.asarray(Image.fromarray(image).resize(shape[:2], Image.Resampling.BICUBIC)) for image in small]

    def by_keras() -> np.ndarray:
        batches = [np.stack(pixels[start : start + BATCH]) for start in range(0, len(pixels), BATCH)]
        return np.concatenate([body.predict_on_batch(preprocess(batch.astype(np.float32))) for batch in batches])

    def by_engine() -> np.ndarray:
        chunks = [pixels[start : start + 16] for start in range(0, len(pixels), 16)]
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            return np.concatenate(list(pool.map(engine.embed, chunks)))

    theirs, ours = by_keras(), by_engine()
    cosine = (theirs * ours).sum(1) / np.linalg.norm(theirs, axis=1) / np.linalg.norm(ours, axis=1)
    times: dict[str, list[float]] = {"keras": [], "brandscape": []}
    for _ in range(asked.rounds):
        for name, run in (("keras", by_keras), ("brandscape", by_engine)):
            start = time.perf_counter()
            run()
            times[name].append(time.perf_counter() - start)
    for name, seconds in times.items():
        print(f"{name:<12}{len(pixels) / statistics.median(seconds):8.1f} images/s")
    ratios = [theirs / ours for theirs, ours in zip(*times.values(), strict=True)]
    print(f"{asked.model}: {statistics.median(ratios):.2f}x (rounds: {', '.join(f'{r:.2f}' for r in ratios)})")
    print(f"least cosine {cosine.min():.7f}")


if __name__ == "__main__":
    main()
