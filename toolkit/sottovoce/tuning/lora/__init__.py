"""Few labels: a low-rank adapter that teaches a loaded model what listeners heard."""
