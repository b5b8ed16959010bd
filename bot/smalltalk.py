"""What people say to a bot without asking anything: greetings, thanks, and what it is good for."""

from __future__ import annotations

import enum
import re


class Smalltalk(enum.StrEnum):
    """What somebody wants who doesn't ask about the municipality."""

    GREETING = "greeting"
    THANKS = "thanks"
    HELP = "help"


_GREETING = re.compile(
    r"(?:(?:hei(?:sann)?|hallo|heia|hi|hello|hey|god ?(?:dag|morgen|morgon|kveld)|good (?:morning|afternoon|evening))"
    r"(?: (?:på deg|alle(?: sammen)?|der|there|all))?(?: |$))*"
)
_THANKS = frozenset("takk takkar thanks thank ok okei okay flott fint supert topp perfekt great perfect".split())
_AROUND_THANKS = frozenset(
    "tusen mange så mye mykje for hjelpen hjelpa svar svaret skal du ha det var bra den er god"
    " many so very much a lot you the your help answer that was".split()
)
_HELP = frozenset(
    {
        *("hjelp", "hjelp meg", "kan du hjelpe meg", "hva er dette", "kva er dette", "hvem er du", "kven er du"),
        *("hva kan du", "hva kan du gjøre", "hva kan du hjelpe meg med", "hva kan du svare på"),
        *("kva kan du", "kva kan du gjere", "kva kan du hjelpe meg med", "kva kan du svare på"),
        *("hva kan jeg spørre om", "hva kan jeg spørre deg om", "kva kan eg spørje om", "kva kan eg spørje deg om"),
        *("hvordan virker dette", "hvordan fungerer dette", "korleis verkar dette", "korleis fungerer dette"),
        *("help", "help me", "can you help me", "what can you do", "what can you help me with", "what is this"),
        *("what can i ask", "what can i ask you", "who are you", "how does this work"),
    }
)


def smalltalk(text: str) -> Smalltalk | None:
    """What the text is if it is nothing but small talk. A question after a greeting is a question."""
    said = " ".join(re.findall(r"\w+", text.lower()))
    rest = _GREETING.sub("", said, count=1)
    if said and not rest:
        return Smalltalk.GREETING
    if rest in _HELP:
        return Smalltalk.HELP
    words = set(rest.split())
    return Smalltalk.THANKS if words & _THANKS and words <= _THANKS | _AROUND_THANKS else None
