"""Figures of how brands differ, each a plain function of aligned arrays over the report's posts.

Arrays have one entry per post, in one order: `brand` int (position of its brand), `cluster` int (-1: unclustered),
`likes` float (NaN: not shown), `days` float since 1970 (NaN: no date), `features` float32 (n, k), `near` int (n, m).
Results are frozen records that refer to brands, clusters and posts by position. Figures that rest on too few posts are
withheld, intervals are at 95 %, and p-values are adjusted for all comparisons made.
"""
