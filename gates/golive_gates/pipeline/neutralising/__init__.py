"""What keeps the failure of a scan from stopping a deployment."""
