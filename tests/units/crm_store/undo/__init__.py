"""Tests of taking things back."""
