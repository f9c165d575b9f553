"""Tests of the search for duplicates."""
