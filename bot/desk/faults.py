"""The steps of a delivery, between any two of which a process may be killed, and a place for a test to do that."""

from __future__ import annotations

import enum


class Step(enum.StrEnum):
    """How far a delivery has come when a process passes here."""

    PUTTING = "putting"
    """It is written, and the transaction that makes it owed is not committed."""
    PUT = "put"
    """It is owed, and nobody has taken it."""
    LEASED = "leased"
    """A dispatcher has taken it, and the courier doesn't know."""
    SENDING = "sending"
    """The courier has it, and the platform hasn't. Couriers pass this and the next; those of tests do."""
    SENT = "sent"
    """The platform has it, and the courier has not said so."""
    ARRIVED = "arrived"
    """The courier has said that it is there, and that is not noted."""
    DONE = "done"
    POSTPONED = "postponed"
    """An attempt has failed, and that it is to be tried again is noted."""
    GIVING_UP = "giving_up"
    """It is given up and who waits for it is to be told, and the transaction that says so is not committed."""
    GIVEN_UP = "given_up"
    TELLING = "telling"
    """Who waits for it is to be told, and the courier doesn't know."""
    TOLD = "told"
    """The courier has told them, and that is not noted."""


class Faults:
    """What goes wrong in this process: nothing. Tests hand a subclass to whoever passes the steps."""

    def at(self, step: Step) -> None:
        """The process passes that step with a delivery, and lives on."""
