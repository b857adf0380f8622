"""Choose the network that makes the embeddings, and name everything that an embedding depends on."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from generator.digests import digest_of, hash_file
from generator.embedding.backends import installed_backends
from generator.embedding.networks import NETWORKS, Network, cached_weights, download_weights
from generator.errors import SettingsError, suggest_name
from generator.progress import Progress
from generator.settings import EmbeddingSettings

#: Raised whenever the same network would give other numbers: resizing, preprocessing, precision.
_RECIPE_VERSION = "3"
_DEFAULT = "resnet50"
_PROBE = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that an image's embedding depends on besides the image's bytes."""

    model: str  # "resnet50", "builtin", "vectors", or the name of the user's model file
    weights: Path | None  # their hash, not their path, is part of the key
    weights_sha256: str | None
    pooling: str | None
    precision: str | None = None  # "float32" or "mixed"
    fallback: str = ""  # why `auto` did not take its first choice, as a sentence

    @property
    def key(self) -> str:
        """The recipe as one digest, for the cache."""
        if self.model == "builtin":
            from generator.embedding import builtin

            return digest_of(_RECIPE_VERSION, "builtin", str(builtin.VERSION))
        # float32 is left out, as in keys from before there was a choice
        precision = [self.precision] if self.precision == "mixed" else []
        return digest_of(_RECIPE_VERSION, self.model, self.weights_sha256 or "", self.pooling or "", *precision)


BUILTIN = Recipe("builtin", None, None, None)


def choose_recipe(settings: EmbeddingSettings, offline: bool, progress: Progress) -> Recipe:
    """Return the recipe that these settings choose; may download weights.

    Raises SettingsError for an unknown network, or one whose weights are not available.
    """
    if settings.vectors is not None:
        _require_file(settings.vectors, "--vectors")
        return Recipe("vectors", settings.vectors, hash_file(settings.vectors), None)
    if settings.weights is not None:
        _require_file(settings.weights, "--weights")
    name = settings.model
    if name == "auto":
        return _choose_automatically(settings, offline, progress)
    if name.lower() == "builtin":
        if settings.weights is not None:
            raise SettingsError("The built-in features take no weights.", "Leave out --weights, or name its network.")
        return BUILTIN
    if name.lower().endswith((".keras", ".h5")) or "/" in name or "\\" in name:
        file = Path(name)
        _require_file(file, "--model")
        if settings.weights is not None:
            raise SettingsError(f"{file} already holds its weights.", "Leave out --weights.")
        return Recipe(file.name, file, hash_file(file), settings.pooling, settings.precision)
    network = find_network(name)
    weights = settings.weights or cached_weights(network)
    if weights is None:
        weights = _download(network, offline, progress)
    return Recipe(network.name, weights, hash_file(weights), settings.pooling, settings.precision)


def find_network(name: str) -> Network:
    """Return the network called `name`, in any case and with or without hyphens. Raises SettingsError for no name."""
    plain = name.lower().replace("-", "").replace("_", "")
    if plain in NETWORKS:
        return NETWORKS[plain]
    hint = suggest_name(plain, ["auto", "builtin", *sorted(NETWORKS)], "The networks are")
    raise SettingsError(f"There is no network called {name}.", f"{hint} The path of your own .keras file will do too.")


def _require_file(file: Path, flag: str) -> None:
    if not file.is_file():
        raise SettingsError(f"{flag}: there is no file {file}.")


def _download(network: Network, offline: bool, progress: Progress) -> Path:
    problem = "downloads are switched off (offline)"
    if not offline:
        progress.say(f"Downloading the ImageNet weights of {network.builder}, once.")
        try:
            return download_weights(network)
        except OSError as error:
            problem = f"the download failed ({str(error).splitlines()[0][:160]})"
    raise SettingsError(
        f"The ImageNet weights of {network.builder} are not on this machine, and {problem}.",
        "Three ways out: run once where the internet can be reached, so that Keras downloads them; "
        f"give the file {network.weights_file} with --weights; "
        "or take --model builtin, which needs no weights.",
    )


def _choose_automatically(settings: EmbeddingSettings, offline: bool, progress: Progress) -> Recipe:
    network = NETWORKS[_DEFAULT]
    if settings.weights is None and not installed_backends():
        return _fall_back("Neither TensorFlow nor JAX nor PyTorch is installed to run a network with", progress)
    weights = settings.weights or cached_weights(network)
    problem = "downloads are switched off"
    if weights is None and not offline:
        problem = "they could not be downloaded"
        # tried first, since importing TensorFlow only to fail without a connection takes long
        if _can_reach(_PROBE):
            try:
                weights = download_weights(network)
            except OSError as error:
                problem = f"the download failed: {str(error).splitlines()[0][:160]}"
    if weights is not None:
        return Recipe(network.name, weights, hash_file(weights), settings.pooling, settings.precision)
    return _fall_back(f"The ImageNet weights of {network.builder} are not on this machine and {problem}", progress)


def _fall_back(problem: str, progress: Progress) -> Recipe:
    fallback = f"{problem}, so the built-in features were used."
    progress.warn(fallback + " They see shape, texture and colour, but not what an image is of.")
    return Recipe("builtin", None, None, None, fallback=fallback)


def _can_reach(url: str) -> bool:
    import requests

    try:
        requests.head(url, timeout=(3, 5))
    except requests.RequestException:
        return False
    return True
