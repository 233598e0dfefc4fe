"""The object types of ``myriarch.io/v1alpha1``: one kind a file, one source for Python, validation, CRDs."""
