"""Which scopes Slack asks for: to call a method, and to hear of an event."""

from __future__ import annotations

from collections.abc import Collection, Mapping

HISTORY = {"C": "channels:history", "G": "groups:history", "D": "im:history"}
READ = {"C": "channels:read", "G": "groups:read", "D": "im:read"}
MANY = {"history": "mpim:history", "read": "mpim:read"}
"""For direct messages between several people, which have ids like private channels."""

_WRITE = ("chat:write",)
_BY_KIND = tuple(READ.values())

SCOPES: Mapping[str, Collection[str]] = {
    "agents.sessions.setStatus": ("assistant:write",),
    "apps.connections.open": (),
    "assistant.threads.setStatus": _WRITE,
    "assistant.threads.setSuggestedPrompts": ("assistant:write",),
    "assistant.threads.setTitle": ("assistant:write",),
    "auth.revoke": (),
    "auth.test": (),
    "chat.appendStream": _WRITE,
    "chat.delete": _WRITE,
    "chat.getPermalink": (),
    "chat.postEphemeral": _WRITE,
    "chat.postMessage": _WRITE,
    "chat.startStream": _WRITE,
    "chat.stopStream": _WRITE,
    "chat.unfurl": ("links:write",),
    "chat.update": _WRITE,
    "conversations.history": tuple(HISTORY.values()),
    "conversations.info": _BY_KIND,
    "conversations.list": _BY_KIND,
    "conversations.members": _BY_KIND,
    "conversations.open": ("im:write",),
    "conversations.replies": tuple(HISTORY.values()),
    "entity.presentDetails": (),
    "files.info": ("files:read",),
    "oauth.v2.access": (),
    "reactions.add": ("reactions:write",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.conversations": _BY_KIND,
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "views.open": (),
    "views.publish": (),
    "views.push": (),
    "views.update": (),
}
"""What each method asks for; of the scopes for kinds of channels the one for that kind."""

METADATA_SCOPE = "metadata.message:read"
INSTEAD = {"assistant.threads.setStatus": "assistant:write"}
"""A scope that does as well."""

EVENT_SCOPES: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "channel_shared": "channels:read",
    "channel_unshared": "channels:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "message.mpim": "mpim:history",
    "reaction_added": "reactions:read",
    "subteam_members_changed": "usergroups:read",
    "team_join": "users:read",
    "user_change": "users:read",
}
"""What an app needs to hear of each event, by the names that manifests subscribe to them with."""
