"""Mail, web and file intake: everything that reaches Rapport from outside Slack."""
