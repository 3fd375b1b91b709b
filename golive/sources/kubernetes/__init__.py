"""Kubernetes objects as read from files, the pods they make, and how they refer to each other."""
