"""Lists for a regulator, page by page and as files: one source of rows for both, so that they agree.

What is confidential belongs in a column here that is `noted`, and nowhere else: no page shows it, and every file with
it is an entry of the audit trail.
"""
