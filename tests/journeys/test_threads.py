"""A thread is logged once, with who said what, and what is said in it later follows."""

import base64
import sqlite3
from contextlib import closing
from typing import Any

from tests.journeys.apart import until
from tests.journeys.house import Demo, words_of


def _write(demo: Demo, text: str, user: str = "U_BEN", **more: Any) -> str:
    made = demo.act(type="message", user=user, channel="C_SALES", text=text, **more)
    demo.settle()
    return str(made["ts"])


def _thread(demo: Demo, what: str) -> tuple[str, str]:
    root = _write(demo, f"John Smith from Acme asks about {what}")
    reply = _write(demo, f"I told him the {what} is ready", "U_ADA", thread_ts=root)
    return root, reply


def _timeline(demo: Demo, who: str = "john smith acme") -> str:
    demo.type(f"timeline {who}")
    return words_of(demo.last())


def _react(demo: Demo, ts: str, kind: str = "reaction") -> None:
    demo.act(type=kind, user="U_ADA", channel="C_SALES", ts=ts, name="memo")
    demo.settle()


def test_a_reaction_on_the_first_message_logs_the_thread_and_the_thread_is_followed(demo: Demo) -> None:
    root, reply = _thread(demo, "blue ladder")
    _react(demo, root)
    told = next(one for one in demo.messages() if one["thread_ts"] == root and "Logged a message" in words_of(one))
    assert "The whole thread of 2 messages" in words_of(told)
    assert "Ben Hartmann: John Smith from Acme asks about blue ladder" in _timeline(demo)
    later = _write(demo, "He took the long one", thread_ts=root)
    edited = "I told him the blue ladder is late"
    demo.act(type="edit_message", user="U_ADA", channel="C_SALES", ts=reply, text=edited)
    demo.settle()
    shown = _timeline(demo)
    assert shown.count("asks about blue ladder") == 1
    assert f"Ada Okonkwo: {edited}" in shown
    assert "He took the long one" in shown
    demo.act(type="delete_message", user="U_BEN", channel="C_SALES", ts=later)
    demo.settle()
    shown = _timeline(demo)
    assert "He took the long one" not in shown
    assert "(This message was deleted in Slack.)" in shown


def test_the_shortcut_on_a_reply_asks_how_much_and_logs_the_thread_at_the_second_click(demo: Demo) -> None:
    _root, reply = _thread(demo, "green ladder")
    demo.act(type="message_shortcut", user="U_ADA", channel="C_SALES", ts=reply, callback_id="log_to_crm")
    demo.settle()
    dialog = demo.state()["views"][-1]
    extent = next(one["element"] for one in dialog["blocks"] if one["block_id"] == "extent")
    assert [one["value"] for one in extent["options"]] == ["thread", "message"]
    values = {"extent": {"extent": {"selected_option": extent["options"][0]}}}
    demo.act(type="submit", user="U_ADA", view_id=dialog["id"], values=values)
    demo.settle()
    shown = _timeline(demo)
    assert "asks about green ladder" in shown
    assert "the green ladder is ready" in shown


def test_the_reaction_taken_off_takes_the_thread_back(demo: Demo) -> None:
    root, _reply = _thread(demo, "red ladder")
    _react(demo, root)
    assert "red ladder" in _timeline(demo)
    _react(demo, root, "unreaction")
    assert "red ladder" not in _timeline(demo)


def _file(name: str) -> dict[str, str]:
    return {"name": name, "content_base64": base64.b64encode(f"%PDF-1.4 {name}".encode()).decode()}


def _receipt(demo: Demo, root: str) -> str:
    """What was said of the log of this message, and of no earlier one."""
    since = [words_of(one) for one in demo.messages() if float(one["ts"]) > float(root)]
    return next((words for words in since if "Logged a message with" in words), "")


def test_files_of_a_thread_come_along_and_those_that_do_not_are_named(demo: Demo) -> None:
    files = [_file(f"drawing-{number}.pdf") for number in range(21)]
    root = _write(demo, "John Smith from Acme sent the yellow ladder", files=files)
    _react(demo, root)
    told = until(lambda: _receipt(demo, root))
    assert "“drawing-20.pdf” was not kept: one log holds 20 files." in told
    assert "drawing-19" not in told
    assert "drawing-0.pdf" in _timeline(demo)
    _write(demo, "and its second page", "U_ADA", thread_ts=root, files=[_file("second.pdf")])
    with closing(sqlite3.connect(demo.ready["database"].removeprefix("sqlite:///"))) as store:
        (kept,) = store.execute("SELECT count(*) FROM attachments WHERE name LIKE 'drawing-%'").fetchone()
        (second,) = store.execute("SELECT count(*) FROM attachments WHERE name = 'second.pdf'").fetchone()
    assert (kept, second) == (20, 1)


def test_what_colleagues_write_to_each_other_is_not_kept(demo: Demo) -> None:
    before = len(demo.messages(demo.direct("U_BEN"), "U_BEN"))
    ts = _write(demo, "John Smith from Acme is a purple secret")
    demo.act(type="edit_message", user="U_BEN", channel="C_SALES", ts=ts, text="a purple afterthought")
    demo.settle()
    assert "purple" not in _timeline(demo)
    with closing(sqlite3.connect(demo.ready["database"].removeprefix("sqlite:///"))) as store:
        kept = store.execute("SELECT count(*) FROM inbox WHERE CAST(raw AS TEXT) LIKE '%purple%'").fetchone()
    assert kept == (0,)
    assert len(demo.messages(demo.direct("U_BEN"), "U_BEN")) == before
