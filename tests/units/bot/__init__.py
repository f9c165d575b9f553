"""Tests: units/bot."""
