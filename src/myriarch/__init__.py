"""Myriarch runs tens of thousands of Kubernetes clusters with Kubernetes itself.

Start reading at ``docs/ARCHITECTURE.md``; the packages below are layers, lowest first:
``base``, ``api``, ``engine``, ``client``, ``runtime`` and ``fleet``, ``apiserver`` and ``drivers``,
``agent`` and ``controllers``, ``hub``, ``sim``, ``cli``.
"""

__version__ = "0.1.0"
