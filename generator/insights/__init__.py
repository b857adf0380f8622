"""The figures that say how brands differ, each a plain function of aligned columns over the report's posts.

Columns have one entry a post, in one order: `brand` int (position of its brand), `cluster` int (-1: unclustered),
`likes` float (NaN: not shown), `days` float since 1970 (NaN: no date), `features` float32 (n, k), `near` int (n, m).
Results are frozen records that carry the positions they speak of. What rests on too few posts is withheld, intervals
are at 95 %, and where many comparisons are made, p-values are adjusted for all of them.
"""
