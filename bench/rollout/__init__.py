"""RolloutBench: release policies judged by incidents that the industry has published, and by harmless releases."""
