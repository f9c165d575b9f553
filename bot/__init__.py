"""What people see: Slack, the grammar, cards, delivery, the command line and the local Slack workspace."""
