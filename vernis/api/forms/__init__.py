"""Forms of tokens and webhooks."""
