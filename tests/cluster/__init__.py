"""Against a real Kubernetes: SMARTCITY_KUBECONFIG names one that may be written to. Run by `make test-cluster`.

SMARTCITY_IMAGE names the platform's image as the cluster knows it, beside `postgres:18` and `nats:2.15.1`; without it
only the API server is asked. SMARTCITY_CHART_BEFORE (a folder) and SMARTCITY_IMAGE_BEFORE are those of the version that
is upgraded; without them it is this one under another number. It takes some 40 minutes and 6 GB.
"""
