"""Formats of files, each read into tables of plain cells."""
