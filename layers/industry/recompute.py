from layers.construction.recompute import claims as c
def claims(t): return c(t, True)
