"""Two municipalities in one process, as `moteplassen serve` wires it, each with a word that nobody else knows."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from bot.settings import Settings
from bot.tenants.inheriting import secret_name
from bot.tenants.tenants_file import read_tenants
from bot.wiring import Shared, open_front
from knowledge.library import Library
from knowledge.model import Audience, Section
from tests.databases import Databases
from tests.knowledge.examples import basis, document, guide, split
from tests.peers.serving import served
from tests.web.examples import Person, visiting

WORDS = {"alfa": "marihandblom", "beta": "kongsbregneblad"}
"""What stands in each municipality's sources, questions and answers, and nowhere else."""
QUESTION = "Hva sier serveringsloven § 27?"
TOKEN = "maalesnor"


@dataclasses.dataclass
class Town:
    """A municipality while it is up. `paths` are addresses of what is in it."""

    id: str
    settings: Settings
    library: Library
    url: str
    paths: set[str] = dataclasses.field(default_factory=set)
    numbers: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    @property
    def word(self) -> str:
        return WORDS[self.id]

    @contextlib.asynccontextmanager
    async def visited(self, persona: str = "", **cookies: str) -> AsyncIterator[Person]:
        """Somebody with a new browser, who comes by the municipality's host name."""
        async with visiting(self.url) as person:
            person.client.headers.update({"Host": f"{self.id}.example.no", "Origin": f"http://{self.id}.example.no"})
            for name, value in cookies.items():
                person.client.cookies.set(name, value)
            if persona:
                await person.become(persona)
            yield person


def listed(folder: Path, more: Mapping[str, str]) -> Path:
    """A tenants.toml in that folder, with more lines for some of them."""
    file = folder / "tenants.toml"
    tables = [
        f'[[tenant]]\nid = "{id_}"\npublic_url = "http://{id_}.example.no"\n{more.get(id_, "")}\n' for id_ in WORDS
    ]
    file.write_text("\n".join(tables), "utf-8")
    return file


def common(folder: Path, **changes: Any) -> Settings:
    """The settings that all share, with their data in that folder."""
    values: dict[str, Any] = {
        "data_dir": folder / "data",
        "demo": True,
        "four_eyes": False,
        "scheduled_ingest": False,
        "session_secret": SecretStr("felles"),
        "metrics_token": SecretStr(TOKEN),
    }
    return Settings(_env_file=None, **values | changes)


@contextlib.asynccontextmanager
async def towns(
    folder: Path, databases: Databases, more: Mapping[str, str] | None = None, *, kind: str = "sqlite", **changes: Any
) -> AsyncIterator[Sequence[Town]]:
    """The municipalities, each with two documents of its own, one of them internal, and a database of that kind."""
    libraries: dict[str, Library] = {}

    async def fill(settings: Settings, library: Library) -> None:
        libraries[settings.tenant] = library
        await library.put_all([split(each) for each in documents(WORDS[settings.tenant])])
        await library.end()  # or what ships would be brought in meanwhile

    shared = common(folder, **changes)
    loaded = Shared.load()
    await asyncio.to_thread(loaded.model.embed_query, "Hei")  # what the first question waits for otherwise
    async with contextlib.AsyncExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for id_ in WORDS:
            data_dir = shared.data_dir / "tenants" / id_
            data_dir.mkdir(parents=True)
            address = await stack.enter_async_context(databases.ready(kind, data_dir / "moteplassen.db"))
            if kind != "sqlite":
                environment.setenv(secret_name(id_, "database_url"), address)
        tenants = read_tenants(listed(folder, more or {}), shared)
        url = await stack.enter_async_context(served(open_front(shared, tenants, loaded, fill)))
        yield [Town(each.tenant, each, libraries[each.tenant], url) for each in tenants]


def documents(word: str) -> Sequence[Any]:
    text = f"Kommunen kan kreve et gebyr for {word} på 5 000 kroner, jf. serveringsloven § 27."
    fee = Section(anchor="gebyr", heading="Gebyr", text=text, rests_on=(basis("serveringsloven", "27"),))
    return [
        document("guides/gebyr", fee),
        guide("internal/rutine", f"Bare ansatte vet om {word}.", audience=Audience.INTERNAL, kind="routine"),
    ]
