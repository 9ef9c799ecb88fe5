"""The documentation as a site: reference pages made from the code, notebooks rendered, links held.

Stays out of the wheel. `make docs` builds the site, `python -m docsite.reference` writes the
pages below docs/reference anew.
"""
