"""Microsoft Teams as far as a bot sees it: a service on a port of its own."""

from tests.peers.teams.extending import Extending as Teams
from tests.peers.teams.faults import Fault
from tests.peers.teams.model import APP, GUEST_ACCOUNT, HOME, SECRET, STRANGER, Person, Room, Sent
from tests.peers.teams.server import running

__all__ = ["APP", "GUEST_ACCOUNT", "HOME", "SECRET", "STRANGER", "Fault", "Person", "Room", "Sent", "Teams", "running"]
