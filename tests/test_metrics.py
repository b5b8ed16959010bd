"""What is measured is there for who knows the token, and for nobody else."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from starlette.applications import Starlette

from bot.metrics import MetricsEndpoint, new_registry
from bot.settings import Settings
from bot.wiring import open_app, open_knowledge


def asking(app: Starlette) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bot")


@pytest.mark.parametrize(
    ("given", "status"),
    [("Bearer hush", 200), ("Bearer hus", 401), ("hush", 401), ("Bearer ", 401), ("Bearer hushæ", 401), (None, 401)],
)
async def test_whoever_knows_the_token_reads_what_is_measured(given: str | None, status: int) -> None:
    registry = new_registry()
    Gauge("cats", "Cats", registry=registry).set(3)
    async with asking(Starlette(routes=MetricsEndpoint(registry, SecretStr("hush")).routes())) as client:
        headers = [(b"Authorization", given.encode("latin-1"))] if given else []
        response = await client.get("/metrics", headers=headers)
    assert response.status_code == status
    assert ("cats 3.0" in response.text) == (status == 200)
    if status == 200:
        found = {family.name for family in text_string_to_metric_families(response.text)}
        assert {"cats", "process_cpu_seconds"} <= found


@pytest.mark.parametrize("token", [None, SecretStr("hush")], ids=["no token", "a token"])
async def test_the_app_tells_of_each_source_where_a_token_is_set(
    data_dir: Path, sources: Path, tmp_path: Path, token: SecretStr | None
) -> None:
    settings = Settings(
        _env_file=None, data_dir=tmp_path, sources=sources, demo=True, metrics_token=token, scheduled_ingest=False
    )
    knowledge = open_knowledge(settings, data_dir / "library")
    try:
        async with open_app(settings, knowledge) as app, asking(app) as client:
            response = await client.get("/metrics", headers={"Authorization": "Bearer hush"})
    finally:
        knowledge.close()
    assert response.status_code == (200 if token else 404)
    assert ('moteplassen_source_documents{source="Veiledninger"}' in response.text) == bool(token)
