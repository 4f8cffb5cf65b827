"""AlertReview: people hear alerts, confirm or overrule them, and the log keeps what they say."""
