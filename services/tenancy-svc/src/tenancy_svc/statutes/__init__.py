"""The legal bars that an application may be declined under: a list that an administrator keeps (T1, W3)."""
