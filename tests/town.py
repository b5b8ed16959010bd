"""A small municipality for the command line and the running server: four documents, and what is run over them."""

from __future__ import annotations

import contextlib
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import structlog
from typer.testing import CliRunner, Result

from bot.__main__ import app

SECRET = "kanarifugl"
"""A word that stands in the internal document and nowhere else."""

SOURCES = """
[[source]]
name = "Plan"
path = "plan/*.txt"
reader = "plan"
kind = "plan"
audience = "public"
language = "nb"

[[source]]
name = "Veiledninger"
path = "guides/*"
kind = "guidance"
audience = "public"
language = "nb"

[[source]]
name = "Rutiner"
path = "internal/*.md"
kind = "routine"
audience = "internal"
language = "nb"
"""

PLAN = """Omstillingsdyktig næringsliv

Publisert: 01.03.2022 11:25:40 Sist endret: 02.03.2022 09:58:27

Kommunen trenger et nytenkende næringsliv.

Hovedmål

Byen er et næringssentrum.

Delmål og strategier

Strategier

 • B1. Sikrer kompetanse, kontinuitet og god framdrift.
 • B3. Møter næringslivet med velvilje, serviceinnstilling og effektiv saksbehandling.

Strategier

 • D1. Stimulerer til et grønt, bærekraftig og innovativt næringsliv.
"""

SERVERING = """---
title: Serveringsbevilling
checked: 2026-11-24
---
# Serveringsbevilling

## Når må du ha serveringsbevilling?

Den som vil drive serveringssted, må ha serveringsbevilling fra kommunen,
jf. [serveringsloven § 3](https://lovdata.no/dokument/NL/lov/1997-06-13-55/§3).
"""

SKILT = """---
title: Skilt
---
# Skilt

## Når må skilt omsøkes?

Skilt på fasaden må omsøkes før de settes opp.
"""

ROUTINE = f"""---
title: Skjenkekontroll
---
# Skjenkekontroll

## Når kommer kontrollørene?

Kontrollørene kommer uanmeldt på torsdager, og ordet er {SECRET}.
"""

FILES = {
    "sources.toml": SOURCES,
    "plan/naeringsliv.txt": PLAN,
    "guides/servering.md": SERVERING,
    "guides/skilt.md": SKILT,
    "internal/kontroll.md": ROUTINE,
}


def write(folder: Path, files: dict[str, str] = FILES) -> Path:
    """Write the sources into the folder; returns its sources.toml."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder / "sources.toml"


def settings(**changes: str | None) -> dict[str, str | None]:
    """An environment with these settings (named as after MOTEPLASSEN_, or OPENAI_...) and no others of ours."""
    ours = [name for name in os.environ if name.startswith(("MOTEPLASSEN_", "OPENAI_", "SLACK_"))]
    named = {name if name.startswith("OPENAI") else f"MOTEPLASSEN_{name}": value for name, value in changes.items()}
    return dict.fromkeys(ours) | named


MARKUP = "[/x] [link=http://x]her[/link] [bold"
"""What a terminal's markup would take for its own, a mistake in it first."""


def environment(**changes: str | None) -> dict[str, str]:
    """The same for a process of its own."""
    ours = settings(**changes)
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    return kept | {name: value for name, value in ours.items() if value is not None}


def terminal(*words: str | Path, **changes: str | None) -> tuple[int, str]:
    """Run the command line in a process of its own on a terminal; its exit status, and all that it wrote there."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "bot", *map(str, words)]
    env = environment(**changes) | {"TERM": "xterm-256color", "COLUMNS": "160"}
    written = bytearray()
    with subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=env) as process:
        os.close(theirs)
        with contextlib.suppress(OSError):  # that is how a terminal ends whose last writer is gone
            while part := os.read(ours, 65536):
                written += part
    os.close(ours)
    return process.returncode, written.decode()


def shown(text: str) -> str:
    """What somebody reads on a terminal: no colours, what was wrapped in a cell joined again by single spaces."""
    plain = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)
    return " ".join(re.sub(r"[│┃]", " ", plain).split())


def moteplassen(*words: str | Path, stdin: str | None = None, **changes: str | None) -> Result:
    """Run the command line in this process, its output piped; `changes` are settings."""
    result = CliRunner().invoke(app, [str(word) for word in words], input=stdin, env=settings(**changes))
    structlog.reset_defaults()  # it logs to a stream that ends with it
    return result
