"""Steps of a pipeline that can stop it: secret scans, image scans and tests."""
