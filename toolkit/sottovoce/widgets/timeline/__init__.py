"""Timeline: a long recording by windows."""
