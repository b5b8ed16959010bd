"""The web meeting place: pages, live updates and the officers' view."""

PLATFORM = "web"
"""How deliveries and places name this channel."""
