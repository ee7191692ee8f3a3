"""Reads, compares and draws the run files of annelid (results/FORMAT.md)."""
