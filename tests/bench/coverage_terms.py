"""Coverage of over-indexes of what images show, and of likes by what images show and captions say, and false marks.

The note gives each one's part. What is planted are likes of the second term, for every brand.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from generator.insights.bursts import find_bursts
from generator.insights.posting.tag_shares import measure_tag_shares
from generator.insights.subjects import SubjectArrays, measure_subjects
from tests.bench.coverage_reports import SHOWN, UNDER, draw_terms
from tests.bench.coverage_rows import Row, pool, tell
from tests.support.simulated_posts import Simulation, draw_posts

#: The term whose posts get so many times the likes. Those above it get more with it.
_TERM, _TIMES = 1, 1.6


def plant(simulation: Simulation) -> Simulation:
    return replace(simulation, effects={(None, _TERM): _TIMES})


def measure(simulation: Simulation, seeds: Sequence[int]) -> Row:
    shares, likes, shown, marked, false, found = [], [], [], 0, 0, 0
    for seed in seeds:
        drawn = draw_posts(replace(simulation, effects={}), seed)
        terms = draw_terms(drawn, seed)
        for (_, term), times in simulation.effects.items():
            drawn.likes[terms[:, term]] *= times
        burst = find_bursts(drawn.brand, drawn.cluster, drawn.days, drawn.features, drawn.near, drawn.image)
        tags = measure_tag_shares(drawn.brand, terms[:, :SHOWN], UNDER, burst, days=drawn.days)
        is_false = bool(tags and tags.shares.marked.any())
        if tags:
            shares.append(((tags.shares.low <= 1) & (tags.shares.high >= 1))[~tags.shares.withheld])
        none = np.full(len(drawn.brand), np.nan)
        arrays = SubjectArrays(
            drawn.brand, drawn.likes, none, drawn.days, burst, terms[:, :SHOWN], UNDER, terms[:, SHOWN:]
        )
        subjects = measure_subjects(arrays)
        assert subjects is not None and subjects.engagement is not None
        figures = subjects.engagement
        of_likes = [
            ((low <= 1) & (high >= 1))[~hidden]
            for low, high, hidden in (
                (figures.low, figures.high, figures.withheld),
                (figures.pooled_low, figures.pooled_high, figures.pooled_withheld),
            )
        ]
        likes.append(np.concatenate(of_likes))
        columns = [*subjects.terms, *range(SHOWN, terms.shape[1])]
        for effect in figures.findings:
            is_planted = (None, columns[effect.cluster]) in simulation.effects
            shown += [np.array([effect.picked_low <= _TIMES <= effect.picked_high])] if is_planted else []
            found += is_planted and effect.brand is None
            is_false |= not is_planted
        false += is_false
        marked += 1
    note = f"shares {tell(shares)}, likes {tell(likes)}"
    return Row(pool([*shares, *likes]), pool(shown), false / marked, found / marked, note)
