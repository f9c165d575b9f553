"""Tests of the demo team."""
