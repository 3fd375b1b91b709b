"""Where a firing alert goes: Alertmanager's routes, receivers, inhibition and mute times."""
