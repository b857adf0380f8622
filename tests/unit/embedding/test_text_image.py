"""Networks for texts and images: what is said where one is not to be had, and a small CLIP saved here."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from generator.embedding import text_image
from generator.embedding.text_image import choose_text_image, open_text_image
from generator.errors import SettingsError

HAS_HUB = importlib.util.find_spec("keras_hub") is not None
needs_hub = pytest.mark.skipif(not HAS_HUB, reason="KerasHub, of the extra 'text', is not installed")


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that KerasHub is installed."""
    monkeypatch.setattr(text_image.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(text_image.importlib.metadata, "version", lambda name: "0.32.0")


def test_without_kerashub_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_image.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SettingsError, match="KerasHub, which is not installed") as refusal:
        choose_text_image("clip_vit_base_patch32", False)
    assert 'pip install "brandscape[text]"' in refusal.value.hint


@pytest.mark.usefixtures("pretended")
def test_a_folder_depends_on_its_files_and_a_name_on_the_version(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "clip" / "assets").mkdir(parents=True)
    for name in ("config.json", "model.weights.h5", "assets/merges.txt"):
        (tmp_path / "clip" / name).write_text(name)
    folder = str(tmp_path / "clip")
    first = choose_text_image(folder, True)
    assert first.is_folder and first.name == "clip" and choose_text_image(folder, True) == first
    (tmp_path / "clip" / "assets" / "merges.txt").write_text("other")
    assert choose_text_image(folder, True).key != first.key
    named = choose_text_image("clip_vit_base_patch32", False)
    assert named.name == "clip_vit_base_patch32" and not named.is_folder
    monkeypatch.setattr(text_image.importlib.metadata, "version", lambda name: "0.33.0")
    assert choose_text_image("clip_vit_base_patch32", False).key != named.key


@pytest.mark.usefixtures("pretended")
@pytest.mark.parametrize(
    ("preset", "message", "hint"),
    [
        ("clip_vit_base_patch32", "--offline is given", "kagglehub"),
        ("models/clip", "There is no folder models/clip", "preset"),
        (".", "no config.json in it", "save_to_preset"),
    ],
)
def test_what_cannot_be_a_preset_is_refused(
    preset: str, message: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=message) as refusal:
        choose_text_image(preset, True)
    assert hint in refusal.value.hint


def _save_clip(folder: Path) -> None:
    """Save a small CLIP with random weights and a vocabulary of letters."""
    import keras
    from keras_hub import layers, models
    from keras_hub.src.models.clip.clip_text_encoder import CLIPTextEncoder
    from keras_hub.src.models.clip.clip_vision_encoder import CLIPVisionEncoder

    keras.utils.set_random_seed(0)
    letters = [letter + end for letter in "abcdefghijklmnopqrstuvwxyz" for end in ("", "</w>")]
    vocabulary = ["<|startoftext|>", "<|endoftext|>", *letters, "ab"]
    (folder.parent / "words.json").write_text(json.dumps({word: place for place, word in enumerate(vocabulary)}))
    (folder.parent / "merges.txt").write_text("a b\n")
    tokenizer = models.CLIPTokenizer(str(folder.parent / "words.json"), str(folder.parent / "merges.txt"))
    images = CLIPVisionEncoder(8, 16, 1, 2, 32, image_shape=(16, 16, 3), name="pixels")
    texts = CLIPTextEncoder(len(vocabulary), 16, 16, 1, 2, 32, max_sequence_length=12, name="words")
    models.CLIPBackbone(images, texts, 8).save_to_preset(str(folder))
    converter = layers.CLIPImageConverter(image_size=(16, 16), scale=1 / 255)
    models.CLIPPreprocessor(tokenizer, converter, sequence_length=12).save_to_preset(str(folder))


@needs_hub
def test_a_saved_clip_gives_vectors_of_texts_and_images(tmp_path: Path) -> None:
    _save_clip(tmp_path / "clip")
    network = open_text_image(choose_text_image(str(tmp_path / "clip"), True))
    texts = network.encode_texts(["tote bags", "sunset", "Tote Bags"] * 30)
    assert texts.shape == (90, 8) and texts.dtype == np.float32
    assert np.allclose(texts[0], texts[2]) and not np.allclose(texts[0], texts[1])
    pictures = [Image.new("RGB", size, colour) for size, colour in [((40, 30), "red"), ((30, 40), "blue")]]
    vectors = network.encode_images(pictures)
    assert vectors.shape == (2, 8) and np.isfinite(vectors).all() and not np.allclose(vectors[0], vectors[1])
    assert np.allclose(network.encode_images(pictures[:1])[0], vectors[0], atol=1e-5)
    assert network.scale == pytest.approx(1 / 0.07, rel=1e-3)


@needs_hub
def test_a_preset_that_is_damaged_or_of_another_kind_is_refused(tmp_path: Path) -> None:
    _save_clip(tmp_path / "clip")
    (tmp_path / "clip" / "model.weights.h5").write_bytes(b"no weights")
    with pytest.raises(SettingsError, match="cannot be loaded as a preset") as refusal:
        open_text_image(choose_text_image(str(tmp_path / "clip"), True))
    assert "save_to_preset" in refusal.value.hint
    _save_other(tmp_path / "other")
    with pytest.raises(SettingsError, match="not a network that compares texts with images"):
        open_text_image(choose_text_image(str(tmp_path / "other"), True))


def _save_other(folder: Path) -> None:
    from keras_hub import models

    blocks: dict[str, Any] = {"stackwise_num_filters": [64], "stackwise_num_blocks": [1], "stackwise_num_strides": [1]}
    models.ResNetBackbone([64], [3], block_type="basic_block", **blocks).save_to_preset(str(folder))
