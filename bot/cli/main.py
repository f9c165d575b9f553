"""The command `crm`: a table of commands, exit codes, and errors of one sentence."""

import argparse
import importlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, NoReturn

from bot.cli import analyze, duplicates, rubbish
from crm_store.errors import BadInput, BadSetting, CrmError
from crm_store.values.exports import ALL, KINDS, MAILS

_FAILED: Final = 1
_WRONG: Final = 2


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, with exit status 2."""

    def error(self, message: str) -> NoReturn:
        """One sentence, no usage block."""
        sys.stderr.write(f"{self.prog}: {message}; see '{self.prog} --help'.\n")
        raise SystemExit(_WRONG)


@dataclass(frozen=True, slots=True)
class Command:
    """A command: what it does, where its function is, and its arguments."""

    name: str
    help: str
    function: str
    arguments: Callable[[argparse.ArgumentParser], None]


def _none(_parser: argparse.ArgumentParser) -> None:
    """A command without arguments."""


def _json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON Lines")


def _demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8400, help="port of the page (0: any free one)")
    parser.add_argument("--smtp-port", type=int, default=2525, help="port of the mail listener (0: any free one)")
    parser.add_argument("--data", default=None, help="folder for the data (default: data)")
    parser.add_argument("--no-browser", action="store_true", help="do not open the page in a browser")
    parser.add_argument("--no-seed", action="store_true", help="start with an empty team")
    _json(parser)


def _local_slack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=0, help="port of the page (0: any free one)")
    parser.add_argument("--events-url", default=None, help="send signed HTTP requests there instead of Socket Mode")
    parser.add_argument("--manifest", default=None, help="another app's Slack manifest, as JSON")
    parser.add_argument("--rotate-tokens", action="store_true", help="give tokens that run out after twelve hours")
    parser.add_argument("--smtp", default=None, metavar="HOST:PORT", help="where mail written on the page is handed in")
    parser.add_argument("--mail-to", default="", metavar="ADDRESS", help="the address such mail goes to by default")
    _json(parser)


def _export_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", help="the person's id (cus_…) or an e-mail address")
    parser.add_argument("--out", required=True, metavar="FILE", help="the archive to write, a ZIP file")
    _team(parser)
    _json(parser)


def _erase_person(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("who", help="the person's id (cus_…) or an e-mail address")
    parser.add_argument("--dry-run", action="store_true", help="only say what would go")
    parser.add_argument("--yes", action="store_true", help="do not ask at a terminal")
    _team(parser)
    _json(parser)


def _find(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="name, company, address or number, with typing errors if need be")
    parser.add_argument("--batch", metavar="FILE", help="one query a line")
    parser.add_argument("--limit", type=int, default=5, help="most answers a query")
    _team(parser)
    _json(parser)


def _import(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", help="CSV, vCard, mbox, or an export of everything")
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN", help="say what a column is")
    parser.add_argument("--for", dest="whose", metavar="EMAIL", default=None, help="whose mailbox an mbox file is")
    parser.add_argument("--overwrite", metavar="FIELD,…", default="", help="fields that may replace what is known")
    parser.add_argument("--save", metavar="NAME", default="", help="remember what the columns are under this name")
    parser.add_argument("--use", metavar="NAME", default="", help="read the columns as they were remembered")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, change nothing")
    parser.add_argument("--undo", metavar="IMPORT", help="take an earlier import back")
    _team(parser)
    _json(parser)


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("target", metavar="DIR|FILE", help="a folder for all, or one .csv, .jsonl or .mbox file")
    parser.add_argument("--what", choices=[*KINDS, MAILS, ALL], default=None, help="one kind alone")
    parser.add_argument(
        "--for", dest="whose", metavar="EMAIL", default=None, help="with that colleague's private notes"
    )
    _team(parser)
    _json(parser)


def _run_job(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="the job, such as nightly")
    parser.add_argument("--as-of", metavar="DATE", default=None, help="pretend that it is the evening of that day")
    _team(parser)
    _json(parser)


def _ingest(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--imap", metavar="URL", default=None, help="fetch a folder, such as imaps://user@host/INBOX")
    parser.add_argument("--for", dest="whose", metavar="EMAIL", default=None, help="whose mailbox it is")
    parser.add_argument("--once", action="store_true", help="fetch what is there and end")
    parser.add_argument("--move", metavar="FOLDER", default=None, help="move what was kept there, instead of a mark")
    parser.add_argument("--every", metavar="SECONDS", type=float, default=30.0, help="pause between two looks")
    _team(parser)


def _address(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--for", dest="whose", metavar="EMAIL", default=None, help="whose address it is")
    parser.add_argument("--rotate", action="store_true", help="replace it; mail to the old one is refused from then on")
    _team(parser)
    _json(parser)


def _inbox(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--state", default=None, help="waiting, working, done, held or set_aside")
    _json(parser)


def _audit(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["verify"], help="walk each team's chain")
    _json(parser)


def _rotate_keys(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--new-key", action="store_true", help="print a fresh key for CRM_TOKEN_KEYS and do nothing")


def _file(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", help="the backup's file")


def _explain(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="mails, folders of mails, or - for standard input")
    parser.add_argument("--text", action="store_true", help="FILE is a bare plain-text body")
    parser.add_argument("--subject", default=None, help="the subject that goes with --text")
    parser.add_argument("--store", action="store_true", help="plan with what the store knows; nothing is written")
    parser.add_argument("--for", dest="whose", metavar="EMAIL", default=None, help="with --store: who forwards it")
    _team(parser)
    _json(parser)


def _analyze(parser: argparse.ArgumentParser) -> None:
    analyze.arguments(parser)


def _duplicates(parser: argparse.ArgumentParser) -> None:
    duplicates.arguments(parser)


def _report(parser: argparse.ArgumentParser) -> None:
    # It needs the store, which no other command should wait for.
    importlib.import_module("bot.cli.report").arguments(parser)
    _team(parser)


def _team(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--team", default=None, help="the team's name or id, where the store holds several")


COMMANDS: Final = (
    Command("demo", "a local Slack workspace with a sales team in it, all in one process", "serve:demo", _demo),
    Command("serve", "all roles in one process, with the real Slack", "serve:serve", _none),
    Command("web", "Slack, health and metrics", "serve:web", _none),
    Command("ingest", "the mail listener, or a folder of a mailbox by IMAP", "fetch:ingest", _ingest),
    Command("worker", "mail reading, imports, jobs and the clock", "serve:worker", _none),
    Command("migrate", "bring the store's schema up to date", "upkeep:migrate", _none),
    Command(
        "local-slack", "the local Slack workspace alone, for any Bolt app", "local_slack:local_slack", _local_slack
    ),
    Command("find", "look customers up", "look_up:find", _find),
    Command("import", "take in customers, orders or mail from a file", "records:import_file", _import),
    Command("export", "write tables, everything as JSON Lines, and mails as a mailbox", "export:export", _export),
    Command("run-job", "run a scheduled job now", "upkeep:run_job", _run_job),
    Command("inbox", "what was received and what became of it", "upkeep:inbox_lines", _inbox),
    Command("address", "the personal address that a colleague forwards mail to", "mail:address", _address),
    Command("explain-mail", "what the reader sees in a mail", "mail:explain_mail", _explain),
    Command("analyze", "value, potential, segments or policy of a table of your own", "analyze:analyze", _analyze),
    Command("duplicates", "who or what stands twice in a table of your own", "duplicates:duplicates", _duplicates),
    Command("report", "a report in words, or as one HTML or PDF file", "report:report", _report),
    Command("audit", "check the audit chain", "upkeep:audit_verify", _audit),
    Command("rotate-keys", "seal the tokens of workspaces with a new key", "keys:rotate_keys", _rotate_keys),
    Command("backup", "write a consistent copy of the store", "upkeep:backup", _file),
    Command("restore", "bring a copy back", "upkeep:restore", _file),
    Command("doctor", "say what is wrong and how to mend it", "upkeep:doctor", _json),
    Command(
        "export-person", "all that is kept about a person, in one archive", "privacy:export_person", _export_person
    ),
    Command("erase-person", "erase a person for good, with a certificate", "privacy:erase_person", _erase_person),
)


def build_parser(wanted: str | None = None) -> argparse.ArgumentParser:
    """The parser of all commands, or of all names and the arguments of one."""
    parser = _Parser(prog="crm", description="Rapport: a CRM that a sales team talks to.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for command in COMMANDS:
        one = commands.add_parser(command.name, help=command.help, description=command.help, prog=f"crm {command.name}")
        if wanted in {None, command.name}:
            command.arguments(one)
        one.set_defaults(function=command.function)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; 0 is well, 1 failed, 2 wrong arguments or unreadable input, each with one sentence."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    options = build_parser(given[0] if given else None).parse_args(given)
    module, _, name = options.function.partition(":")
    try:
        if module == "serve":
            # A bad setting is told before anything heavy is loaded.
            importlib.import_module("crm_store.settings").read()
        with rubbish.left_alone():
            function: Callable[[argparse.Namespace], int] = getattr(importlib.import_module(f"bot.cli.{module}"), name)
        return function(options)
    except (BadInput, BadSetting) as problem:
        sys.stderr.write(f"crm {options.command}: {problem.sentence}\n")
        return _WRONG
    except CrmError as problem:
        sys.stderr.write(f"crm {options.command}: {problem.sentence}\n")
        return _FAILED
    except BrokenPipeError:
        return _FAILED
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
