"""The abstract skills of the pretraining mix, one idea a module."""
