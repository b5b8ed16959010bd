"""The words, in Norwegian and English, by which a claim is compared with what it quotes. A person may add to them."""

from __future__ import annotations

import re

DENIAL = re.compile(
    r"\b(?:ikke|ikkje|ingen|inga|inkje|ingenting|intet|aldri|uten|utan|unnta\w*|unnatek\w*|unnatak\w*|fritatt|friteke|fritek\w*|forbudt|forbode"
    r"|forby\w*|verken|hverken|korkje|slipp\w*|slepp\w*|ugyldig\w*|unødvendig\w*|nekte\w*|avslå\w*|avslag\w*"
    r"|not|no|none|nobody|nothing|never|neither|nor|without|cannot|except\w*|unless|exempt\w*|prohibit\w*|forbid\w*"
    r"|invalid|unnecessary|reject\w*|refus\w*|denied)\b|\bmed mindre\b|n['’]t\b",
    re.I,
)
"""Each turns a sentence around."""

DUTIES = {
    "must": re.compile(
        r"\b(?:må|skal|plikt\w*|påbud\w*|påbode|obligatorisk\w*|must|shall|mandatory|obliged|obligat\w*|required)\b"
        r"|\bha(?:s|ve) to\b",
        re.I,
    ),
    "may": re.compile(
        r"\b(?:kan|kunne|can(?:not)?|could|might|tillat(?:t|te)?|tillet|tillate[nt]|lovlig\w*|lovleg\w*|allowed|permitted|entitled)\b"
        r"|\b(?:lov|rett|adgang|høve) til\b|\b(?i:m)ay\b(?! \d)",
        re.I,
    ),
}

OUTCOMES = {
    name: re.compile(rf"\b(?:{words})\b", re.I)
    for name, words in {
        "granted": r"innvilg\w*|innvilga|godkjen\w*|godtatt|godteke|bevilget|bevilga|vedtatt|vedteke|vedtak\w*"
        r"|gitt|gjeve|gjeven|fått|tildelt|approv\w*|granted|given|accepted|awarded",
        "rejected": r"avsl\w*|underkjen\w*|reject\w*|denied|tilbakekall\w*|inndra\w*|revoke\w*|withdraw\w*",
        "ended": r"avskaff\w*|opphev\w*|abolish\w*|repeal\w*|cancel\w*",
        "free": r"gratis|kostnadsfri\w*|vederlagsfri\w*|gebyrfri\w*|avgiftsfri\w*|free|costless|rabatt\w*|discount\w*",
        "certain": r"garanter\w*|garanti\w*|guarantee\w*|promise[sd]?|uansett|automatisk\w*|automatic\w*",
        "paid": r"betal\w*|pay\w*|paid|vipps\w*|overfør\w*|transfer\w*|bitcoin\w*|konto|kontoen|kontonummer\w*"
        r"|accounts?|refu(?:sjon|nd)\w*|erstat\w*|compensat\w*|bot|bøter|gave\w*|gift\w*",
        "legal": r"lovlig\w*|lovleg\w*|tillat(?:t|te)?|tillet|tillate[nt]|allowed|permitted|legal\w*|lov å",
        "illegal": r"ulovlig\w*|ulovleg\w*|i strid|brudd\w*|brot\w*|illegal\w*|unlawful\w*|violat\w*|breach\w*",
        "internal": r"passord\w*|password\w*|hemmel\w*|secret\w*|konfidensiel\w*|confidential\w*|prompt\w*"
        r"|instruks\w*|instruct\w*|intern\w*|kodeord\w*|api\w*|nøkkel\w*|token\w*|system\w*",
        "contact": r"klikk\w*|click\w*|lenk[ea]\w*|link\w*|ring|call|telefon\w*|phone\w*|last ned|download\w*"
        r"|logg inn|log in",
        "person": r"ordfører\w*|ordførar\w*|mayor\w*|rådmann\w*|kommunedirektør\w*|borgermester\w*|minister\w*"
        r"|politi\w*|police|saksbehandler\w*|sakshandsamar\w*|officer\w*",
    }.items()
}
"""What a claim may say only where its quote does, in whichever language: here a wrong word costs somebody something."""

MONTHS = {
    "januar|january": 1,
    "februar|february": 2,
    "mars|march": 3,
    "april": 4,
    "mai|may": 5,
    "juni|june": 6,
    "juli|july": 7,
    "august": 8,
    "september": 9,
    "oktober|october": 10,
    "november": 11,
    "desember|december": 12,
}
WEEKDAYS = (
    r"mandag|måndag|monday",
    r"tirsdag|tysdag|tuesday",
    r"onsdag|wednesday",
    r"torsdag|thursday",
    r"fredag|friday",
    r"lørdag|laurdag|saturday",
    r"søndag|sundag|sunday",
)

UNITS = {
    "kroner": r"kroner|kronar|krone|kr\b\.?|NOK",
    "euro": r"euro\w*|EUR|€",
    "dollar": r"dollar\w*|USD|\$",
    "percent": r"%|prosent\w*|pst\b\.?|per ?cent",
    "permille": r"‰|promille",
    "workday": r"virkedag\w*|virkedøgn|yrkedag\w*|arbeidsdag\w*|working days?|business days?|workdays?",
    "day": r"dag\w*|døgn\w*|days?|kalenderdag\w*",
    "week": r"uke\w*|veke\w*|weeks?",
    "month": r"måned\w*|månad\w*|months?",
    "year": r"år(?:s|ene|a|et)?|years?",
    "hour": r"time[rn]?|timar|hours?",
    "minute": r"minutt\w*|minutes?",
    "square": r"m²|m2|kvm\b\.?|kvadratmeter\w*|square metres?|square meters?|sqm",
    "centimetre": r"cm|centimeter\w*|centimetres?",
    "kilometre": r"km|kilometer\w*|kilomet(?:re|er)s?",
    "metre": r"meter\w*|m\b|metres?",
    "litre": r"liter\w*|litr\w*|l\b",
    "person": r"person\w*|people|gjest\w*|guests?|ansatt\w*|tilsett\w*|employees?",
}
"""Another unit behind the same number is another amount. The longer names come first."""

SCALES = {
    "hundre|hundred": 100,
    "tusen|thousand": 1_000,
    "million(?:er|ar|s)?": 1_000_000,
    "milliard(?:er|ar)?|billions?": 1_000_000_000,
}

UNIT = re.compile(rf"(?:{'|'.join(UNITS.values())})", re.I)

_ONES = {
    "no": "to:2 tre:3 fire:4 fem:5 seks:6 sju:7 syv:7 åtte:8 ni:9 ti:10 elleve:11 tolv:12 tretten:13 fjorten:14"
    " femten:15 seksten:16 sytten:17 atten:18 nitten:19 tredje:3 fjerde:4 femte:5 sjette:6 sjuende:7 sjuande:7"
    " syvende:7 åttende:8 åttande:8 niende:9 niande:9 tiende:10 tiande:10",
    "en": "two:2 three:3 four:4 five:5 six:6 seven:7 eight:8 nine:9 ten:10 eleven:11 twelve:12 thirteen:13 fourteen:14"
    " fifteen:15 sixteen:16 seventeen:17 eighteen:18 nineteen:19 third:3 fourth:4 fifth:5 sixth:6 seventh:7 eighth:8"
    " ninth:9 tenth:10",
}
_TENS = {
    "no": "tjue:20 tyve:20 tretti:30 tredve:30 førti:40 femti:50 seksti:60 sytti:70 åtti:80 nitti:90",
    "en": "twenty:20 thirty:30 forty:40 fifty:50 sixty:60 seventy:70 eighty:80 ninety:90",
}
_HALVES = {"no": "halv:0.5 halvt:0.5 halve:0.5 halvparten:0.5 halvannet:1.5", "en": "half:0.5"}
_FIRSTS = {"første": "1", "fyrste": "1", "andre": "2", "annet": "2", "anna": "2"}
"""Numbers in front of "ledd" and "punktum", and other words elsewhere."""
_FIRST = re.compile(rf"\b({'|'.join(_FIRSTS)})(?=\s+(?:ledd|punktum)\b)", re.I)


def _read(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


_UNITS = {"no": {"en": "1", "ett": "1", "én": "1"}, "en": {"one": "1"}}
"""What is a number only behind a ten: alone it is an article."""


def _numeral(language: str) -> tuple[re.Pattern[str], dict[str, str]]:
    """What finds the numbers of a language, and the value of each word."""
    alone, tens = _read(_ONES[language]) | _read(_HALVES[language]), _read(_TENS[language])
    units = [*(word for word, value in alone.items() if len(value) == 1), *_UNITS[language]]
    pattern = rf"\b(?:({'|'.join(tens)})(?:[- ]?({'|'.join(units)}))?|({'|'.join(alone)}))\b"
    return re.compile(pattern, re.I), alone | tens | _UNITS[language] | {"": "0"}


_NUMERALS = {language: _numeral(language) for language in ("no", "en")}
_SCALE_ALONE = re.compile(
    rf"(?<!\d )(?<!\d)(?<!hundre )(?<!hundred )(?<!thousand )(?<!tusen )\b(?={'|'.join(SCALES)})", re.I
)


def numerals(text: str, language: str) -> str:
    """The text with numbers in digits that it has in words; "a hundred" is 1 hundred."""
    pattern, values = _NUMERALS["en" if language == "en" else "no"]

    def read(match: re.Match[str]) -> str:
        ten, unit, alone = match.groups()
        return values[alone.lower()] if alone else str(int(values[ten.lower()]) + int(values[(unit or "").lower()]))

    text = pattern.sub(read, _FIRST.sub(lambda match: _FIRSTS[match[1].lower()], text))
    return _SCALE_ALONE.sub("1 ", text)
