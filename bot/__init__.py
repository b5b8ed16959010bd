"""Talks with people: questions in, cited answers out, and cases for what has none."""
