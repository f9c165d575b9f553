"""Customers by hand: add, edit, and checking one that was made from a mail."""

from collections.abc import Mapping
from dataclasses import replace

from bot.ask import Ask
from bot.cards import customer as cards
from bot.cards import deal_dialogs, dialogs, duplicates, receipt
from bot.gestures import Did, Gesture
from bot.grammar.commands import AddContact, Edit
from bot.handlers import merge
from bot.names import Action, Dialog, Shortcut
from bot.routes import Routes
from crm_store.actions import companies as company_actions
from crm_store.actions import customers as customer_actions
from crm_store.engine.work import Work
from crm_store.ids import Prefix
from crm_store.lookup import duplicate_check, search
from crm_store.queries import company_names
from crm_store.queries import customers as customer_queries
from crm_store.queries.identity import name_key
from crm_store.values.acts import NewCustomer, Receipt


def register(routes: Routes) -> None:
    """What this file takes."""
    routes.command(AddContact, add)
    routes.command(Edit, edit)
    routes.button(Action.EDIT, open_edit)
    routes.button(Action.ADD_CONTACT, open_contact)
    routes.button(Action.CHECKED, checked)
    routes.button(Action.DUPLICATE_USE, use_known)
    routes.button(Action.DUPLICATE_CREATE, create_anyway)
    routes.button(Action.CUSTOMER_MORE, more)
    routes.button(Action.CUSTOMER_OWNER, open_owner)
    routes.button(Action.MERGE_WITH, open_merge)
    routes.dialog(Dialog.OWNER, owner_submitted)
    routes.dialog(Dialog.MERGE_WITH, merge_submitted, check_merge)
    routes.shortcut(Shortcut.NEW_CONTACT, open_contact)
    routes.dialog(Dialog.CONTACT, contact_submitted, check_contact)
    routes.dialog(Dialog.EDIT, edit_submitted, check_edit)


async def add(ask: Ask, command: AddContact) -> None:
    """`add Ann Lee at Globex ann@globex.example, Head of IT`."""
    if not command.name:
        await open_contact(ask)
        return
    if command.is_company:
        await _add_company(ask, command)
        return
    new = NewCustomer(
        command.name,
        command.emails,
        command.phones,
        company=command.company or None,
        title=command.title or None,
        owner=ask.user.user_id,
        level="private" if command.private else "team",
    )
    await _unless_known(ask, new)


async def _add_company(ask: Ask, command: AddContact) -> None:
    """`add company Globex domain:globex.com`: a company before anybody of it is known."""
    domain = next(iter(command.domains), None)

    def action(work: Work) -> Receipt:
        return company_actions.add(work, command.name, domain)

    await ask.act(action, receipt.of)


async def _unless_known(ask: Ask, new: NewCustomer) -> None:
    """Look before adding: somebody who may be the same is offered first, and nothing is made until it is said."""
    like = await ask.read(duplicate_check.like, new.name, new.company or "", new.emails, new.phones)
    if like:
        await ask.answer(duplicates.may_be(like, new, now=ask.now, zone=ask.zone))
    else:
        await _write(ask, new)


async def create_anyway(ask: Ask) -> None:
    """They are two: the new one is made after all."""
    await _write(ask, _carried(ask), replace=True)


async def use_known(ask: Ask) -> None:
    """They are one: what is new of how to reach them is added to who is known."""
    customer_id, new = str(ask.pressed.get("customer", "")), _carried(ask)
    card = await ask.read(customer_queries.card, customer_id)
    has = {point.value for point in card.points}
    given = {"email": next(iter(new.emails), ""), "phone": next(iter(new.phones), "")}
    changes: dict[str, str | None] = {field: value for field, value in given.items() if value and value not in has}
    if not changes:
        said = f"{card.customer.name} is known with all of that. Nothing was changed."
        await ask.answer(receipt.done(said, None), replace=True)
        return

    def action(work: Work) -> Receipt:
        return customer_actions.edit(work, customer_id, changes)

    await ask.act(action, receipt.of, replace=True)


def _carried(ask: Ask) -> NewCustomer:
    """The new contact as the button carries it."""
    given = {name: str(value) for name, value in ask.pressed.items()}
    return NewCustomer(
        given.get("name", ""),
        tuple(filter(None, given.get("emails", "").split())),
        tuple(filter(None, given.get("phones", "").split("|"))),
        company=given.get("company") or None,
        title=given.get("title") or None,
        owner=ask.user.user_id,
        level="private" if given.get("private") == "1" else "team",
    )


async def _write(ask: Ask, new: NewCustomer, *, replace: bool = False) -> None:
    """Add the person; somebody of the same name who is there already is shown beside, to be used instead."""
    answer = await ask.read(search.search, " ".join([new.name, new.company or ""]), 3)
    key = name_key(new.name)
    like = tuple(one.customer for one in answer.found if name_key(one.customer.name) == key)

    def action(work: Work) -> Receipt:
        return customer_actions.add(work, new)

    await ask.act(action, lambda done: receipt.customer_made(done, like), public=True, replace=replace)


async def edit(ask: Ask, command: Edit) -> None:
    """`edit ann title: Head of Purchasing`; without a change it opens the dialog."""
    customer = await ask.who(command.who)
    if not command.changes:
        await _open_edit(ask, customer.customer_id)
        return
    changes: dict[str, str | None] = {field: value or None for field, value in command.changes}
    await _change(ask, customer.customer_id, changes)


async def _change(ask: Ask, customer_id: str, changes: Mapping[str, str | None]) -> None:
    def action(work: Work) -> Receipt:
        return customer_actions.edit(work, customer_id, changes)

    await ask.act(action, receipt.of, public=True)


async def open_edit(ask: Ask) -> None:
    """Edit, from a card."""
    await _open_edit(ask, str(ask.pressed.get("customer", "")))


async def _open_edit(ask: Ask, customer_id: str) -> None:
    await ask.open_about(ask.read(customer_queries.card, customer_id), dialogs.edit_dialog)


async def open_contact(ask: Ask) -> None:
    """The dialog for a new contact, with the name that was looked for."""
    await ask.open(dialogs.contact_dialog(str(ask.pressed.get("name", ""))))


def check_contact(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    fields = dialogs.read_contact(gesture.values)
    errors = {}
    if not fields.name.strip():
        errors[dialogs.NAME] = "A name is the one thing needed."
    return {**errors, **dialogs.check_points(gesture.values)}


def check_edit(gesture: Gesture) -> Mapping[str, str]:
    """What the dialog lacks."""
    return dialogs.check_points(gesture.values)


async def contact_submitted(ask: Ask) -> None:
    """The dialog was sent."""
    fields = dialogs.read_contact(ask.gesture.values)
    emails = (fields.email,) if fields.email else ()
    phones = (fields.phone,) if fields.phone else ()
    company, title = await _company(ask, fields.company), fields.title or None
    new = NewCustomer(fields.name, emails, phones, company=company, title=title, owner=ask.user.user_id)
    await _unless_known(ask, new)


async def _company(ask: Ask, given: str) -> str | None:
    """The name of the chosen company, of a new one, or as it was typed."""
    if given.startswith(f"{Prefix.COMPANY}_"):
        return await ask.read(company_names.by_id, given)
    return given.removeprefix(deal_dialogs.NEW_COMPANY).strip() or None


async def more(ask: Ask) -> None:
    """The menu of a customer's card."""
    match ask.pressed.get("do"):
        case "owner":
            await open_owner(ask)
        case "edit":
            await open_edit(ask)
        case "merge":
            await open_merge(ask)
        case "privacy":
            found = await ask.read(customer_queries.card, str(ask.pressed.get("customer", "")))
            await ask.answer(cards.privacy(found, now=ask.now, zone=ask.zone))
        case _:
            one = await ask.read(customer_queries.by_id, str(ask.pressed.get("customer", "")))
            line = f"/crm who-knows {one.email or one.name}"
            gesture = replace(ask.gesture, did=Did.COMMAND, text=line, action_id="", value="")
            await ask.perform(replace(ask, gesture=gesture, chosen=one.customer_id))


async def open_owner(ask: Ask) -> None:
    """Who looks after a customer, to be changed."""
    reading = ask.read(customer_queries.by_id, str(ask.pressed.get("customer", "")))
    await ask.open_about(reading, deal_dialogs.owner_dialog)


async def owner_submitted(ask: Ask) -> None:
    """Another owner was chosen."""
    customer_id, owner = deal_dialogs.read_owner(ask.gesture.values, ask.gesture.metadata)

    def action(work: Work) -> Receipt:
        return customer_actions.edit(work, customer_id, {"owner": owner})

    await ask.act(action, receipt.of, public=True)


async def open_merge(ask: Ask) -> None:
    """With whom a customer is one; both are looked at before anything is merged."""
    reading = ask.read(customer_queries.by_id, str(ask.pressed.get("customer", "")))
    await ask.open_about(reading, deal_dialogs.merge_with_dialog)


def check_merge(gesture: Gesture) -> Mapping[str, str]:
    """Whether another customer was chosen."""
    kept, absorbed = deal_dialogs.read_merge_with(gesture.values, gesture.metadata)
    if not absorbed or kept == absorbed:
        return {dialogs.WHO: "Choose somebody else: these two are looked at side by side."}
    return {}


async def merge_submitted(ask: Ask) -> None:
    """Both side by side, with whose value wins."""
    await merge.open_dialog(ask, *deal_dialogs.read_merge_with(ask.gesture.values, ask.gesture.metadata))


async def edit_submitted(ask: Ask) -> None:
    """The dialog was sent: what differs is changed."""
    fields = dialogs.read_edit(ask.gesture.values, ask.gesture.metadata)
    customer = await ask.read(customer_queries.by_id, fields.customer_id)

    def action(work: Work) -> Receipt:
        done = customer_actions.edit(work, fields.customer_id, fields.changes)
        if not customer.needs_check:
            return done
        seen = customer_actions.checked(work, fields.customer_id)
        return done if done.undo_id else seen

    await ask.act(action, receipt.of, public=True)


async def checked(ask: Ask) -> None:
    """Check details: opens the dialog; a sent dialog ends the checking."""
    await _open_edit(ask, str(ask.pressed.get("customer", "")))
