"""The channels where people ask: one folder each, events in and rendering out."""
