"""How much two pieces of code share beyond what their task makes everybody write.

Pure functions of texts: tokens without names and looks, grams of them, and what two have in common
(Schleimer, Wilkerson, Aiken, Winnowing: Local Algorithms for Document Fingerprinting, 2003).
"""
