"""A small shop of several tiers, observed through the agent API."""
