"""The composition root: settings in, ready objects out. The only place that picks implementations."""

from bot.wiring.knowledge import Knowledge, Shared, open_chroma, open_corpus, open_knowledge, open_library
from bot.wiring.serving import Worker, open_app, open_worker
from bot.wiring.tenants import open_front, open_workers

__all__ = [
    "Knowledge",
    "Shared",
    "Worker",
    "open_app",
    "open_chroma",
    "open_corpus",
    "open_front",
    "open_knowledge",
    "open_library",
    "open_worker",
    "open_workers",
]
