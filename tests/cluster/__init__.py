"""Against a real API server: SMARTCITY_KUBECONFIG names one that may be written to. Run by `make test-cluster`."""
