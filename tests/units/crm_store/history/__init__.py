"""Tests of logging, timelines, questions and filing."""
