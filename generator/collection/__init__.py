"""Decide which posts are shown, and keep what is derived of each image."""
