"""Controllers of freezewindows."""
