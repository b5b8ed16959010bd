"""Several municipalities in one deployment, each with settings, stores and caches of its own."""
