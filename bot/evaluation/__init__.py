"""Measures retrieval and answers against questions whose answers are known."""
