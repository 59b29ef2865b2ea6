"""What changes tokens, webhooks and what they have sent."""
