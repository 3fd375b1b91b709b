"""Jobs of a pipeline that change production."""
