"""The routes that no table can tell: files, pictures, streams, sheets, and the bank's own form.

Every module here is found by itself; ``by_hand`` says what each serves.
"""
