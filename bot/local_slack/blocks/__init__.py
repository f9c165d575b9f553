"""Block Kit as strict as Slack: what a block, an element or a view may hold, told as tables of fields."""
