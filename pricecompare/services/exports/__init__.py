"""Lists for a regulator, page by page and as files: one source of rows for both, so that they agree.

What is confidential belongs in a column of a listing here and nowhere else: no other answer is made of these rows.
"""
