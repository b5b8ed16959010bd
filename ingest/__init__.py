"""Brings documents in: sources, readers, passages, and the pipeline that keeps the library in step."""
