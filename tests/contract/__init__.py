"""The service's two published pages, row by row, through our client against every dialect of the sandbox.

Each row is written down here once more, apart from the client's tables and from the sandbox's, so that a wrong
name cannot agree with itself.  What only the sandbox does is tested in `tests/sandbox`.
"""
