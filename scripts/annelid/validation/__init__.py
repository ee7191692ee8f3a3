"""Validation: runs, what is expected of them, and the page that shows both."""
