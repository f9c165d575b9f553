"""Tests: units/analytics."""
