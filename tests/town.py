"""A small municipality for the command line and the running server: four documents, and what is run over them."""

from __future__ import annotations

import os
from pathlib import Path

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


def moteplassen(*words: str | Path, stdin: str | None = None, **changes: str | None) -> Result:
    """Run the command line in this process, its output piped; `changes` are settings."""
    return CliRunner().invoke(app, [str(word) for word in words], input=stdin, env=settings(**changes))
