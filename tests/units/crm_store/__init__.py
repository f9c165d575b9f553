"""Tests: units/crm_store."""
