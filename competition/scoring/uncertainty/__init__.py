"""How sure a ranking is: joint draws of the ranks, intervals, cut lines."""
