"""Recorder: the microphone."""
