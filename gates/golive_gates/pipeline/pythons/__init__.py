"""Which versions of Python the tests of a pipeline run on."""
