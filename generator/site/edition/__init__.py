"""Make editions of a finished report for e-mail: smaller, from the report's own files, with images of fewer pixels.

`email.py` makes a zip that mail systems let through, `single_file.py` one page that holds everything. Both read a
report (`source.py`), encode its images again (`images.py`) as richly as fits (`budget.py`), and rewrite its pages
(`markup.py`) and the scripts and data that they load (`scripts.py`).
"""
