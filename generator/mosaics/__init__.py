"""Cells → tiles. Needs neither report nor cache."""
