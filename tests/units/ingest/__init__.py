"""Tests: units/ingest."""
