"""Scores of terms: calibrated probabilities, thresholds, and the terms above those that are sure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.special import softmax

from generator.tags.calibration import find_doubtful, find_sure, load_calibration, read_calibration, score_terms
from generator.tags.hierarchy import CLASSES, load_hierarchy, read_hierarchy

TREE = read_hierarchy(
    {
        "shoes": {"en": "shoes", "fr": "chaussures"},
        "boots": {"en": "boots", "fr": "bottes", "under": "shoes", "classes": [1, 2]},
        "sandals": {"en": "sandals", "fr": "sandales", "under": "shoes", "classes": [3]},
        "beaches": {"en": "beaches", "fr": "plages", "classes": [[4, 6]]},
    }
)


def test_a_terms_score_is_the_probability_of_its_classes_at_the_temperature() -> None:
    logits = np.random.default_rng(0).normal(0, 4, (3000, CLASSES))  # more than are computed at a time
    expected = softmax(logits / 0.8, axis=1)
    scores = score_terms(logits, TREE, 0.8)
    assert scores.shape == (3000, 4)
    assert np.allclose(scores[:, 1], expected[:, 1:3].sum(axis=1), atol=1e-6)
    assert np.allclose(scores[:, 0], scores[:, 1] + scores[:, 2], atol=1e-6)
    assert np.allclose(scores[:, 3], expected[:, 4:7].sum(axis=1), atol=1e-6)


def test_logits_of_two_bytes_do_not_overflow() -> None:
    logits = np.zeros((1, CLASSES), np.float16)
    logits[0, 3] = 1000
    assert score_terms(logits, TREE, 0.5)[0].tolist() == [1, 0, 1, 0]


def test_a_sure_term_brings_those_above_it_and_an_unsure_one_may_be_sure_of_what_is_above() -> None:
    scores = np.array([[0.9, 0.5, 0.4, 0.0], [0.8, 0.8, 0.0, 0.1], [0.2, 0.1, 0.1, 0.79]], np.float32)
    assert find_sure(scores, TREE, [0.7] * 4).tolist() == [
        [True, False, False, False],
        [True, True, False, False],
        [False, False, False, True],
    ]
    # a term that is never shown for itself is shown above one that is
    assert find_sure(scores, TREE, [math.inf, 0.7, 0.7, 0.8]).tolist() == [
        [False] * 4,
        [True, True, False, False],
        [False] * 4,
    ]


def test_a_score_beside_its_threshold_is_doubtful() -> None:
    scores = np.array([[0.9, 0.5], [0.9, 0.72], [0.9, 0.66], [0.68, 0.1]], np.float32)
    assert find_doubtful(scores, np.array([math.inf, 0.7], np.float32)).tolist() == [False, True, True, False]
    assert find_doubtful(scores, np.array([0.7, 0.7], np.float32)).tolist() == [False, True, True, True]


def test_terms_have_the_common_threshold_or_their_own() -> None:
    calibration = read_calibration(
        {
            "temperature": 0.9,
            "least": 0.7,
            "terms": {
                "boots": {"least": 0.4, "shown": 9, "precision": 0.9, "coverage": 0.2},
                "sandals": {"least": math.inf},
            },
        }
    )
    assert calibration.thresholds(TREE).tolist() == pytest.approx([0.7, 0.4, math.inf, 0.7])
    assert list(calibration.measured) == ["boots"]


def test_the_calibration_that_comes_along_keeps_its_promise() -> None:
    calibration, keys = load_calibration(), {term.key for term in load_hierarchy().terms}
    assert calibration.own.keys() | calibration.measured.keys() <= keys
    assert all(measured.precision >= 0.85 for measured in calibration.measured.values())
    assert 0.5 < calibration.temperature < 2 and 0.5 <= calibration.least < 1
