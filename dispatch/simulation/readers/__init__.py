"""Readers of other people's formats: text or bytes in, a town with its travel and calls out.

Pure: opening files is `deploy.simulate`'s. A file that is not what it should be is `BadPayload`,
naming the file, the line and the column.
"""
