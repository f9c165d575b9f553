"""What the doctor looks at: the machine, the settings, the store, Slack, mail, the children, the queues, the roles."""

import asyncio
import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from typing import Final

from bot.cli import desks, doctor_slack
from bot.cli.check import Check
from bot.cli.desks import Office
from crm_store import backup, inbox, outbox, settings
from crm_store.clock import Clock
from crm_store.engine.sqlite import library
from crm_store.engine.work import Work
from crm_store.errors import BadSetting, CrmError
from crm_store.models.plumbing import JobRun, RoleHeartbeat
from crm_store.queries import installations
from crm_store.settings import Settings, child_environment
from crm_store.values.installations import Installation
from ingest.parsed import Kind
from ingest.sandbox import Sandbox

_OLDEST: Final = timedelta(minutes=5)
_ALIVE: Final = timedelta(seconds=60)
_NIGHT: Final = timedelta(hours=36)
_LEAST_DISK: Final = 200_000_000
_ROLES: Final = {"conversation": "web", "delivery": "web", "mail-worker": "worker", "scheduler": "worker"}
_NUMBERS: Final = "import sklearn, scipy, numpy, matplotlib.figure"
_SAMPLE: Final = b"From: ann@example.com\r\nTo: ada@example.com\r\nSubject: Trial\r\n\r\nHello\r\n"


def examine(clock: Clock) -> Iterator[Check]:
    """Every check, the ground first; what cannot be tried without something broken is left out."""
    yield _python()
    yield _sqlite()
    try:
        chosen = settings.read()
        backup.store_file(chosen)
    except BadSetting as problem:
        yield _bad_setting(problem)
        yield from (_parser(), _analyst())
        return
    yield _settings(chosen)
    yield _folder(chosen)
    yield _disk(chosen)
    installed: list[Installation] = []
    yield from _with_store(chosen, clock, installed)
    yield from doctor_slack.examine(chosen, installed, clock.now())
    yield from (_ingest_domain(chosen), _parser(), _analyst())


def _python() -> Check:
    version = ".".join(map(str, sys.version_info[:3]))
    return Check("python", True, f"Python {version} on {sys.platform}.")


def _sqlite() -> Check:
    try:
        return Check("sqlite", True, f"SQLite {library().sqlite_version}.")
    except BadSetting as problem:
        return Check("sqlite", False, problem.sentence, "Install pysqlite3, or set DATABASE_URL to PostgreSQL.")


def _bad_setting(problem: BadSetting) -> Check:
    swapped = "TOKEN: must be" in problem.sentence
    hint = "The bot token begins with xoxb-, the app-level token with xapp-; perhaps the two are swapped."
    return Check(
        "settings", False, problem.sentence, hint if swapped else "Correct it; docs/settings.md names them all."
    )


def _settings(chosen: Settings) -> Check:
    bot, app = chosen.slack_bot_token.get_secret_value(), chosen.slack_app_token.get_secret_value()
    secrets = chosen.signing_secrets
    if not (bot or app or secrets):
        told = "All values can be used; no Slack token is set, which only the demo can do without."
        return Check("settings", True, told, "For 'crm serve' set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.")
    if not (bot or chosen.slack_client_id):
        return Check("settings", False, "SLACK_BOT_TOKEN is not set.", "Copy the bot token from Slack's app settings.")
    if not (app or secrets):
        told = "Neither SLACK_APP_TOKEN nor SLACK_SIGNING_SECRET is set, so Slack cannot reach Rapport."
        return Check("settings", False, told, "Set SLACK_APP_TOKEN for Socket Mode, SLACK_SIGNING_SECRET for HTTP.")
    if any(one.startswith(("xoxb-", "xapp-")) for one in secrets):
        told = "SLACK_SIGNING_SECRET holds a token."
        return Check("settings", False, told, "Copy the signing secret from Slack's page Basic Information.")
    if chosen.mail_verification == "authenticated" and not chosen.mail_authserv_id:
        told = "CRM_MAIL_AUTHSERV_ID is empty, so no sender is believed and every mail is held for review."
        return Check("settings", True, told, "Set it to the name your mail server writes in Authentication-Results.")
    return Check("settings", True, "All values can be used.")


def _folder(chosen: Settings) -> Check:
    file = backup.store_file(chosen)
    folder = file.parent if file is not None else chosen.data
    if not folder.exists():
        return Check("data_folder", True, f"{folder} does not exist yet; it is made at the first start.")
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return Check(
            "data_folder", False, f"{folder} cannot be written.", "Give the user that runs Rapport the right to."
        )
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & stat.S_IWOTH:
        return Check("data_folder", False, f"Everybody on this machine can write {folder}.", f"chmod 700 {folder}")
    if mode & (stat.S_IROTH | stat.S_IXOTH):
        return Check("data_folder", True, f"{folder} can be read by others on this machine.", f"chmod 700 {folder}")
    return Check("data_folder", True, f"{folder} belongs to Rapport alone.")


def _disk(chosen: Settings) -> Check:
    folder = chosen.data.absolute()
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    fix = None if free >= _LEAST_DISK else "Make room, or move CRM_DATA to a larger disk."
    return Check("disk", free >= _LEAST_DISK, f"{free / 1e9:.1f} GB are free.", fix)


def _with_store(chosen: Settings, clock: Clock, installed: list[Installation]) -> Iterator[Check]:
    """What the store tells, workspaces that installed us included; one sentence where it cannot be opened."""
    alive = False
    try:
        with desks.opened() as office:
            yield _store(office)
            installed += office.store.house().read_now(installations.every)
            heard = _heard(office)
            alive = any(clock.now() - at < _ALIVE for at in heard.values())
            for look in (_inbox, _outbox, _nightly):
                yield look(office, clock.now())
            yield _roles(heard, clock.now())
    except CrmError as problem:
        told = problem.sentence
        yield Check("store", False, told, "Run 'crm migrate'." if "crm migrate" in told else "Mend DATABASE_URL.")
    yield _mail_port(chosen, alive)


def _store(office: Office) -> Check:
    office.store.house().write_now(_tried)
    version, teams = office.store.house().read_now(backup.schema), len(office.teams)
    kind = "SQLite" if backup.store_file(office.settings) else "PostgreSQL"
    return Check("store", True, f"{kind} answers and can be written; schema {version}, teams: {teams}.")


def _tried(_work: Work) -> None:
    """A write that changes nothing, but takes the writer's lock."""


def _inbox(office: Office, now: datetime) -> Check:
    depth = office.store.house().read_now(inbox.depth)
    if depth.oldest is not None and now - depth.oldest > _OLDEST:
        told = f"{depth.waiting} arrivals wait, the oldest since {depth.oldest:%Y-%m-%d %H:%M} UTC."
        return Check("inbox", False, told, "Start 'crm serve', or 'crm web' and 'crm worker'; then look at their logs.")
    if depth.set_aside:
        told = f"{depth.set_aside} arrivals were set aside after several tries."
        return Check("inbox", False, told, "See 'crm inbox --state set_aside --json'.")
    return Check("inbox", True, f"{depth.waiting} arrivals wait, none for long.")


def _outbox(office: Office, now: datetime) -> Check:
    depth = office.store.house().read_now(outbox.depth)
    lost = f" Slack refused {depth.failed} for good." if depth.failed else ""
    if depth.due and depth.oldest is not None and now - depth.oldest > _OLDEST:
        told = f"{depth.due} messages to Slack wait, the oldest since {depth.oldest:%Y-%m-%d %H:%M} UTC.{lost}"
        return Check("outbox", False, told, "Start 'crm web'; if it runs, look at its log for what Slack answers.")
    return Check("outbox", True, f"{depth.waiting} messages to Slack wait, none for long.{lost}")


def _nightly(office: Office, now: datetime) -> Check:
    last = office.store.house().read_now(_last_night)
    if office.settings.schedule_nightly == "never":
        return Check("nightly", True, "The nightly job is switched off.")
    if last is None:
        return Check("nightly", True, "The nightly job has not run yet.", "Run it now with 'crm run-job nightly'.")
    state, started = last
    told = f"The last nightly job began {started:%Y-%m-%d %H:%M} UTC and is {state.replace('_', ' ')}."
    again = "See the worker's log, then 'crm run-job nightly'."
    if state in ("failed", "set_aside"):
        return Check("nightly", False, told, again)
    late = office.settings.schedule_nightly.endswith("* * *") and now - started > _NIGHT
    return Check("nightly", not late, told, "Keep 'crm worker' running at night." if late else None)


def _last_night(work: Work) -> tuple[str, datetime] | None:
    runs = work.session.query(JobRun).filter(JobRun.job == "nightly").order_by(JobRun.started_at.desc())
    row = runs.first()
    return (row.state, row.started_at) if row is not None else None


def _heard(office: Office) -> dict[str, datetime]:
    """When each role was last heard of, on whatever node."""
    return office.store.house().read_now(_newest_beats)


def _newest_beats(work: Work) -> dict[str, datetime]:
    newest: dict[str, datetime] = {}
    for row in work.session.query(RoleHeartbeat).order_by(RoleHeartbeat.beat_at):
        newest[row.role] = row.beat_at
    return newest


def _roles(heard: dict[str, datetime], now: datetime) -> Check:
    alive = {role for role, at in heard.items() if now - at < _ALIVE}
    if not alive:
        since = f"; it was last heard of {max(heard.values()):%Y-%m-%d %H:%M} UTC" if heard else ""
        return Check("roles", True, f"Rapport does not run at the moment{since}.", "Start it with 'crm serve'.")
    missing = sorted(set(_ROLES) - alive)
    if missing:
        start = " and ".join(sorted({f"'crm {_ROLES[role]}'" for role in missing}))
        return Check("roles", False, f"These roles are not heard of: {', '.join(missing)}.", f"Start {start}.")
    return Check("roles", True, f"These roles are alive: {', '.join(sorted(alive))}.")


def _mail_port(chosen: Settings, alive: bool) -> Check:
    place = f"{chosen.smtp_host}:{chosen.smtp_port}"
    try:
        with socket.create_connection((chosen.smtp_host, chosen.smtp_port), timeout=3) as door:
            greeting = door.recv(200)
    except OSError:
        return _closed_port(chosen, place, alive)
    if greeting.startswith(b"220"):
        return Check("mail_port", True, f"The mail listener answers on {place}.")
    return Check("mail_port", False, f"Something that is no mail listener answers on {place}.", "Change SMTP_PORT.")


def _closed_port(chosen: Settings, place: str, alive: bool) -> Check:
    if alive:
        fix = "Start 'crm ingest' on this machine, unless it runs on another."
        return Check("mail_port", False, f"Rapport runs, but nobody listens for mail on {place}.", fix)
    try:
        with closing(socket.create_server((chosen.smtp_host, chosen.smtp_port))):
            return Check("mail_port", True, f"Nobody listens on {place}; it is free for 'crm ingest'.")
    except OSError as problem:
        told = f"The port {place} cannot be opened: {problem.strerror or problem}."
        return Check(
            "mail_port", False, told, "Choose another SMTP_HOST or SMTP_PORT; below 1024 needs special rights."
        )


def _ingest_domain(chosen: Settings) -> Check:
    domain = chosen.ingest_domain
    tokens = bool(chosen.slack_bot_token.get_secret_value() or chosen.slack_client_id)
    if domain.endswith((".example", ".invalid", ".test", ".localhost")):
        fix = "Set INGEST_DOMAIN to a domain of yours whose MX record points at your mail server."
        return Check("ingest_domain", not tokens, f"{domain} is a made-up domain, to which no mail can be sent.", fix)
    told = f"Mail to {domain} needs an MX record that leads to {chosen.smtp_host}:{chosen.smtp_port}."
    return Check("ingest_domain", True, told, f"Look at it with 'dig MX {domain}'.")


def _parser() -> Check:
    try:
        kind = asyncio.run(_parse_once())
    except (OSError, EOFError, ValueError, TimeoutError) as problem:
        told = f"The mail reader's process does not start ({type(problem).__name__})."
        return Check("parser", False, told, "Install the packages again: ./run setup.")
    ok = kind is Kind.MESSAGE
    return Check("parser", ok, "The mail reader reads." if ok else "The mail reader cannot read a simple mail.")


async def _parse_once() -> Kind:
    sandbox = Sandbox()
    try:
        await sandbox.start()
        return (await sandbox.parse(_SAMPLE)).kind
    finally:
        await sandbox.stop()


def _analyst() -> Check:
    fix = "Install the packages again: ./run setup."
    try:
        # The code is ours and no shell reads it.
        done = subprocess.run(  # noqa: S603 -- see the sentence above
            [sys.executable, "-c", _NUMBERS],
            env=child_environment(),
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=180,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Check("analyst", False, "The analyst's process does not start.", fix)
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no reason"])[-1]
        return Check("analyst", False, f"The analyst cannot load its numeric packages: {last}", fix)
    return Check("analyst", True, "The analyst's process loads its numeric packages.")
