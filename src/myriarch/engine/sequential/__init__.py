"""Anytime-valid tests of updated units against concurrent controls, as pure functions on columns.

Every test holds *wealth* (``wealth.py``): what a gambler owns who bets against "no harm above what is tolerated" and
began with 1. While that null is true, no way of betting and no time to look makes the wealth reach 1/alpha with a
chance above alpha (Ville 1939), so looking every minute for days is sound. The tests differ in what they look at:
``hazard`` at times of failure, ``proportions`` at shares, ``counts`` at rates, ``means`` at bounded values,
``quantiles`` at histograms. ``combine`` joins strata, metrics and stages; ``detectable`` tells what can be found at
all; ``history`` stands in where there are no controls. The theory on one page: docs/evidence.md.
"""
