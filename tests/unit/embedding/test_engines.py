"""Networks: chosen as asked, loaded from a file, converted, and equal to what Keras gives."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.cache.store import Store
from generator.digests import hash_file
from generator.embedding import backends, convert, engines, lite0, networks
from generator.embedding import converted as converted_networks
from generator.embedding import recipe as recipe_module
from generator.embedding.engines import open_engine
from generator.embedding.keras_engine import KerasEngine
from generator.embedding.keras_hashes import PUBLISHED
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe, choose_recipe, find_network
from generator.errors import SettingsError
from generator.progress import SilentProgress
from generator.settings import EmbeddingSettings
from tests.support.drawn import save_untrained
from tests.support.stand_in import builtin_recipe


@pytest.fixture(scope="session")
def resnet_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights of ResNet50 without its classifier, as untrained as they are saved."""
    return save_untrained("ResNet50", tmp_path_factory)


@pytest.fixture
def no_keras_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "keras"))
    return tmp_path / "keras" / "models"


def _photos(count: int) -> list[Image.Image]:
    random = np.random.default_rng(1)
    return [Image.fromarray(random.integers(0, 256, (60, 50, 3), dtype=np.uint8)) for _ in range(count)]


def _cosines(a: Any, b: Any) -> Any:
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    return (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)


def test_the_table_is_all_of_keras_applications_and_its_sizes() -> None:
    applications = backends.import_keras().applications
    builders = {name for name in dir(applications) if name[0].isupper()}
    known = [network for network in networks.NETWORKS.values() if network.name != lite0.NAME]
    assert {network.builder for network in known} == builders
    for network in known:
        assert callable(getattr(applications, network.module).preprocess_input)


@pytest.mark.parametrize(
    "name", ["resnet50", "ResNet50", "RESNET-50", "mobilenet_v2", "EfficientNetV2B0", "convnext-tiny"]
)
def test_networks_are_found_as_people_write_them(name: str) -> None:
    assert find_network(name).name == name.lower().replace("-", "").replace("_", "")


def test_an_unknown_network_is_refused_with_the_nearest() -> None:
    with pytest.raises(SettingsError) as caught:
        find_network("resnet5O")
    assert "resnet50" in caught.value.hint


def test_a_network_that_cannot_be_had_names_the_three_ways_out(no_keras_cache: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        choose_recipe(EmbeddingSettings(model="resnet50"), True, SilentProgress())
    assert all(way in caught.value.hint for way in ("internet", "--weights", "--model builtin"))
    assert caught.value.exit_code == 2


def test_auto_without_weights_takes_builtin_and_says_so(no_keras_cache: Path) -> None:
    progress = SilentProgress()
    recipe = choose_recipe(EmbeddingSettings(precision="float32"), True, progress)
    assert recipe.model == lite0.NAME and "ResNet50" in recipe.fallback
    assert not progress.warnings and recipe.weights_sha256 == lite0.SHA256
    assert recipe.key == builtin_recipe().key


def test_auto_without_a_network_asks_once_and_imports_no_keras(
    no_keras_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(recipe_module, "_can_reach", lambda url: bool(asked.append(url)))
    monkeypatch.setattr(recipe_module, "download_weights", lambda network: pytest.fail("must not be tried"))
    assert choose_recipe(EmbeddingSettings(), False, SilentProgress()).model == lite0.NAME
    assert len(asked) == 1


def test_auto_takes_resnet50_from_kerass_cache(no_keras_cache: Path) -> None:
    no_keras_cache.mkdir(parents=True)
    kept = no_keras_cache / networks.NETWORKS["resnet50"].weights_file
    kept.write_bytes(b"weights")
    recipe = choose_recipe(EmbeddingSettings(), True, SilentProgress())
    assert (recipe.model, recipe.weights, recipe.fallback) == ("resnet50", kept, "")
    assert recipe.weights_sha256 == hash_file(kept)


def test_weights_in_kerass_cache_are_checked_against_what_keras_publishes(no_keras_cache: Path) -> None:
    no_keras_cache.mkdir(parents=True)
    kept = no_keras_cache / networks.NETWORKS["resnet50"].weights_file
    kept.write_bytes(b"weights")
    recipe = choose_recipe(EmbeddingSettings(), True, SilentProgress())
    with pytest.raises(SettingsError, match="not the file that Keras publishes") as caught:
        open_engine(recipe, Store(no_keras_cache.parent), SilentProgress(), 4)
    assert "--weights" in caught.value.hint


def test_hashes_are_those_that_keras_checks_downloads_by(monkeypatch: pytest.MonkeyPatch) -> None:
    class Asked(Exception):
        pass

    asked: dict[str, str] = {}

    def get_file(name: str, *arguments: Any, file_hash: str | None = None, **more: Any) -> None:
        if file_hash:
            asked[name] = file_hash
        raise Asked

    keras = backends.import_keras()
    monkeypatch.setattr("keras.src.utils.file_utils.get_file", get_file)
    for name in ("resnet50", "vgg16", "mobilenetv3small", "efficientnetb0", "efficientnetv2b0", "convnexttiny"):
        network = networks.NETWORKS[name]
        with pytest.raises(Asked):
            getattr(keras.applications, network.builder)(
                weights="imagenet", include_top=False, input_shape=(network.side, network.side, 3)
            )
    assert len(asked) == 6 and asked.items() <= PUBLISHED.items()
    assert PUBLISHED.keys() < {network.weights_file for network in networks.NETWORKS.values()}


def test_the_key_follows_the_weights_content_not_their_place(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1")
    (tmp_path / "b").write_bytes(b"1")
    (tmp_path / "c").write_bytes(b"2")

    def key(file: str, **more: Any) -> str:
        settings = EmbeddingSettings(model="mobilenetv2", weights=tmp_path / file, precision="float32", **more)
        return choose_recipe(settings, True, SilentProgress()).key

    assert key("a") == key("b")
    assert len({key("a"), key("c"), key("a", pooling="avg")}) == 3


@pytest.mark.parametrize(
    "settings",
    [
        EmbeddingSettings(model="builtin", weights=Path(__file__)),
        EmbeddingSettings(model="resnet50", weights=Path("nowhere.h5")),
        EmbeddingSettings(model="nowhere.keras"),
        EmbeddingSettings(vectors=Path("nowhere.npy")),
    ],
)
def test_settings_that_contradict_each_other_or_the_disk_are_refused(settings: EmbeddingSettings) -> None:
    with pytest.raises(SettingsError):
        choose_recipe(settings, True, SilentProgress())


def test_resnet50_loads_weights_from_a_file_and_equals_keras_as_the_case_study_runs_it(
    resnet_weights: Path, tmp_path: Path
) -> None:
    keras = backends.import_keras()
    recipe = choose_recipe(EmbeddingSettings(weights=resnet_weights), True, SilentProgress())
    assert recipe.model == "resnet50"
    store = Store(tmp_path)
    engine = engines.open_engine(recipe, store, SilentProgress(), 4)
    assert isinstance(engine, OpenVINOEngine)
    photos = _photos(3)
    ours = engine.embed([engine.prepare(photo) for photo in photos]).vectors

    model = keras.applications.ResNet50(weights=None, include_top=False, pooling="max", input_shape=(224, 224, 3))
    model.load_weights(resnet_weights)
    pixels = np.stack([np.asarray(photo.resize((224, 224), Image.Resampling.HAMMING), np.float32) for photo in photos])
    theirs = model.predict(keras.applications.resnet50.preprocess_input(pixels), verbose=0)
    assert ours.shape == (3, 2048)
    assert _cosines(ours, theirs).min() >= 0.9999
    # kept: the next run needs no Keras
    assert store.has("networks", converted_networks.network_key(recipe))


def test_kerass_networks_are_converted_without_tensorflow(small_weights: Path, tmp_path: Path) -> None:
    code = f"""
import json, sys
from generator.embedding import convert
assert convert.main(json.dumps(["mobilenet", {str(small_weights)!r}, "avg", {str(tmp_path / "network.zip")!r}])) == 0
assert "tensorflow" not in sys.modules and sys.modules["openvino_telemetry"] is None
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    engine = OpenVINOEngine((tmp_path / "network.zip").read_bytes())
    direct = KerasEngine(networks.load_network(networks.NETWORKS["mobilenet"], small_weights, "avg"))
    photos = [engine.prepare(photo) for photo in _photos(4)]
    ours, theirs = engine.embed(photos), direct.embed(photos)
    assert np.allclose(ours.vectors, theirs.vectors, rtol=1e-4, atol=1e-5)
    assert (ours.peaks == theirs.peaks).mean() > 0.9  # where two places are equally strong, rounding decides


def test_weights_of_another_network_are_refused(resnet_weights: Path, tmp_path: Path) -> None:
    recipe = choose_recipe(EmbeddingSettings(model="mobilenetv2", weights=resnet_weights), True, SilentProgress())
    with pytest.raises(SettingsError, match="MobileNetV2"):
        engines.open_engine(recipe, Store(tmp_path), SilentProgress(), 4)


@pytest.mark.usefixtures("convert_here")
@pytest.mark.parametrize("pooling", ["max", "avg"])
def test_an_own_model_is_pooled_and_converted(own_model: Path, tmp_path: Path, pooling: str) -> None:
    keras = backends.import_keras()
    settings = EmbeddingSettings(model=str(own_model), pooling=pooling)  # type: ignore[arg-type]
    recipe = choose_recipe(settings, True, SilentProgress())
    assert recipe.model == "own.keras"
    engine = engines.open_engine(recipe, Store(tmp_path), SilentProgress(), 4)
    photos = _photos(5)
    prepared = [engine.prepare(photo) for photo in photos]
    body = keras.models.load_model(own_model).predict(np.stack(prepared).astype(np.float32), verbose=0)
    pooled = body.max(axis=(1, 2)) if pooling == "max" else body.mean(axis=(1, 2))
    assert np.allclose(engine.embed(prepared).vectors, pooled, rtol=1e-4, atol=1e-5)


def test_keras_and_the_converted_network_agree(own_model: Path, own_recipe: Recipe, converted: Path) -> None:
    engine = engines.open_engine(own_recipe, Store(converted), SilentProgress(), 4)
    direct = KerasEngine(networks.load_own_model(own_model, "max"))
    photos = _photos(4)
    assert np.allclose(
        engine.embed([engine.prepare(photo) for photo in photos]).vectors,
        direct.embed([direct.prepare(photo) for photo in photos]).vectors,
        rtol=1e-4,
        atol=1e-5,
    )


def test_a_converted_network_that_disagrees_is_not_used(
    own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converted_networks, "convert_apart", lambda recipe: None)
    recipe = Recipe("own.keras", own_model, hash_file(own_model), "max", "float32")
    progress, store = SilentProgress(), Store(tmp_path)
    assert isinstance(engines.open_engine(recipe, store, progress, 4), KerasEngine)
    assert progress.warnings and not store.has("networks", converted_networks.network_key(recipe))


def test_a_conversion_of_another_network_is_found_out(own_model: Path) -> None:
    keras = backends.import_keras()
    model = networks.load_own_model(own_model, "max")
    network = convert.convert_model(model)
    assert convert.is_faithful(network, model)
    for variable in model.trainable_variables:
        variable.assign(keras.ops.flip(variable))
    assert not convert.is_faithful(network, model)


def test_a_file_that_is_no_model_is_refused(tmp_path: Path) -> None:
    bad = tmp_path / "bad.keras"
    bad.write_bytes(b"not a model")
    with pytest.raises(SettingsError, match="cannot be loaded"):
        networks.load_own_model(bad, "max")


def test_a_model_that_takes_no_image_is_refused(tmp_path: Path) -> None:
    keras = backends.import_keras()
    path = tmp_path / "flat.keras"
    keras.Sequential([keras.Input((10,)), keras.layers.Dense(3)]).save(path)
    with pytest.raises(SettingsError, match="not one image"):
        networks.load_own_model(path, "max")


def test_a_kept_network_runs_without_importing_tensorflow(own_recipe: Recipe, converted: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from PIL import Image
from generator.embedding.recipe import Recipe
from generator.embedding.engines import open_engine
from generator.progress import SilentProgress
from generator.cache.store import Store
from generator.digests import hash_file
recipe = Recipe("own.keras", Path({str(own_recipe.weights)!r}), {own_recipe.weights_sha256!r}, "max", "float32")
engine = open_engine(recipe, Store(Path({str(converted)!r})), SilentProgress(), 1)
print(engine.embed([engine.prepare(Image.new("RGB", (9, 9)))]).vectors.shape)
assert not {{"tensorflow", "keras"}} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "(1, 16)"
