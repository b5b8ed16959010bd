"""Knows the documents: holds, finds and quotes them. Imports none of our other packages."""
