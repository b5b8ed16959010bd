"""One object for each passage that is in use, however often it was found."""

from __future__ import annotations

from weakref import WeakValueDictionary

from knowledge.model import Passage


class SharedPassages:
    """Passages by their entries, for as long as anybody holds them. For threads.

    The name of an entry holds a hash of all that it says, so that what has it is the same.
    """

    def __init__(self) -> None:
        self._held: WeakValueDictionary[str, Passage] = WeakValueDictionary()

    def passage(self, entry: str, body: str) -> Passage:
        """The passage of that entry; `body` is it as JSON, which is read where nobody holds it."""
        return self._held.get(entry) or self._held.setdefault(entry, Passage.model_validate_json(body))
