"""What happens to a forward on its way: gateways, programs and people change its form and leave its words."""

import re
from collections.abc import Callable
from typing import Final

from tests.mail.forwarding import COPIED, NOTE, OTHER, READER, SENDER

BANNER: Final = "CAUTION: This email originated from outside of the organization. Do not click links."
NOTICE: Final = "This message is confidential and meant only for the person it is addressed to."
_PEOPLE: Final = (SENDER, READER, OTHER, COPIED)
_LABEL: Final = re.compile(r"^([> \t]*)([^\W\d][^:：\n@]{0,30}?)( ?)([:：])(?=\s)(.*)$", re.MULTILINE)


def _labels(write: Callable[[re.Match[str]], str]) -> Callable[[str], str]:
    """Rewrites the label lines and leaves everything from the inner text on."""

    def disturbed(text: str) -> str:
        head, greeting, rest = text.partition("Hello Ada")
        return _LABEL.sub(write, head) + greeting + rest

    return disturbed


def _each_address(write: str) -> Callable[[str], str]:
    """Rewrites each shown address; `{0}` is the address."""

    def disturbed(text: str) -> str:
        for box in _PEOPLE:
            at = box.address or ""
            text = re.sub(rf"(?<![\w:<\[]){re.escape(at)}|<{re.escape(at)}>", write.format(at), text)
        return text

    return disturbed


def _each_line(write: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: "\n".join(write(line) for line in text.split("\n"))


def _below_note(write: Callable[[str], str]) -> Callable[[str], str]:
    """Changes what was forwarded and leaves the note above it."""
    return lambda text: f"{NOTE}\n\n" + write(text.removeprefix(f"{NOTE}\n\n"))


def _before_body(extra: str) -> Callable[[str], str]:
    """It was there before the mail was forwarded, so that it stands behind the same bars as the text."""

    def disturb(text: str) -> str:
        begun = text.index("Hello Ada")
        bar = text[text.rfind("\n", 0, begun) + 1 : begun]
        return text[:begun] + f"{extra}\n\n".replace("\n", f"\n{bar}") + text[begun:]

    return disturb


# What the block and the words around it look like afterwards; the people, the subject and the text stay as they were.
FORMS: Final[dict[str, Callable[[str], str]]] = {
    "a no-break space before the colon": _labels(lambda one: f"{one[1]}{one[2]}\u00a0{one[4]}{one[5]}"),
    "a no-break space behind the colon": _labels(lambda one: f"{one[1]}{one[2]}{one[4]}\u00a0{one[5].strip()}"),
    "a narrow space before the colon": _labels(lambda one: f"{one[1]}{one[2]}\u202f{one[4]}{one[5]}"),
    "wide colons": _labels(lambda one: f"{one[1]}{one[2]}：{one[5].strip()}"),
    "bold labels": _labels(lambda one: f"{one[1]}*{one[2]}:*{one[5]}"),
    "bold labels, colon outside": _labels(lambda one: f"{one[1]}*{one[2]}*:{one[5]}"),
    "markdown labels": _labels(lambda one: f"{one[1]}**{one[2]}:**{one[5]}"),
    "underscored labels": _labels(lambda one: f"{one[1]}_{one[2]}:_{one[5]}"),
    "tabs behind labels": _labels(lambda one: f"{one[1]}{one[2]}:\t{one[5].strip()}"),
    "labels in columns": _labels(lambda one: f"{one[1]}{one[2]:<14}: {one[5].strip()}"),
    "labels set off to the right": _labels(lambda one: f"{one[1]}{one[2]:>14}: {one[5].strip()}"),
    "capital labels": _labels(lambda one: f"{one[1]}{one[2].upper()}:{one[5]}"),
    "marks of direction": _labels(lambda one: f"{one[1]}\u200f{one[2]}:\u200e{one[5]}\u200f"),
    "embedded direction": _labels(lambda one: f"{one[1]}\u202a{one[2]}:\u202c {one[5].strip()}\u202c"),
    "isolated direction": _labels(lambda one: f"{one[1]}{one[2]}: \u2068{one[5].strip()}\u2069"),
    "invisible signs": _labels(lambda one: f"{one[1]}\u200b{one[2]}\u200b: {one[5].strip()}\u2060"),
    "spaces at every end": _each_line(lambda line: f"{line}  "),
    "a byte order mark": lambda text: "\ufeff" + text,
    "linked addresses": _each_address("<{0}<mailto:{0}>>"),
    "square links": _each_address("[mailto:{0}]"),
    "addresses twice": _each_address("<{0} <mailto:{0}>>"),
    "guarded links": _each_address(
        "<{0}<https://eur02.safelinks.protection.example/?url=mailto%3A{0}&data=05%7C02&reserved=0>>"
    ),
    "markdown links": _each_address("<[{0}](mailto:{0})>"),
    "spaces inside brackets": _each_address("< {0} >"),
    "a device's line above": lambda text: text.replace(NOTE, f"{NOTE}\n\nSent from my iPhone", 1),
    "a program's link above": lambda text: text.replace(
        NOTE, f"{NOTE}\n\nGet Outlook for iOS<https://aka.example/o>", 1
    ),
    "a ruled line above": lambda text: text.replace(NOTE, f"{NOTE}\n\n-- \nAda Quist\nTeam", 1),
    "indented as a whole": _below_note(_each_line(lambda line: f"    {line}".rstrip())),
    "behind bars as a whole": _below_note(_each_line(lambda line: f"> {line}".rstrip())),
    "behind tight bars": _below_note(_each_line(lambda line: f">{line}")),
    "a banner above the text": _before_body(BANNER),
    "a tag above the text": _before_body("[EXTERNAL]"),
    "a ruled banner": _before_body(f"{'-' * 40}\n{BANNER}\n{'-' * 40}"),
    "a banner in stars": _before_body(f"*** {BANNER} ***"),
}
# Words that others put into the forwarded text itself; they stay in it.
ADDED: Final[dict[str, Callable[[str], str]]] = {
    "a banner with labels": _before_body("External sender: be careful\nVerified: no"),
    "an invitation to trust": _before_body("You don't often get email from ines.ferreira@lumen.example. Learn why."),
    "a notice within": lambda text: text.replace("a quote?", f"a quote?\n\n{NOTICE}", 1),
}
