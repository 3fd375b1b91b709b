"""Environment variables that carry secrets to the services; imported without their libraries."""

TOKEN_VARIABLE = "SCRIPTGEN_TOKEN"  # noqa: S105 - a name, not a token
"""The token that a service accepts."""
CLIENTS_VARIABLE = "SCRIPTGEN_CLIENTS"
"""Further clients, as the JSON that clients.as_variable writes."""
PROVIDER_KEY_VARIABLE = "SCRIPTGEN_PROVIDER_KEY"
"""The key that generation-service shows to the providers."""
