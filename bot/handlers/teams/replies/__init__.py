"""Replies as they are given in Teams."""
