"""What a channel can be set to, as people write it and as it is offered to them. Pure."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from slack_sdk.models.blocks import (
    Block,
    ContextBlock,
    Option,
    PlainTextObject,
    SectionBlock,
    StaticSelectElement,
)

from bot.handlers.slack.blocks import FALLBACK, Message, markup
from bot.handlers.slack.channels import Mode
from bot.handlers.slack.mrkdwn import clip
from bot.texts import Texts

CHOOSE = "channel_mode"
"""The action id of the choice; the values of its options are a mode and the language to go on in."""

_BOTH = ""
"""A word of more than one language: the person's own is the better guess."""
_WORDS: dict[str, tuple[Mode | None, str]] = {
    **dict.fromkeys(("spørsmål", "sporsmal", "spm"), (Mode.QUESTIONS, _BOTH)),
    **dict.fromkeys(("questions", "question", "every question", "all questions"), (Mode.QUESTIONS, "en")),
    **dict.fromkeys(("alle spørsmål", "hvert spørsmål"), (Mode.QUESTIONS, "nb")),
    **dict.fromkeys(("alle spørsmåla", "kvart spørsmål"), (Mode.QUESTIONS, "nn")),
    **dict.fromkeys(("omtale", "omtaler"), (Mode.MENTIONS, _BOTH)),
    "nevnt": (Mode.MENTIONS, "nb"),
    "omtalar": (Mode.MENTIONS, "nn"),
    "nemnd": (Mode.MENTIONS, "nn"),
    **dict.fromkeys(("mentions", "mention", "mentioned"), (Mode.MENTIONS, "en")),
    "av": (Mode.OFF, _BOTH),
    "off": (Mode.OFF, "en"),
    **dict.fromkeys(("", "hjelp"), (None, _BOTH)),
    "help": (None, "en"),
}


class Word(BaseModel):
    """What stands after the command. `mode` is None where it names none; `language` is "" where it tells none."""

    model_config = ConfigDict(frozen=True)

    given: str
    mode: Mode | None = None
    language: str = ""

    @property
    def helps(self) -> bool:
        """It asks for help."""
        return self.mode is None and self.given in _WORDS


def read(text: str) -> Word:
    """What somebody wrote after the command."""
    given = " ".join(text.casefold().split()).strip(".!?\"'«»")
    mode, language = _WORDS.get(given, (None, ""))
    return Word(given=given, mode=mode, language=language)


def offered(mode: Mode, language: str, texts: Texts, *, may_change: bool, unknown: bool = False) -> Message:
    """What is answered in the channel now, the choice where it may be made, and what the bot can do."""
    now = texts(language, f"slack.channel.now.{mode}")
    blocks: list[Block] = []
    if unknown:
        blocks.append(SectionBlock(text=markup(texts(language, "slack.channel.unheard"))))
    blocks.append(SectionBlock(text=markup(now), accessory=_choice(mode, language, texts) if may_change else None))
    if not may_change:
        blocks.append(ContextBlock(elements=[markup(texts(language, "slack.channel.staff"))]))
    blocks.append(SectionBlock(text=markup(texts(language, "slack.channel.help")), expand=True))
    return Message(clip(now, FALLBACK), tuple(blocks))


def _choice(mode: Mode, language: str, texts: Texts) -> StaticSelectElement:
    options = {each: _option(each, language, texts) for each in Mode}
    return StaticSelectElement(
        action_id=CHOOSE,
        placeholder=PlainTextObject(text=texts(language, "slack.channel.choose")),
        options=list(options.values()),
        initial_option=options[mode],
    )


def _option(mode: Mode, language: str, texts: Texts) -> Option:
    label = PlainTextObject(text=texts(language, f"slack.channel.mode.{mode}"))
    return Option(text=label, value=f"{mode}:{language}")
