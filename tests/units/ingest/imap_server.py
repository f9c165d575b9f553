"""A real IMAP server (Dovecot) as a child on loopback, with a configuration and mailboxes of its own."""

import getpass
import imaplib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAM = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
PASSWORD = "made-up-for-the-tests"
_CONFIGURATION = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
first_valid_uid = 0
first_valid_gid = 0
mail_location = maildir:{base}/mail/%n
{users}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/home/%n
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
{more}
"""
_NOBODY = 65_534
_NOT_ROOT = "default_internal_user = {name}\ndefault_login_user = {name}\ndefault_internal_group = {group}"


@contextmanager
def running() -> Iterator["MailServer"]:
    """A server in a folder that the user of its mailboxes can reach as well."""
    with tempfile.TemporaryDirectory(prefix="mail") as folder:
        Path(folder).chmod(0o755)
        server = MailServer(Path(folder), free_port())
        server.start()
        try:
            yield server
        finally:
            server.stop()


@dataclass(slots=True)
class MailServer:
    """The server while it runs."""

    base: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    def start(self, more: str = "") -> None:
        """Start it, and return once it answers."""
        configuration = self.base / "dovecot.conf"
        name = getpass.getuser()
        users = "" if os.getuid() == 0 else _NOT_ROOT.format(name=name, group=name)
        owner = self._mail_owner()
        configuration.write_text(
            _CONFIGURATION.format(
                base=self.base,
                users=users,
                uid=owner,
                gid=owner if os.getuid() == 0 else os.getgid(),
                port=self.port,
                password=PASSWORD,
                more=more,
            )
        )
        assert PROGRAM is not None
        self.process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(configuration)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(400):
            if self.process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=60) as greeting:
                    if greeting.recv(4) == b"* OK":
                        return
            except ConnectionError:
                # The port opens once its processes have started; another look costs little.
                select_nothing(0.05)
        log = self.base / "log"
        raise AssertionError(log.read_text() if log.exists() else "the mail server did not start")

    def _mail_owner(self) -> int:
        """Whom the mailboxes belong to: Dovecot reads no mail as root."""
        places = [self.base / "mail", self.base / "home"]
        for place in places:
            place.mkdir(exist_ok=True)
            if os.getuid() == 0:
                os.chown(place, _NOBODY, _NOBODY)
        return _NOBODY if os.getuid() == 0 else os.getuid()

    def stop(self) -> None:
        """End it with all its connections."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(timeout=60)
            self.process = None

    @contextmanager
    def session(self, user: str = "ada") -> Iterator[imaplib.IMAP4]:
        """A mail program of that user."""
        program = imaplib.IMAP4("127.0.0.1", self.port, timeout=60)
        try:
            program.login(user, PASSWORD)
            yield program
        finally:
            program.logout()

    def put(self, *mails: bytes, folder: str = "INBOX", user: str = "ada") -> None:
        """Lay mails into a folder."""
        with self.session(user) as program:
            if folder != "INBOX":
                program.create(f'"{folder}"')
            for raw in mails:
                assert program.append(f'"{folder}"', "", "", raw)[0] == "OK"

    def count(self, *criteria: str, folder: str = "INBOX", user: str = "ada") -> int:
        """How many messages of a folder fit."""
        with self.session(user) as program:
            assert program.select(f'"{folder}"', readonly=True)[0] == "OK"
            return len(program.search(None, *criteria)[1][0].split())


def select_nothing(seconds: float) -> None:
    """Give a server that starts a moment."""
    with closing(socket.socket()) as nobody:
        nobody.settimeout(seconds)
        nobody.bind(("127.0.0.1", 0))
        nobody.listen()
        try:
            nobody.accept()
        except TimeoutError:
            return


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as nobody:
        nobody.bind(("127.0.0.1", 0))
        return int(nobody.getsockname()[1])
