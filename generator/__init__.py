"""Brandscape: a static report of how brands differ in the images they publish."""

import os
from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("brandscape")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"

# Threads of scikit-learn and openTSNE that wait for each other sleep instead of spinning: beside other work on the
# same cores, a map is made three times as fast. They read this when they are loaded.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
