"""A finished report as a deck of slides for PowerPoint, with real text, tables and charts that can be edited."""
