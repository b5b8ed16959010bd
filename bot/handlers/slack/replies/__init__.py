"""Replies as they are given in Slack."""
