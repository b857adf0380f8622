"""Cells → tiles. Knows no report, no cache and no network."""
