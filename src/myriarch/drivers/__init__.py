"""One way of advancing a unit a file, behind one protocol (``driver.py``)."""
