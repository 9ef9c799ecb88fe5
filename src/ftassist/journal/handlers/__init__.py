"""What each kind of event makes of the state, by what the event is about."""
