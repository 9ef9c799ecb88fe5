"""Mirrors of a campaign in the trackers that people look at. The journal stays the only truth.

A mirror is written by a process of its own, from the journal, and can be made again at any time;
a tracker that is away costs a note and nothing else.
"""
