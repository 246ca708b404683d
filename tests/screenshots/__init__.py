"""Pictures of the screens for the documents; see __main__."""
