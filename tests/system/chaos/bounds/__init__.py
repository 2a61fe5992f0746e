"""The set `bounds`: what used to exhaust the product, done on purpose while a run is on and screens look.

Health and answers are looked at as well as the books: the right condition is shown while it holds, and ends by itself.
"""
