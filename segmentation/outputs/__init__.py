"""Tables to what is seen or taken away."""
