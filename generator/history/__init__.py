"""The previous report, what carries over from it, and what changed since."""
