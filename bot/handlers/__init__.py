"""One file an ability: its command, dialog, submit and buttons."""
