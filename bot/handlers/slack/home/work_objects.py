"""A case as one of Slack's Work Objects. Pure."""

from __future__ import annotations

from slack_sdk.models.metadata import (
    EntityAttributes,
    EntityCustomField,
    EntityMetadata,
    EntityPayload,
    EntityStringField,
    EntityTimestampField,
    EntityTitle,
    EntityTypedField,
    EntityUserField,
    ExternalRef,
    TaskEntityFields,
)

from bot.desk.case import Case
from bot.pages import Pages
from bot.texts import Texts

TYPE = "case"
"""What Slack calls the kind of thing that we mean by the object's id."""
_TITLE = 200
_LONGEST = 2_000


def card(case: Case, shared: str, language: str, pages: Pages, texts: Texts) -> EntityMetadata:
    """The case as the officers' channel sees it where somebody has shared the address `shared`.

    Who is in that channel is for Slack to know, so a confidential question is left out.
    """
    return _entity(case, _fields(case, language, texts, question=not case.confidential), language, pages, texts, shared)


def details(case: Case, shared: str, language: str, pages: Pages, texts: Texts) -> EntityMetadata:
    """The case as an officer alone sees it: also who asks, the bot's draft, and the answer."""
    fields = _fields(case, language, texts, question=True)
    fields.created_by = _person(case.asker.name, texts(language, "slack.case.asker"))
    longer = {"draft": "\n\n".join(claim.text for claim in case.draft), "answer": case.answer or ""}
    custom = [
        EntityCustomField(
            key=key,
            label=texts(language, f"slack.case.{key}"),
            type="string",
            value=_clipped(text, _LONGEST),
            long=True,
        )
        for key, text in longer.items()
        if text
    ]
    return _entity(case, fields, language, pages, texts, shared, custom)


def _entity(
    case: Case,
    fields: TaskEntityFields,
    language: str,
    pages: Pages,
    texts: Texts,
    shared: str,
    custom: list[EntityCustomField] | None = None,
) -> EntityMetadata:
    address = pages.case(case.id)
    name = fields.description.value if isinstance(fields.description, EntityStringField) else ""
    title = f"{case.label}: {_clipped(' '.join(name.split()), _TITLE)}" if name else case.label
    changed = max(filter(None, [case.opened, case.claimed, case.answered, case.closed]))
    attributes = EntityAttributes(
        title=EntityTitle(text=title),
        display_type=texts(language, "slack.case.type"),
        display_id=case.label,
        product_name="Møteplassen",
        metadata_last_modified=int(changed.timestamp()),
    )
    return EntityMetadata(
        entity_type="slack#/entities/task",
        entity_payload=EntityPayload(attributes=attributes, fields=fields, custom_fields=[*custom] if custom else None),
        external_ref=ExternalRef(id=case.id, type=TYPE),
        url=address,
        app_unfurl_url=shared or address,
    )


def _fields(case: Case, language: str, texts: Texts, *, question: bool) -> TaskEntityFields:
    return TaskEntityFields(
        description=EntityStringField(value=_clipped(case.question, _LONGEST), long=True) if question else None,
        status=EntityStringField(value=texts(language, f"desk.state.{case.state}")),
        assignee=_person(case.officer.name, texts(language, "slack.case.officer")) if case.officer else None,
        date_created=EntityTimestampField(value=int(case.opened.timestamp())),
    )


def _person(name: str, label: str) -> EntityTypedField:
    return EntityTypedField(type="slack#/types/user", label=label, user=EntityUserField(text=name))


def _clipped(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1].rstrip()}…"
