"""Serves a town with the bot in it: `make demo-slack`, or python -m tests.peers.slack --bot http://127.0.0.1:8000."""

from __future__ import annotations

import argparse
import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
import yaml  # type: ignore[import-untyped]

from tests.peers.slack import CLIENT_ID, CLIENT_SECRET, SECRET, TOKEN
from tests.peers.slack.demo import demo_town


def main() -> None:
    """Serve until somebody stops it."""
    chosen = _chosen()
    manifest = yaml.safe_load(chosen.manifest.read_text("utf-8")) if chosen.manifest.exists() else None
    slack = demo_town(manifest)
    slack.domains = {urlsplit(chosen.bot).netloc}
    slack.url, slack.bot_url = f"http://{chosen.host}:{chosen.port}/api/", chosen.bot
    told = f"Slack: http://{chosen.host}:{chosen.port}/ · API: {slack.url} · token: {TOKEN} · signing secret: {SECRET}"
    sys.stdout.write(f"{told} · client: {CLIENT_ID} / {CLIENT_SECRET}\n")
    sys.stdout.flush()
    with _bot(slack.url, chosen.bot) if chosen.start else contextlib.nullcontext():
        uvicorn.run(slack.app, host=chosen.host, port=chosen.port, log_level="warning")


def _chosen() -> argparse.Namespace:
    options = argparse.ArgumentParser(description="A small Slack to see the bot in.")
    options.add_argument("--host", default="127.0.0.1")
    options.add_argument("--port", type=int, default=8090)
    options.add_argument("--bot", default="http://127.0.0.1:8000", help="where the bot is")
    options.add_argument("--start", action="store_true", help="start the bot there, too")
    options.add_argument("--manifest", type=Path, default=Path("docs/slack/manifest.yaml"))
    return options.parse_args()


@contextlib.contextmanager
def _bot(api: str, address: str) -> Iterator[None]:
    ours = {
        "SLACK_BOT_TOKEN": TOKEN,
        "SLACK_SIGNING_SECRET": SECRET,
        "MOTEPLASSEN_SLACK_API_URL": api,
        "MOTEPLASSEN_SLACK_OFFICERS_CHANNEL": "GSAKER",
        "MOTEPLASSEN_SLACK_OFFICERS_GROUP": "SSAKER",
        "MOTEPLASSEN_PUBLIC_URL": address,
    }
    command = [sys.executable, "-m", "bot", "demo", "--port", str(urlsplit(address).port or 80)]
    with subprocess.Popen(command, env=os.environ | ours) as bot:
        try:
            yield
        finally:
            bot.terminate()


if __name__ == "__main__":
    main()
