"""The fallback drill: one fault of a provider at a time, and what the generator made of it."""
