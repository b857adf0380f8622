"""A report as a folder: pages, data, staging, verification, archives and editions."""
