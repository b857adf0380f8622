"""Editions of a finished report for the post: smaller, made from the report's own files, with nothing lost but pixels.

`email.py` makes a folder that mail systems let through, `single_file.py` one page that holds everything. Both take
what `source.py` reads of a report, encode its images anew (`images.py`) as richly as `budget.py` finds to fit, and
rewrite its pages (`markup.py`) and what they load (`scripts.py`).
"""
