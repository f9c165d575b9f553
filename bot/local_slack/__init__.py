"""A Slack workspace on this machine, as strict as Slack; it plays Slack and knows nothing of us."""
