"""Hold the format of posts equal where likes are compared, since reels get another reach than photos."""

from __future__ import annotations

import numpy as np

from generator.insights.likes.typical_likes import Floats, Ints


def hold_formats(days: Floats, brand: Ints, form: Ints) -> Floats:
    """Return `days` (n,), with columns beside them by which likes are held equal: (n, 1 + k).

    `form` is a code of each post's format, -1 if it is not known, which counts as one more. Each column is 1 for the
    posts of one format, in brands that have more of another; a brand's level in each format is then fitted together
    with its curve in time, and what its clusters get is compared beside both. k is 0 if no brand has two formats.
    """
    columns = []
    for code in np.unique(form):
        column = np.zeros(len(days))
        for index in np.unique(brand[form == code]):
            mine = np.flatnonzero(brand == index)
            codes, often = np.unique(form[mine], return_counts=True)
            if codes[often.argmax()] != code:
                column[mine[form[mine] == code]] = 1
        if column.any():
            columns.append(column)
    return np.column_stack([days, *columns])
