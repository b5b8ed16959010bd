"""A `[[source]]`: as it is written, and with the files that are meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Literal, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from ingest.addresses import host_of, normal
from ingest.sources.durations import Duration
from ingest.sources.naming import name_of_member, name_of_page, short_hash
from knowledge.model import Audience
from knowledge.slugs import slug

Kind = Literal["plan", "guidance", "law", "routine", "page"]
ReaderName = Literal["markdown", "html", "pdf", "plan", "lovdata", "word", "text"]
Location = Path | str
"""A file, or an address on the web."""

LAWS = "https://api.lovdata.no/v1/publicData/get/gjeldende-lover.tar.bz2"
REGULATIONS = "https://api.lovdata.no/v1/publicData/get/gjeldende-sentrale-forskrifter.tar.bz2"

PLACES = ("path", "url", "site", "sitemap", "feed", "lovdata")
GOES_WITH = {
    "depth": ("site",),
    "limit": ("site", "sitemap", "feed"),
    "include": ("site", "sitemap", "feed"),
    "exclude": ("site", "sitemap", "feed"),
    "attachments": ("site", "sitemap"),
    "archive": ("lovdata",),
}
"""The keys that say something about one kind of place only."""


def web_address(url: str) -> str:
    """The address. Raises PydanticCustomError where it isn't one, or holds a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    # What stands there is not repeated: a password would be in the log.
    if parts.username or parts.password:
        raise PydanticCustomError("web_address", "holds a user name or password; leave them out")
    if not parts.hostname or normal(url) is None:
        raise PydanticCustomError("web_address", "is not a web address; begin it with https:// or http://")
    return url


def _archive(written: str) -> str:
    return web_address(written) if "://" in written else written


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WebAddress = Annotated[
    Text, AfterValidator(web_address), Field(json_schema_extra={"pattern": "^https?://[^/@]+([/?#]|$)"})
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]
LovdataId = Annotated[str, StringConstraints(pattern=r"^(LOV|FOR)-[0-9*?-]+$")]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
Questions = Mapping[str, tuple[str, ...]]
"""What people ask of a document, by the anchor of the section that answers it."""


class Entry(BaseModel):
    """A `[[source]]` as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text = Field(description="What people call it; each source has a name of its own")
    path: Text | None = Field(None, description="A file, a folder, or a glob, relative to this file")
    url: WebAddress | None = Field(None, description="The address of one page or PDF")
    site: WebAddress | None = Field(None, description="Where to begin: the pages that links lead to are brought in")
    sitemap: WebAddress | None = Field(None, description="The address of a sitemap, or of an index of sitemaps")
    feed: WebAddress | None = Field(None, description="The address of an RSS or Atom feed: news")
    lovdata: Annotated[tuple[LovdataId, ...], Field(min_length=1)] | None = Field(
        None, description='Laws and regulations by id: "LOV-1997-06-13-44", "FOR-2005-*"'
    )
    kind: Kind = Field(description="What sort of document it is")
    audience: Audience = Field(description="Who may read it: everybody (public), or staff only (internal)")
    language: Language = Field(description="nb, nn or en")
    title: Text | None = Field(None, description="The title, where the one document doesn't have it right")
    area: str = Field("", description="The policy area it belongs to")
    topic: str = Field("", description="What it is about, where the documents don't say")
    public_url: WebAddress | None = Field(None, description="Where people open the original")
    reader: ReaderName | None = Field(None, description="How it is read, where name and media type don't tell")
    depth: int = Field(2, ge=0, le=5, strict=True, description="How many links away from the start")
    limit: int = Field(200, ge=1, le=5000, strict=True, description="How many pages at most")
    include: Texts = Field(("*",), description='Only pages whose path fits one of these: "/naering/*"')
    exclude: tuple[Text, ...] = Field((), description="No pages whose path fits one of these")
    attachments: bool = Field(False, strict=True, description="Bring in the PDF and Word files that pages link to")
    archive: Annotated[Text, AfterValidator(_archive)] | None = Field(
        None, description="Another archive in Lovdata's format: an address, a file, or a folder that it was unpacked to"
    )
    typical: Text | None = Field(None, description="A folder with typical questions to its documents, a TOML file each")
    team: Text | None = Field(None, description="The id of the team that questions about it belong to")
    owner: Text | None = Field(None, description="Who answers for it: a name or an e-mail address")
    every: Duration = Field(
        timedelta(days=1), description='How often it is looked at: "1 day"', json_schema_extra={"default": "1 day"}
    )
    review: Duration | None = Field(None, description='How long until somebody must read it again: "6 months"')
    keep: int = Field(14, ge=0, le=3650, strict=True, description="For how many days a vanished document is kept")

    @property
    def place(self) -> str:
        """Which of PLACES says where its documents are."""
        return next(place for place in PLACES if getattr(self, place))

    @property
    def is_found(self) -> bool:
        """Whether what it consists of is found out anew at each run, rather than listed."""
        return self.place not in {"path", "url"}

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        places = [place for place in PLACES if getattr(self, place)]
        if len(places) > 1:
            both = f"has both '{places[0]}' and '{places[1]}'"
            raise PydanticCustomError("place", f"{both}; keep one, or make two sources of it")
        if not places:
            raise PydanticCustomError("place", f"says nowhere where its documents are; add {_either(PLACES)}")
        return self

    @model_validator(mode="after")
    def _has_what_goes_with_it(self) -> Self:
        for key, places in GOES_WITH.items():
            if key in self.model_fields_set and self.place not in places:
                advice = f"says nothing about '{self.place}', only about {_either(places)}; take it out"
                raise PydanticCustomError("stray", advice, {"key": key})
        return self


class LeftOut(NamedTuple):
    """A file that is not brought in, its name in UTF-8, and why."""

    file: Path
    reason: str


class Source(Entry):
    """Somewhere that documents come from, and what holds for all documents from there.

    `folder` is where sources.toml is, `files` are the files that `path` stood for when it was read, `left_out` those
    that were refused, `questions` are the typical ones by document, as they were then.
    """

    folder: Path
    files: tuple[Path, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    questions: Mapping[str, Questions] = {}

    @property
    def locations(self) -> tuple[Location, ...]:
        """Everything to fetch that is known without asking anybody."""
        return (self.url,) if self.url else self.files

    @property
    def archives(self) -> tuple[Location, ...]:
        """Where the laws and regulations are that `lovdata` names."""
        if self.archive:
            return (self.archive if "://" in self.archive else (self.folder / self.archive).resolve(),)
        wanted = {id_[:3] for id_ in self.lovdata or ()}
        return tuple(archive for kind, archive in (("LOV", LAWS), ("FOR", REGULATIONS)) if kind in wanted)

    def document_id(self, location: Location) -> str:
        """The id of the document from there, the same at every run; no two documents of a source have the same.

        "<folder or source>/<stem>" for a file or an address that is listed, "<source>/<path>" for what was found.
        """
        if isinstance(location, Path):
            id_ = self._id_of_file(location)
            is_refused = any(location == each.file for each in self.left_out)
            return f"{id_}-{short_hash(location.name)}" if is_refused or self._ids[id_] > 1 else id_
        if self.lovdata:
            return f"{slug(self.name)}/{name_of_member(location)}"
        if self.url or self.path:
            parts = urlsplit(location)
            return f"{slug(self.name)}/{slug(Path(unquote(parts.path)).stem) or slug(parts.hostname or '')}"
        home = self.site or self.sitemap or self.feed or location
        return f"{slug(self.name)}/{name_of_page(location, host_of(home))}"

    @cached_property
    def _ids(self) -> Counter[str]:
        return Counter(map(self._id_of_file, self.files))

    def _id_of_file(self, file: Path) -> str:
        try:
            folders = file.relative_to(self.folder).parent.parts
        except ValueError:
            folders = (file.parent.name,)
        return "/".join(slug(part) for part in (*(folders or (self.name,)), file.stem))


def _either(names: tuple[str, ...]) -> str:
    *most, last = (f"'{name}'" for name in names)
    return f"{', '.join(most)} or {last}" if most else last
