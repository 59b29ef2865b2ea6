"""The open interface: tokens, resources under /api/v1, events in, webhooks out."""
