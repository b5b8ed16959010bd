"""Questions as they are asked in Teams."""
