"""Helpers that several tests share: drawn posts, sample reports, servers, pages and commands."""

from pathlib import Path

#: The checkout that is tested.
ROOT = Path(__file__).resolve().parents[2]
