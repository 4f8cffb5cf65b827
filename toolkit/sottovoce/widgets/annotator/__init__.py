"""Annotator: listeners rate clips blind, and their votes are saved at once."""
