"""Model providers that fail on demand, and the drill that tries a generator's fallback."""
