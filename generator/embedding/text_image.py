"""Networks that put texts and images into one space: CLIP and SigLIP, as KerasHub offers them.

Importing this module imports neither Keras nor KerasHub, which the extra "text" installs.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from generator.digests import digest_of, hash_file
from generator.embedding.backends import compile_network, first_line, import_keras, quiet_start
from generator.errors import SettingsError

#: Raised whenever the same network would give other vectors.
VERSION = 1
#: The classes of KerasHub that have both encoders, with those that prepare what they take.
_PREPARED_BY = {"CLIPBackbone": "CLIPPreprocessor", "SigLIPBackbone": "SigLIPPreprocessor"}
_TEXTS = 64
_INSTALL = 'Install it: pip install "brandscape[text]".'


@dataclass(frozen=True, slots=True)
class TextImageRecipe:
    """A preset of KerasHub, by name or as a folder, and all that its vectors depend on."""

    preset: str
    is_folder: bool
    key: str

    @property
    def name(self) -> str:
        """What it is called where people read it."""
        return Path(self.preset).name if self.is_folder else self.preset


@dataclass(frozen=True, slots=True)
class TextImageNetwork:
    """An open network. Its vectors are float32."""

    encode_texts: Callable[[Sequence[str]], NDArray[np.float32]]  # (t, d)
    encode_images: Callable[[Sequence[Image.Image]], NDArray[np.float32]]  # (n, d), of RGB images of any size
    scale: float  # that it multiplies cosines by, as it was trained


def choose_text_image(preset: str, offline: bool) -> TextImageRecipe:
    """Return the recipe of a preset's name, or of a folder that holds one.

    A name stands for the weights that KerasHub's installed version names. Raises SettingsError where KerasHub is not
    installed, the folder is no preset, or a name is given and nothing may be downloaded.
    """
    if importlib.util.find_spec("keras_hub") is None:
        raise SettingsError("--tag-model needs KerasHub, which is not installed.", _INSTALL)
    version = importlib.metadata.version("keras-hub")
    folder = Path(preset)
    if not folder.is_dir():
        if len(folder.parts) > 1:
            raise SettingsError(f"There is no folder {preset}, which --tag-model names.", "Name one with a preset.")
        if offline:
            raise SettingsError(
                f"The weights of {preset} may have to be downloaded, and --offline is given.",
                "Name the folder that holds them with --tag-model, such as "
                f"~/.cache/kagglehub/models/keras/clip/keras/{preset}/3, or leave out --offline.",
            )
        return TextImageRecipe(preset, False, digest_of(str(VERSION), version, preset))
    if not (folder / "config.json").is_file():
        raise SettingsError(
            f"{folder} holds no preset of KerasHub: there is no config.json in it.",
            "Give a folder that save_to_preset of a CLIP or SigLIP backbone and of its preprocessor wrote.",
        )
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    digests = (text for path in files for text in (path.relative_to(folder).as_posix(), hash_file(path)))
    return TextImageRecipe(preset, True, digest_of(str(VERSION), version, *digests))


def open_text_image(recipe: TextImageRecipe) -> TextImageNetwork:
    """Load a network; a preset that is named is downloaded by KerasHub if it is not there yet.

    Raises SettingsError where the weights are not to be had, or the preset is of another kind.
    """
    keras = import_keras()
    fix = (
        "Give a folder that save_to_preset of the backbone and of its preprocessor wrote."
        if recipe.is_folder
        else "See that the name is one of a CLIP or SigLIP preset and that kaggle.com can be reached, or name a folder "
        "that holds its weights."
    )
    try:
        with quiet_start():
            import keras_hub

            backbone = keras_hub.models.Backbone.from_preset(recipe.preset)
            preparing = _PREPARED_BY.get(type(backbone).__name__)
            preprocessor = getattr(keras_hub.models, preparing).from_preset(recipe.preset) if preparing else None
    except Exception as error:  # KerasHub, Kaggle's client and h5py each raise their own kinds here
        raise SettingsError(f"{recipe.preset} cannot be loaded as a preset: {first_line(error)}", fix) from error
    if preprocessor is None or preprocessor.image_converter is None:
        raise SettingsError(
            f"{recipe.preset} is a {type(backbone).__name__}, not a network that compares texts with images.",
            "Name a preset of CLIP or SigLIP with --tag-model, such as clip_vit_base_patch32.",
        )
    return _open(keras, backbone, preprocessor)


def _open(keras: Any, backbone: Any, preprocessor: Any) -> TextImageNetwork:
    pixels = keras.Input(backbone.vision_encoder.image_shape)
    run = compile_network(keras.Model(pixels, backbone.get_vision_embeddings(pixels)))
    to_numpy = keras.ops.convert_to_numpy

    def encode_texts(texts: Sequence[str]) -> NDArray[np.float32]:
        found = []
        for start in range(0, len(texts), _TEXTS):
            tokens = preprocessor({"prompts": list(texts[start : start + _TEXTS]), "images": None})["token_ids"]
            found.append(to_numpy(backbone.get_text_embeddings(tokens)))
        return np.concatenate(found).astype(np.float32)

    def encode_images(images: Sequence[Image.Image]) -> NDArray[np.float32]:
        prepared = [to_numpy(preprocessor.image_converter(np.asarray(image)[None])) for image in images]
        return np.asarray(to_numpy(run(np.concatenate(prepared))), np.float32)

    scale = next(weight for weight in backbone.weights if weight.path.endswith("/logit_scale"))
    return TextImageNetwork(encode_texts, encode_images, float(np.exp(to_numpy(scale))))
