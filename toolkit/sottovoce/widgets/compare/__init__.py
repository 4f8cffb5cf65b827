"""Compare: two recordings, prompts, models or read-outs beside each other."""
