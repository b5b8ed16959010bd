"""How people put things in bokmål, nynorsk and English: what is a question, and what they say to each other. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.smalltalk import POLITE, smalltalk


def _words(*alternatives: str) -> str:
    """A pattern for any of these words (patterns, divided by space; an underscore is a space)."""
    every = " ".join(alternatives).split()
    return "(?:" + "|".join(each.replace("_", r"\s+") for each in every) + ")"


def _opening(*alternatives: str) -> re.Pattern[str]:
    return re.compile(_words(*alternatives) + r"\b")


def _somewhere(*alternatives: str) -> re.Pattern[str]:
    return re.compile(r"\b" + _words(*alternatives) + r"\b")


_QUOTED = re.compile(r"```[\s\S]*?```|^[^\S\n]*>.*$", re.M)
"""What somebody quotes is not what they ask."""
_ADDRESS = re.compile(r"https?://\S+|www\.\S+")
_SENTENCE = re.compile(r"[^.!?\n]*(?:[.!?]+(?=\s|$)|[.!?](?=\S)[^\s]*[^.!?\n]*|\n|$)")
_CLAUSE = re.compile(r",\s+(?=(?:må|kan|trenger|treng|får|krever|krev|gjelder|gjeld|do|can|must|is)\s)")
"""Where what is asked begins after what it is about: "Vi åpner til våren, må vi ...?"."""
_LEAD = re.compile(
    r"^(?:(?:hei(?:sann)?|hallo|heia|hi|hello|hey|god_?\s?(?:dag|morgen|morgon|kveld)|good\s+(?:morning|day|evening)"
    r"|ok(?:ei|ay)?|ja|jo|yes|takk|thanks|fint|flott|supert|men|og|så|and|but|so|eh?m?|hmm+|spørsmål|question|ps|obs)"
    r"(?:\s+(?:alle(?:\s+sammen)?|dere|dykk|folkens|folks|all|everyone|everybody|there|igjen|again))?[\s,!.:;–-]+)+"
)
"""What people begin with before they come to it."""

_PEOPLE = _words("jeg eg vi me man en ein ei vi_som bedriften bedrifta firmaet verksemda virksomheten i we one")
_MODAL = _words(
    "kan må skal bør får trenger treng behøver kunne skulle burde måtte can could must should may do does need have"
)
_ASKING_WORD = _opening(
    "h?va kva h?vor\\w* kor(?:leis)? kvar(?:t)? når korleis kvifor h?vilke[nt]? kva_for hv?em kven åssen",
    "what when where which who whom whose why how what's where's who's how's",
)
_VERB_FIRST = _opening(
    "er var har hadde kan kunne må måtte skal skulle vil ville bør burde får fikk finnes finst fins gjelder gjeld",
    "koster kostar krever krev trenger treng behøver holder held går finner kommer kjem vet veit tror trur tar tek",
    "blir blei stemmer stemmar passer passar dekker betyr tyder hørte høyrde ses noen(?:_her)?_som nokon(?:_her)?_som",
    "mulig_(?:å|for|at) råd_å lov_(?:å|til) mogleg_å",
    "is are was were do does did can could must should may might will would has have am",
    "any(?:one|body)? is_there are_there",
)
_REQUEST = _somewhere(
    "(?:jeg|eg|vi|me)_(?:bare_|berre_)?(?:lurer|lurar)_(?:litt_)?(?:på|om) (?:jeg|eg|vi|me)_undrer?_på",
    "og_(?:lurer|lurar)_på",
    "(?:trenger|treng|ønsker|ynskjer|søker|søkjer|vil_ha|vil_gjerne_ha)_(?:litt_|noe_|noko_)?(?:hjelp|info\\w*|råd|svar)",
    "(?:trenger|treng|ønsker|ynskjer|vil_gjerne)_å_(?:vite|vete|vita|få_vite)",
    "(?:jeg|eg|vi|me)_(?:har|hadde)_(?:et|eit|noen|nokre)_spørsmål",
    "usikker_på_(?:om|hva|kva|hvor\\w*|korleis|når) i_tvil_om",
    "(?:i|we)(?:_am|'m|_are|'re|_was|_were)?_(?:just_)?wonder(?:ing|ed)?",
    "(?:i|we)?_?(?:need|want|would_like|'d_like)_(?:some_)?(?:help|advice|information|info|to_(?:know|ask))",
    "looking_for_(?:help|advice|info(?:rmation)?|guidance) (?:i|we)_have_a_question",
)
_BARE_REQUEST = _opening(
    "lurer_på lurar_på lurer_også_på trenger_(?:litt_)?hjelp treng_hjelp ønsker_(?:svar|info|å_vite) need_help",
    "wondering",
)
_HEARSAY = _somewhere(
    "(?:det|som|that's_what)_(?:(?:var|er|is)_)?(?:det_)?(?:jeg|eg|vi|me|i)_?(?:også_)?(?:lurt\\w*|lurer|lurar)"
)

_SUBJECT = re.compile(
    r"\b(?:"
    # permissions, rules and duties
    r"bevil|løyv|konsesjon|lisens|licen[cs]|permit|permission|tillat|tillet|søk(?:e|er|t|ja|je|ar)?\b|søkn|søkj|appl(?:y|ic)"
    r"|regl(?:e|a)|regul|rule|lov(?:en|a|verk|lig|leg|pålagt|krav)?\b|forskrift|paragraf|legal|law|allowed"
    r"|krav|krev|påkrev|pålagt|pålegg|påbud|plikt|oblig|requir|forbud|forbod|dispensasjon|godkjen|approv|aldersgrens"
    # money, dates, forms and procedure
    r"|gebyr|avgift|skatt|moms|mva\b|fee\b|fees\b|tax(?:es)?\b|tilskudd|tilskot|støtteordning|stønad|grants?\b|funding|finansier"
    r"|frist|deadline|skjema|form(?:s|ular)?\b|saksbehandl|sakshandsam|klage|avslag|vedtak|appeal|registr|meld(?:e|er|es|ast)\b"
    # the municipality and its plans
    r"|kommun|municipal|council|næring(?:s|a|en|er)|strategi|strateg(?:y|ies)|tiltak|handlingsplan|reguleringsplan|planen\b"
    # what businesses are and do
    r"|bedrift|verksemd|virksomhe|foretak|føretak|firma|business|company|kaf[eé]|restaurant|servering|skjenk|alkohol|alcohol"
    r"|liquor|øl\b|uteserv|torg(?:plass|sal|handel)|food ?truck|matvogn"
    r"|lokale|utleie|leie\b|leige|rent(?:ing|al)?\b|skilt|advertis|brann"
    r"|mattilsyn|internkontroll|hms\b|lærling|lærebedrift|apprentic|etablerer|kunnskapsprøve|styrer\b|vandel|politiattest"
    r"|bruksendr|brukstill|byggesøk|parkering|avfall|renovasjon|støy|støj|noise|åpningstid|opningstid|opening hours"
    r"|arrangement|festival|konsert|tobakk|omsetn|tomt|gründer|omstilling|turis|tourism|reiseliv|havbruk|landbruk|vilkår"
    r"|arbeid(?:s|stid)|ansatt|tilsett|lønn|oppsigel|oppseiing|permitter|employ|nabo(?:er|en|grens)|bygg|anskaffels|anbud"
    r"|salong|idrettslag|butikk|varsl"
    # what such words end with when they stand in a longer one, and paragraphs
    r")|(?:lov|forskrift)(?:en|a)\b|(?:bevilling|løyve|lønn|frist|gebyr|avgift|krav|tillatelse|tilskudd|tilskot)(?:en|et|a|ar|er)?\b|§",
    re.I,
)
"""What a municipality is asked about."""

_STRONG = re.compile(
    r"^(?:"
    rf"{_MODAL}\s+{_PEOPLE}\b(?!\s+(?:ta|ses|sjåast|møtes|dra|gå|spise|ete|henge|låne|låna|ikke|ikkje)\b)"
    rf"|(?:h?vordan|korleis|åssen|h?vor|kvar|når|hvem|kven)\s+\w+\s+{_PEOPLE}\b"
    r"|(?:kan|må|får|bør|skal)\s+\w{3,}(?:en|et|ene|ane|er|ar)\b|(?:når|h?vordan|korleis)\s+(?:kan|må|bør|får|skal)\s+\w{3,}(?:en|et|ene|ane|er|ar)\b"
    r"|(?:h?vor|kor)\s+\w+(?:\s+\w+){0,3}\s+(?:kan|må|bør|får)\s"
    rf"|who\s+(?:do|can|should|must)\s+(?:i|we)\b|how\s+(?:do|can|should|must|long|much|many)\s|where\s+(?:do|can|should)\s+(?:i|we|one)\b|what\s+(?:do|must|should)\s+(?:i|we)\b"
    r"|hva\s+(?:koster|kreves|skal\s+til|må\s+til|sier|gjelder|er\s+(?:kravene|reglene|forskjellen|fristen))"
    r"|kva\s+(?:kostar|krevst|skal\s+til|må\s+til|seier|gjeld|er\s+(?:krava|reglane|skilnaden|fristen))"
    r"|hvor\s+(?:mye|lenge|lang|stor|ofte|sent|mange)|kor\s+(?:mykje|lenge|lang|stor|ofte|seint|mange)"
    r"|er\s+det\s+(?:egentlig\s+|eigentleg\s+)?(?:lov|mulig|mogleg|tillatt|greit\s+å|nok\s+(?:å|med)|noen?\s+(?:regler|krav)|noe\s+(?:jeg|vi))"
    r"|(?:finnes|fins|finst)\s+det|gjelder\s|gjeld\s|koster\s+det|kostar\s+det|is\s+it\s+(?:possible|allowed|ok\s+to)|(?:is|are)\s+there"
    r"|(?:noen|nokon|vet\s+noen|veit\s+nokon|(?:can|could|does)\s+any(?:one|body)|er\s+det\s+no(?:en|kon))\s+(?:her\s+)?(?:som\s+)?(?:vet|veit|om|know|tell|explain|kan\s+(?:si|forklare|hjelpe))"
    r")"
)
"""Openings of questions that one asks to be told how things are, whatever they are about."""

_PERSONAL = re.compile(
    r"\b(?:du|deg|dykkar)\b"
    r"|\b(?:har|hadde|fikk|hørte|høyrde|synes|synest|trur|tror|mener|meiner|vil|kommer|kjem|er|hvor\s+er)\s+(?:dere|de|dykk)\s"
    r"(?:fått|med|sett|hørt|klar|på|om\b|til|der)|\b(?:synes|synest|tror|trur|mener|meiner)\s+(?:dere|dykk|de)\b"
    r"|\b(?:did|have|are|will|would|were|had)\s+you\b|\bcan\s+you\s+(?:please\s+)?(?:send|help|take|come|do|check|ask|call)\b"
    r"|\byour?\b.*\b(?:weekend|day|holiday)\b"
)
"""Said to one among others; "har dere støtteordninger?" is not."""
_CHAT = re.compile(
    r"\b(?:lunsj|lunch|kaffepause|pause(?:rommet)?|padel|quiz|kake|taxi|nøkl\w+|lader\w*|charger|helg(?:a|en)?|weekend"
    r"|på\s+jobb|møterom\w*|møtet|referat|oppvask\w*|eposten?|e-post(?:en)?|slides|i\s+(?:går|kveld|morgen|morgon|kveld)|tonight|yesterday"
    r"|tomorrow|ferie\w*|bursdag|birthday|lyst\s+(?:på|til)|(?:være|vere)\s+med|bli\s+med\s+på|join|stand(?:en)?|kl\.?\s*\d+\s*\?)\b"
)
_RHETORICAL = re.compile(
    r"^(?:(?:hva|kva)\s+skjer|(?:hvordan|korleis|åssen)\s+(?:går|gikk|gjekk|har)\s|(?:hva|kva)\s+i\s+(?:all|huleste)|ikke\s+sant|ikkje\s+sant"
    r"|hvor\s+\w+\s+er\s+(?:vel\s+)?(?:ikke\s+)?det|how\s+are\s+you|how's\s+(?:it|every)|what's\s+(?:up|new)|what\s+a\s|how\s+(?:cool|nice|great)\b"
    r"|er\s+det\s+bare\s+meg|kan\s+(?:vi|me)\s+(?:ikke|ikkje)\s+bare|hvem\s+(?:skrev|gjorde|sa)|isn't\s+it|sounds\s)"
)
_SUGGESTION = re.compile(
    r"^(?:skal|bør)\s+(?:vi|me)\b|^(?:kan|kunne)\s+(?:vi|me)\s+ikk(?:e|je)\b|^shall\s+we\b|^let's\b"
)
_NEEDS_SUBJECT = 3
"""Words: a shorter question needs one that says what it is about."""

_REACTION = re.compile(
    r"^(?:enig|einig|agreed?|samme\s+her|same\s+here|ja|jo|nei|nope?|yes|yep|ok(?:ei|ay)?|lol|haha\w*|hehe\w*|nice|kult|kjekt|bra"
    r"|jepp|neppe|kanskje|maybe|sant|right|wow|oi|huff|uff|\+1|forstår|skjønner|i\s+see|got\s+it|noted|notert)\W*$"
)
_REFINES = _opening(
    "nei,?_(?:jeg|eg|det|vi|me) (?:jeg|eg)_(?:mener|mente|meiner|meinte|tenker|tenkjer) i_mean(?:t)? no,?_i",
    "men og også enn eller hva_med kva_med det_(?:gjelder|gjeld|er_(?:for|snakk)) but and or also",
    "(?:it's|it_is)_(?:for|about)",
    "what_about how_about (?:jeg|eg)_spurte i_asked i_was_asking",
)


def asks(text: str) -> bool:
    """Is it a question that a municipality's assistant is the one to answer, though nobody calls on it?"""
    clean = _cleaned(text)
    told = bool(_SUBJECT.search(clean))
    chat = bool(_CHAT.search(clean))
    return any(_asks(sentence, told=told, chat=chat) for sentence in _sentences(clean))


def follows_up(text: str) -> bool:
    """Is it clearly a question, where what it is about has been said already?"""
    clean = _cleaned(text)
    return not chats(text) and any(is_put_as_question(each) and not _to_people(each) for each in _sentences(clean))


def chats(text: str) -> bool:
    """Is it about what people do together, and not about what a municipality is asked?"""
    clean = _cleaned(text)
    return bool(_CHAT.search(clean)) and not _SUBJECT.search(clean)


def is_subject(words: str) -> bool:
    """Do the words name something that a municipality is asked about?"""
    return bool(_SUBJECT.search(words))


def is_put_as_question(sentence: str) -> bool:
    """Has it the form of a question or of asking for help?"""
    clean = _cleaned(sentence)
    return any(_has_form(each) for each in _sentences(clean))


def refines(text: str) -> bool:
    """Does it put right or add to what its writer has asked?"""
    clean = _cleaned(text)
    return bool(_REFINES.match(clean)) and len(clean.split()) > 1


def says_nothing(text: str) -> bool:
    """Is there nothing in it to reply to: thanks, a greeting, a yes?"""
    clean = _cleaned(text)
    if not any(map(str.isalpha, clean)):
        return True
    return smalltalk(text) in POLITE or bool(_REACTION.match(clean))


def thanks(text: str) -> bool:
    """Is it a short word of thanks, whoever it is to?"""
    return len(text.split()) <= _FEW and "?" not in text and bool(_THANKING.search(text))


_FEW = 8
_THANKING = re.compile(r"\b(?:takk|thanks|thank you)\b", re.I)


def stems(text: str) -> set[str]:
    """The words that say what a text is about, without their endings."""
    return {word[:_STEM] for word in re.findall(r"[^\W\d_]{5,}", text.lower())} - _EVERYWHERE


_STEM = 6
_EVERYWHERE = {
    word[:_STEM]
    for word in "hvordan korleis hvilke hvilken hvilket hvorfor kvifor denne dette desse disse eller ellers andre"
    " skulle kunne burde måtte noen nokon noko gjelder gjeld trenger finnes about should would could there their"
    " which where these those egentlig eigentleg også veldig bare berre etter under mellom".split()
}


def _asks(sentence: str, *, told: bool, chat: bool) -> bool:
    if not _has_form(sentence) or _to_people(sentence) or _HEARSAY.search(sentence):
        return False
    if _SUBJECT.search(sentence):
        return True
    if chat or _SUGGESTION.match(sentence):
        return False
    return told or (len(sentence.split()) >= _NEEDS_SUBJECT and _is_strong(sentence))


def _is_strong(sentence: str) -> bool:
    return bool(_STRONG.match(sentence) or _REQUEST.search(sentence) or _BARE_REQUEST.match(sentence))


def _has_form(sentence: str) -> bool:
    if sentence.endswith("?"):
        return True
    if _ASKING_WORD.match(sentence) or _VERB_FIRST.match(sentence):
        return len(sentence.split()) >= _NEEDS_SUBJECT and not sentence.endswith("!")
    return bool(_REQUEST.search(sentence) or _BARE_REQUEST.match(sentence)) and not _HEARSAY.search(sentence)


def _to_people(sentence: str) -> bool:
    return bool(_PERSONAL.search(sentence) or _RHETORICAL.match(sentence))


def _cleaned(text: str) -> str:
    own = _QUOTED.sub("", text)
    return _ADDRESS.sub(" ", own.replace("’", "'").lower()).strip()


def _sentences(clean: str) -> Iterator[str]:
    for found in _SENTENCE.findall(clean):
        for clause in _CLAUSE.split(found):
            if sentence := _LEAD.sub("", clause.strip() + " ").strip():
                yield " ".join(sentence.split())
