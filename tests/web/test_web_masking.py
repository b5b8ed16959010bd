from __future__ import annotations

import pytest

from tests.privacy.telling import MASKED, TOLD, kept
from tests.privacy.world import dump
from tests.web.conftest import Visit
from tests.web.examples import message_of
from tests.web.offices import Office

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_of_what_is_told_on_the_web_no_table_holds_personal_data(visit: Visit, office: Office) -> None:
    asker = await visit("bygg", office.url)
    page = await asker.ask(TOLD)
    assert page.text(".question .text") == MASKED
    await asker.forward(page)
    case = await office.desk().of_reply(message_of(page))
    assert case
    assert case.question == MASKED
    assert kept(await dump(office.database)) == []
