"""Tests: units/campaigns."""
