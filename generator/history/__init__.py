"""The previous report, and what carries over from it."""
