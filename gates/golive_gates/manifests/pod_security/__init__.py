"""The Pod Security Standards, control by control: one small pure module a family.

Source: Kubernetes documentation, "Pod Security Standards" and "User Namespaces", with the
versions at which each control was added or relaxed (policy versions 1.0 to 1.37).
"""
