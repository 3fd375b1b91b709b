"""The live half of gate ``manifests``: what runs in the cluster, read and never written."""
