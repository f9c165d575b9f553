"""The suite: journeys, units, engines, house, local Slack and page."""
