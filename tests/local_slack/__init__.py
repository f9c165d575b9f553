"""Tests: local_slack."""
