"""Releases that harm nobody, under ordinary and extraordinary backgrounds: what a false rollback is counted against."""
