"""How sure a term is: calibrated probabilities, and the score from which each term is shown.

Networks are surer or less sure than they are right. Temperature scaling (Guo et al. 2017) divides all logits by one
number, chosen so that labelled photographs are as likely as possible. A term's probability is then the sum over its
classes. From which probability it is shown is chosen by its precision on labelled photographs. calibration.toml holds
the numbers that came out, and `tests/bench/bench_tags.py` measures them again.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from generator import resources
from generator.tags.hierarchy import Hierarchy

#: Raised whenever the same logits would give other scores or other sure terms.
VERSION = 2
#: Log-odds by which rounding may move a score. In bfloat16, EfficientNet-Lite0 moves those of 2,088 photographs by 0.09
#: on average and 0.6 at most; within this margin of a threshold are all 63 photographs whose terms change by that.
_MARGIN = 0.3
#: Images whose scores are computed at a time: 8 MB of probabilities.
_BLOCK = 2048

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Measured:
    """How right a term was on labelled photographs, with thresholds chosen without those that they were tried on."""

    shown: int  # photographs that it was shown on
    precision: float  # share of these whose label fits
    coverage: float  # share that it was shown on, of the photographs whose label fits


@dataclass(frozen=True, slots=True)
class Calibration:
    """A temperature, and the least probability from which a term is shown: its own, or the common one."""

    temperature: float
    least: float
    own: Mapping[str, float]  # infinite for a term that counts towards those above it and is not shown for itself
    measured: Mapping[str, Measured]

    def thresholds(self, hierarchy: Hierarchy) -> NDArray[np.float32]:
        """Return the least probability of each term."""
        return np.array([self.own.get(term.key, self.least) for term in hierarchy.terms], np.float32)


def read_calibration(content: Mapping[str, Any]) -> Calibration:
    """Return the calibration that `content` describes."""
    terms = content["terms"]
    return Calibration(
        temperature=float(content["temperature"]),
        least=float(content["least"]),
        own={key: float(entry["least"]) for key, entry in terms.items() if "least" in entry},
        measured={
            key: Measured(int(entry["shown"]), float(entry["precision"]), float(entry["coverage"]))
            for key, entry in terms.items()
            if math.isfinite(entry.get("precision", math.nan))
        },
    )


@cache
def load_calibration() -> Calibration:
    """Return the calibration that comes along."""
    path = resources.find_resources("tags") / "calibration.toml"
    return read_calibration(tomllib.loads(path.read_text(encoding="utf-8")))


def score_terms(logits: NDArray[np.floating], hierarchy: Hierarchy, temperature: float) -> Scores:
    """Return the probability of each term, (n, terms), from the logits of n images, (n, 1000)."""
    from scipy.sparse import csr_array

    member = csr_array(hierarchy.membership().T)  # few classes a term; and its sums are the same on any number of cores
    scores = np.empty((len(logits), len(hierarchy.terms)), np.float32)
    for start in range(0, len(logits), _BLOCK):
        block = np.asarray(logits[start : start + _BLOCK], np.float32) / np.float32(temperature)
        block = np.exp(block - block.max(axis=1, keepdims=True))
        scores[start : start + _BLOCK] = (member @ block.T).T / block.sum(axis=1, keepdims=True)
    return scores


def find_doubtful(scores: Scores, thresholds: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Return of which images, (n,), a score lies so near its threshold that rounding may have moved it across."""
    shown = (thresholds > 0) & (thresholds < 1)
    away = _log_odds(scores[:, shown]) - _log_odds(thresholds[shown])
    return np.asarray((np.abs(away) < _MARGIN).any(axis=1))


def _log_odds(shares: NDArray[np.float32]) -> NDArray[np.float64]:
    inside = np.clip(shares.astype(np.float64), 1e-9, 1 - 1e-9)
    return np.asarray(np.log(inside / (1 - inside)))


def find_sure(scores: Scores, hierarchy: Hierarchy, thresholds: Sequence[float] | NDArray[np.float32]) -> NDArray[Any]:
    """Return which terms are shown on each image, (n, terms): those sure enough, and all above these."""
    sure: NDArray[np.bool_] = scores >= np.asarray(thresholds, np.float32)
    for position in reversed(range(len(hierarchy.terms))):  # a term stands after the one above it
        under = hierarchy.terms[position].under
        if under is not None:
            sure[:, under] |= sure[:, position]
    return sure
