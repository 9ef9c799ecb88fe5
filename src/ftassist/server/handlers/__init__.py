"""The routes of the extension, one idea a file."""
