"""One module or package for each format, and what they share."""
