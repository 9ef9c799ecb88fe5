"""Rows as people have them: files, folders, Hub ids and objects in; rows with their places out."""
