"""The policies under test: Myriarch's, and those of other tools, each coded from its public documentation."""
