"""Tests of deals, orders and tasks."""
