"""Somebody invented who tells more than is needed, for each channel to show that none of it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

TOLD = (
    "Jeg heter Torvald Fagerlien, fnr 038541 65444, tlf 987 65 432, torvald@example.no, konto 1234.56.78903. "
    "Kan jeg skjenke øl?"
)
MASKED = (
    "Jeg heter [navn], fnr [fødselsnummer], tlf [telefonnummer], [e-postadresse], konto [kontonummer]. "
    "Kan jeg skjenke øl?"
)
SECRETS = ("Torvald", "038541", "65444", "987 65 432", "torvald@", "1234.56.78903")
"""What is told of them: nothing that is kept or sent may hold it."""


def kept(rows: Mapping[str, Sequence[str]]) -> list[str]:
    """What of it the tables of a database hold."""
    return [secret for secret in SECRETS for lines in rows.values() for line in lines if secret in line]
