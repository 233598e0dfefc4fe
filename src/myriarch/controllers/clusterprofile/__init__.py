"""What of Clusters is published for other tools: SIG Multicluster's ClusterProfiles."""
