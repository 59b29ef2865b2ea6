"""Pages about the interface: what it is, tokens, webhooks."""
