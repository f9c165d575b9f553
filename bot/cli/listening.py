"""Settings -> the mail listener: its limits, certificate, balancers and ports."""

import ssl
from contextlib import AsyncExitStack
from dataclasses import replace

from bot.cli.wiring import House
from crm_store.errors import BadSetting
from crm_store.settings import Settings
from ingest.intake import StoreIntake
from ingest.smtp import house as mail
from ingest.smtp import proxy
from ingest.smtp.limits import SmtpLimits
from ingest.smtp.listener import Listener


async def listen(house: House, stack: AsyncExitStack) -> int:
    """Open the mail ports and give that of SMTP."""
    chosen = house.settings
    domain = chosen.ingest_domain.lower().rstrip(".")
    listener = Listener(
        mail.House(
            intake=StoreIntake(house.store, chosen.ingest_domain),
            domain=domain,
            hostname=domain,
            limits=_limits(chosen),
            clock=house.store.clock,
            pace=house.pace,
            tls=_certificate(chosen),
            tls_required=chosen.smtp_tls == "required",
            balancers=proxy.networks(chosen.smtp_proxy_from),
        )
    )
    stack.push_async_callback(listener.stop)
    port = await _open(listener, chosen.smtp_host, chosen.smtp_port, "SMTP_PORT")
    if chosen.lmtp_port:
        await _open(listener, chosen.smtp_host, chosen.lmtp_port, "CRM_LMTP_PORT", lmtp=True)
    return port


def _limits(chosen: Settings) -> SmtpLimits:
    return replace(
        SmtpLimits(),
        message_bytes=chosen.mail_size_limit,
        connections=chosen.smtp_connections,
        connections_per_address=chosen.smtp_connections_per_address,
        command_seconds=float(chosen.smtp_timeout),
        per_sender_hour=chosen.mail_per_sender,
        per_team_hour=chosen.mail_per_team,
    )


def _certificate(chosen: Settings) -> ssl.SSLContext | None:
    if not chosen.smtp_tls_cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(chosen.smtp_tls_cert, chosen.smtp_tls_key)
    except OSError as problem:
        raise BadSetting(
            f"CRM_SMTP_TLS_CERT: the certificate or its key cannot be read ({problem.strerror or 'no PEM'})."
        ) from problem
    return context


async def _open(listener: Listener, host: str, port: int, name: str, *, lmtp: bool = False) -> int:
    try:
        return await listener.start(host, port, lmtp=lmtp)
    except OSError as problem:
        raise BadSetting(f"{name}: port {port} on {host} cannot be opened ({problem.strerror}).") from problem
