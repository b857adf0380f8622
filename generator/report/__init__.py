"""A report: frozen view models of everything the pages show, and the functions that make them."""
