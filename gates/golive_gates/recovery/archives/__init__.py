"""Archives of strangers, unpacked within limits."""
