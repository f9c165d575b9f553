"""Peers: the same task by bare libraries."""
