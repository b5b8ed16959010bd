"""What the manifest calls the commands of the message extension, and the handlers listen to."""

from __future__ import annotations

SEARCH = "search"
"""Looks strategies and sources up, and puts one into the message as a card."""
QUERY = "query"
"""The parameter of `SEARCH`: what somebody types."""
FORWARD = "forward"
"""On a message: send it to a case officer. Teams asks for the dialog first."""
