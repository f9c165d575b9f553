"""The mail ports as the settings name them: certificates, balancers, limits, and what stops the start."""

import asyncio
import smtplib
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from bot.cli.listening import listen
from bot.cli.wiring import House
from crm_store.errors import BadSetting
from crm_store.settings import read
from tests.cast import Cast
from tests.units.ingest.doorway import write_certificate


def settings(**more: str) -> Any:
    return read({"SMTP_PORT": "0", **more})


async def test_smtp_and_lmtp_listen_on_their_ports(cast: Cast, tmp_path: Path) -> None:
    file = str(write_certificate(tmp_path))
    chosen = settings(
        CRM_SMTP_TLS_CERT=file, CRM_SMTP_TLS_KEY=file, CRM_SMTP_TLS="required", CRM_MAIL_SIZE_LIMIT="20000"
    )
    async with AsyncExitStack() as stack:
        port = await listen(House(cast.store, chosen), stack)

        def ask() -> None:
            with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
                client.ehlo()
                assert {"starttls", "pipelining"} < set(client.esmtp_features)
                assert client.esmtp_features["size"] == "20000"
                assert client.docmd("MAIL FROM:<a@b.example>")[0] == 530

        await asyncio.to_thread(ask)


async def test_a_certificate_that_cannot_be_read_stops_the_start(cast: Cast, tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.pem"
    nonsense.write_text("no certificate")
    for file in (nonsense, tmp_path / "missing.pem"):
        chosen = settings(CRM_SMTP_TLS_CERT=str(file), CRM_SMTP_TLS_KEY=str(file))
        async with AsyncExitStack() as stack:
            with pytest.raises(BadSetting, match="CRM_SMTP_TLS_CERT"):
                await listen(House(cast.store, chosen), stack)


async def test_a_port_that_is_taken_stops_the_start_by_name(cast: Cast) -> None:
    async with AsyncExitStack() as stack:
        taken = await listen(House(cast.store, settings()), stack)
        with pytest.raises(BadSetting, match="CRM_LMTP_PORT"):
            await listen(House(cast.store, settings(CRM_LMTP_PORT=str(taken))), stack)


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"CRM_SMTP_TLS_CERT": "/x.pem"}, "CRM_SMTP_TLS_KEY"),
        ({"CRM_SMTP_TLS": "required"}, "CRM_SMTP_TLS_CERT"),
        ({"CRM_SMTP_TLS": "maybe"}, "CRM_SMTP_TLS"),
        ({"CRM_SMTP_PROXY_FROM": "10.0.0.1, everybody"}, "CRM_SMTP_PROXY_FROM"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, str], named: str) -> None:
    with pytest.raises(BadSetting, match=named):
        settings(**given)
