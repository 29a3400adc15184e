"""Sign-in, sessions, and the tokens they give."""
