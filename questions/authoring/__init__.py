"""Writing questions in the browser: drafts, review by a second person, versions, what is in use.

An organisation sees what all share and its own questions, and never another's. Pages are for
members who may write; who that is, the app that knows people says (see `house`).
"""
