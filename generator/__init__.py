"""Brandscape: a static report of how brands differ in the images they publish."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("brandscape")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
