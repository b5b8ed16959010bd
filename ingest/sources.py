"""Where documents come from: sources.toml, read and checked."""

from __future__ import annotations

import difflib
import glob
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from knowledge.model import Audience
from knowledge.references import slug

Kind = Literal["plan", "guidance", "law", "routine", "page"]
ReaderName = Literal["markdown", "html", "pdf", "plan"]
Location = Path | str
"""A file, or an address on the web."""

_ADVICE = {
    "missing": "add it",
    "string_too_short": "write something or leave the key out",
    "string_type": "write text in quotes",
}


class SourcesError(ValueError):
    """The list of sources has mistakes. The message has a line for each: file, source, key and what to do."""


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise PydanticCustomError("web_address", "is not a web address; begin it with https:// or http://")
    # What stands there is not repeated: a password would be in the log.
    if parts.username or parts.password:
        raise PydanticCustomError("web_address", "holds a user name or password; leave them out")
    return url


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
WebAddress = Annotated[Text, AfterValidator(_web_address)]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class _Entry(BaseModel):
    """A `[[source]]` as it is written."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Text
    path: Text | None = None
    url: WebAddress | None = None
    kind: Kind
    audience: Audience
    language: Language
    title: Text | None = None
    area: str = ""
    topic: str = ""
    public_url: WebAddress | None = None
    reader: ReaderName | None = None

    @model_validator(mode="after")
    def _has_one_place(self) -> Self:
        if self.path and self.url:
            raise PydanticCustomError("place", "has both 'path' and 'url'; keep one, or make two sources of it")
        if not self.path and not self.url:
            raise PydanticCustomError("place", "has neither 'path' nor 'url'; say where its documents are")
        return self


class Source(_Entry):
    """A file, several files or an address to bring in, and what holds for all documents from there.

    `folder` is where sources.toml is, `files` are the files that `path` stood for when it was read. `public_url` is
    where people can open the original.
    """

    folder: Path
    files: tuple[Path, ...] = ()

    @property
    def locations(self) -> tuple[Location, ...]:
        """Everything to fetch."""
        return (self.url,) if self.url else self.files

    def document_id(self, location: Location) -> str:
        """The id of the document from there: "<folder or source>/<stem>", the same at every run."""
        if not isinstance(location, Path):
            parts = urlsplit(location)
            stem = slug(Path(unquote(parts.path)).stem) or slug(parts.hostname or "")
            return f"{slug(self.name)}/{stem}"
        try:
            folders = location.relative_to(self.folder).parent.parts
        except ValueError:
            folders = (location.parent.name,)
        return "/".join(slug(part) for part in (*(folders or (self.name,)), location.stem))


def load_sources(file: Path) -> tuple[Source, ...]:
    """The sources that the file lists, in its order.

    Raises SourcesError, with every mistake found, where it is missing, malformed, or names files that aren't there.
    """
    sources: list[Source] = []
    mistakes: list[str] = []
    for number, raw in enumerate(_entries(file), start=1):
        label = _label(raw, number)
        try:
            sources.append(_source(file, raw))
        except ValidationError as error:
            mistakes += [f"{file}: {label}, {_explain(detail)}" for detail in error.errors()]
        except SourcesError as error:
            mistakes.append(f"{file}: {label}, {error}")
    mistakes += [f"{file}: {mistake}" for mistake in _clashes(sources)]
    if mistakes:
        raise SourcesError("\n".join(mistakes))
    return tuple(sources)


def _entries(file: Path) -> list[Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourcesError(f"{file}: cannot be read ({error.strerror}); give the path of a sources.toml") from error
    except UnicodeDecodeError as error:
        raise SourcesError(f"{file}: is not UTF-8 text; save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise SourcesError(f"{file}: is not TOML: {error}; correct it there") from error
    if unknown := sorted(content.keys() - {"source"}):
        raise SourcesError(f"{file}: unknown key '{unknown[0]}'; sources are written as [[source]] tables only")
    entries = content.get("source", [])
    if not isinstance(entries, list):
        raise SourcesError(f"{file}: 'source' is one table; write [[source]] with two brackets")
    if not entries:
        raise SourcesError(f"{file}: lists no source; add a [[source]] table with name, path or url, kind, ...")
    return entries


def _source(file: Path, raw: Any) -> Source:
    entry = _Entry.model_validate(raw)
    folder = file.resolve().parent
    files = _files(folder, entry.path) if entry.path else ()
    if entry.title and len(files) > 1:
        raise SourcesError(f"key 'title': names {len(files)} documents the same; leave it out, or name one file")
    return Source(**entry.model_dump(), folder=folder, files=files)


def _files(folder: Path, path: str) -> tuple[Path, ...]:
    plain = folder / path
    if plain.is_file():
        return (plain.resolve(),)
    if plain.is_dir():
        raise SourcesError(f"key 'path': {plain} is a folder; name its files, such as \"{path.rstrip('/')}/*.md\"")
    # Path.glob takes no absolute pattern.
    found = {(folder / name).resolve() for name in glob.glob(path, root_dir=folder, recursive=True)}  # noqa: PTH207
    files = tuple(sorted(name for name in found if name.is_file()))
    if not files:
        raise SourcesError(f"key 'path': no file matches {plain}; correct the path, it is relative to sources.toml")
    return files


def _label(raw: Any, number: int) -> str:
    name = raw.get("name") if isinstance(raw, dict) else None
    return f"source '{name}'" if isinstance(name, str) and name.strip() else f"source number {number}"


def _explain(detail: ErrorDetails) -> str:
    key = ".".join(str(part) for part in detail["loc"])
    match detail["type"]:
        case "place":
            return detail["msg"]
        case "web_address":
            return f"key '{key}': {detail['msg']}"
        case "extra_forbidden":
            near = difflib.get_close_matches(key, _Entry.model_fields, n=1)
            advice = f"did you mean '{near[0]}'?" if near else f"known keys are {', '.join(_Entry.model_fields)}"
            return f"key '{key}': is unknown; {advice}"
        case "literal_error" | "enum":
            return f"key '{key}': {detail['input']!r} is not known; write {detail['ctx']['expected']}"
        case "string_pattern_mismatch":
            return f"key '{key}': {detail['input']!r} is no language code; write nb, nn or en"
        case other:
            return f"key '{key}': {detail['msg'].lower()}; {_ADVICE.get(other, 'correct it')}"


def _clashes(sources: Sequence[Source]) -> Iterable[str]:
    names: set[str] = set()
    documents: dict[str, Source] = {}
    for source in sources:
        if source.name in names:
            yield f"source '{source.name}', key 'name': is used twice; give each source a name of its own"
        names.add(source.name)
        for location in source.locations:
            id_ = source.document_id(location)
            other = documents.setdefault(id_, source)
            if other is not source or source.locations.index(location) != _first(source, id_):
                yield (
                    f"source '{source.name}', key '{'url' if source.url else 'path'}': {location} would be document"
                    f" '{id_}' like one of source '{other.name}'; rename the file, or narrow one of the paths"
                )


def _first(source: Source, id_: str) -> int:
    return next(index for index, location in enumerate(source.locations) if source.document_id(location) == id_)
