"""Whose the library is: one process writes it and publishes snapshots, the others read those."""
