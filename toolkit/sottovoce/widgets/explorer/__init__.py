"""Explorer: choose, run, and see what was weighed; made of the other widgets."""
