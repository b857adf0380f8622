"""Hold what brands post in equal where likes are compared: the format, since reels get another reach, or the market."""

from __future__ import annotations

import numpy as np

from generator.insights.likes.typical_likes import Floats, Ints


def hold_equal(days: Floats, brand: Ints, code: Ints) -> Floats:
    """Return `days` (n,), or (n, 1 + j) with what is held equal already, and k further columns beside them.

    `code` says what each post is in, such as its format; -1, if that is not known, counts as one more. Each column is 1
    for the posts of one code, in brands that have more of another; a brand's level in each is then fitted together with
    its curve in time, and what its clusters get is compared beside both. k is 0 if no brand has two codes.
    """
    columns = []
    for held in np.unique(code):
        column = np.zeros(len(days))
        for index in np.unique(brand[code == held]):
            mine = np.flatnonzero(brand == index)
            codes, often = np.unique(code[mine], return_counts=True)
            if codes[often.argmax()] != held:
                column[mine[code[mine] == held]] = 1
        if column.any():
            columns.append(column)
    return np.column_stack([days, *columns])
