"""What a platform team needs beside the chart: manifests of secrets, rotation of keys, permissions of NATS users."""
