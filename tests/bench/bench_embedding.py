"""Embedding: Keras `predict` at batch 256, as in the case study, against every engine and backend of Keras there is.

    python tests/bench/bench_embedding.py [--model resnet50] [--weights FILE] [--images 512] [--rounds 3]
        [--batches 32,64,128,256,512] [--fill 512] [--out RESULTS.json]

All get the same pixels and the same weights (untrained ones where no file is given: the arithmetic is the same). Each
backend has a process of its own, in which its ways take turns after a round that is not counted: the case study's, the
network as Keras runs it here, on a card in half precision too, and, with TensorFlow, the converted network. Prints
images a second and the seconds for all, medians; the median ratio to the case study's way on that backend; the least
cosine with its vectors; and the speed of each batch. Last, `--fill` drawn images go the whole way from files to kept
embeddings, as in a build. On a GPU, `--model resnet50 --images 10000 --fill 10000` says what it is to be bought for.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from collection import write_posts
from PIL import Image

from generator.cache.store import Store
from generator.collection.image_cache import ImageCache
from generator.collection.image_pool import ImagePool
from generator.digests import hash_file
from generator.embedding import backends, lite0
from generator.embedding.engines import open_engine
from generator.embedding.interface import Engine
from generator.embedding.keras_engine import CPU_BATCHES, GPU_BATCHES, KerasEngine, load_recipe
from generator.embedding.networks import NETWORKS
from generator.embedding.openvino_engine import OpenVINOEngine, has_bfloat16
from generator.embedding.recipe import Recipe
from generator.images.fetch import FetchedImage, find_images
from generator.images.places import ImagePlaces
from generator.progress import SilentProgress
from generator.settings import FetchSettings, ImageSettings

BATCH = 256


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--model", default="mobilenetv2")
    parser.add_argument("--weights", type=Path)
    parser.add_argument("--images", type=int, default=512)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batches", default="8,32,128,256")
    parser.add_argument("--fill", type=int, default=512)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--part", choices=("save", "ways", "fill"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.part:
        parts = {"save": save_untrained, "ways": time_ways, "fill": time_fill}
        print(json.dumps(parts[asked.part](asked)))
        return
    installed = backends.installed_backends()
    with tempfile.TemporaryDirectory() as folder:
        if asked.weights is None and asked.model == lite0.NAME:
            asked.weights = lite0.find_weights()
        if asked.weights is None:
            asked.weights = Path(folder) / "untrained.weights.h5"
            _run_apart("save", installed[0], asked)
        results = {"model": asked.model, "images": asked.images, "ways": []}
        print(f"{'backend':<12}{'way':<22}{'images/s':>10}{'seconds':>10}{'ratio':>8}{'cosine':>12}")
        for backend in installed:
            found = _run_apart("ways", backend, asked)
            results["ways"].append(found)
            for way in found["ways"]:
                print(
                    f"{found['runs_on']:<12}{way['way']:<22}{asked.images / way['seconds']:>10.1f}"
                    f"{way['seconds']:>10.2f}{way['ratio']:>8.2f}{way['cosine']:>12.7f}"
                )
            rates = ", ".join(f"{batch}: {rate:.1f}" for batch, rate in found["batches"].items())
            print(f"{found['runs_on']:<12}images/s by batch: {rates}; chosen: {found['chosen']}")
        if asked.fill:
            results["fill"] = fill = _run_apart("fill", installed[0], asked)
            print(
                f"whole way ({fill['engine']}, batches of {fill['batch']}): {asked.fill:,} images in "
                f"{fill['seconds']:.1f} s, of which {fill['opening']:.1f} s until the network was open"
            )
    if asked.out:
        asked.out.write_text(json.dumps(results, indent=2))


def _run_apart(part: str, backend: str, asked: argparse.Namespace) -> Any:
    flags = [f"--{name}={getattr(asked, name)}" for name in ("model", "weights", "images", "rounds", "batches", "fill")]
    done = subprocess.run(
        [sys.executable, __file__, f"--part={part}", *flags],
        env={**os.environ, "KERAS_BACKEND": backend},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def save_untrained(asked: argparse.Namespace) -> None:
    """Weights as they are before training, in `--weights`."""
    network = NETWORKS[asked.model]
    keras = backends.import_keras()
    keras.utils.set_random_seed(0)
    shape = (network.side, network.side, 3)
    getattr(keras.applications, network.builder)(weights=None, include_top=False, input_shape=shape).save_weights(
        asked.weights
    )


def time_ways(asked: argparse.Namespace) -> dict[str, Any]:
    """Every way there is on this process's backend, turn by turn."""
    network = NETWORKS[asked.model]
    keras = backends.import_keras()
    card = backends.has_gpu()
    recipe = Recipe(asked.model, asked.weights, None, "max")
    if network.name == lite0.NAME:
        whole, preprocess = lite0.load_lite0(asked.weights, "max"), lite0.preprocess
        body = keras.Model(whole.inputs, whole.outputs[0])
    else:
        body = getattr(keras.applications, network.builder)(
            weights=None, include_top=False, pooling="max", input_shape=(network.side, network.side, 3)
        )
        body.load_weights(asked.weights)
        preprocess = getattr(keras.applications, network.module).preprocess_input
    random = np.random.default_rng(0)
    small = random.integers(0, 256, (asked.images, 14, 14, 3), dtype=np.uint8)
    pixels = [
        np.asarray(Image.fromarray(image).resize((network.side,) * 2, Image.Resampling.BICUBIC)) for image in small
    ]

    def by_case_study() -> np.ndarray:
        batches = [np.stack(pixels[start : start + BATCH]) for start in range(0, len(pixels), BATCH)]
        return np.concatenate([body.predict_on_batch(preprocess(batch.astype(np.float32))) for batch in batches])

    engine = KerasEngine(load_recipe(recipe), GPU_BATCHES if card else CPU_BATCHES)
    ways: dict[str, Callable[[], np.ndarray]] = {
        "case study": by_case_study,
        "Keras on a card" if card else "Keras": lambda: _embed_all(engine, pixels),
    }
    if card:
        half = KerasEngine(load_recipe(recipe), GPU_BATCHES, mixed=True)
        ways["half precision"] = lambda: _embed_all(half, pixels)
    if keras.config.backend() == "tensorflow":
        from generator.embedding.convert import convert_model

        network_file = convert_model(load_recipe(recipe))
        exact = OpenVINOEngine(network_file)
        ways["OpenVINO, float32"] = lambda: _embed_all(exact, pixels)
        if has_bfloat16():
            rounded = OpenVINOEngine(network_file, "bfloat16")
            ways["OpenVINO, bfloat16"] = lambda: _embed_all(rounded, pixels)

    vectors = {way: run() for way, run in ways.items()}
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(asked.rounds):
        for way, run in ways.items():
            start = time.perf_counter()
            run()
            times[way].append(time.perf_counter() - start)
    usual = times["case study"]
    return {
        "runs_on": keras.config.backend(),
        "card": card,
        "ways": [
            {
                "way": way,
                "seconds": statistics.median(times[way]),
                "ratio": statistics.median(theirs / ours for theirs, ours in zip(usual, times[way], strict=True)),
                "cosine": _least_cosine(vectors["case study"], vectors[way]),
            }
            for way in ways
        ],
        "batches": {batch: engine._measure_rate(int(batch)) for batch in asked.batches.split(",") if batch},
        "chosen": engine.batch,
    }


def _embed_all(engine: Engine, pixels: list[np.ndarray]) -> np.ndarray:
    """As a build does: two batches at a time where the engine computes apart, else one on each core."""
    parts = [pixels[start : start + engine.batch] for start in range(0, len(pixels), engine.batch)]
    with ThreadPoolExecutor(2 if engine.apart else os.cpu_count()) as pool:
        return np.concatenate(list(pool.map(engine.embed, parts)))


def _least_cosine(a: np.ndarray, b: np.ndarray) -> float:
    a, b = a.astype(np.float64), b.astype(np.float64)
    return float(((a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)).min())


def time_fill(asked: argparse.Namespace) -> dict[str, Any]:
    """Images from files to kept embeddings, with the engine that a build would take."""
    opened: list[tuple[Engine, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        spreadsheet = write_posts(Path(folder), None, asked.fill)
        store = Store(Path(folder) / "cache")
        names = [f"images/{index:06d}.jpg" for index in range(asked.fill)]
        found, _ = find_images(names, ImagePlaces(spreadsheet.parent), FetchSettings(), store)
        images = [image for image in found.values() if isinstance(image, FetchedImage)]
        recipe = Recipe(asked.model, asked.weights, hash_file(asked.weights), "max", "float32")
        start = time.perf_counter()

        def open_timed(count: int) -> Engine:
            engine = open_engine(recipe, store, SilentProgress(), count)
            opened.append((engine, time.perf_counter() - start))
            return engine

        with closing(ImagePool(open_timed, os.cpu_count() or 1)) as image_pool:
            ImageCache(recipe, ImageSettings(), store).fill(images, [], 0, image_pool, SilentProgress())
        seconds = time.perf_counter() - start
    ((engine, opening),) = opened
    return {"engine": type(engine).__name__, "batch": engine.batch, "seconds": seconds, "opening": opening}


if __name__ == "__main__":
    main()
