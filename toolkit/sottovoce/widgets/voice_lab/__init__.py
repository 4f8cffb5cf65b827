"""Sliders that change a voice, to hear it and to see what the model makes of it."""
