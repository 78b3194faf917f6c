"""The only project code that is visible inside the walls: the template and its children.

Nothing here is secret, and nothing here is trusted once a candidate's module has been loaded.
"""
