"""The HTTP door: health, readiness, metrics, and what customers' machines call."""
