"""A language model as Researcher and Executor, over the Messages API."""
