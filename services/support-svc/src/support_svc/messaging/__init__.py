"""The only folder that knows the published language: facts go out, events come in."""
