"""The pages: what can be seen and done at which address."""
