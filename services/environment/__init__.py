"""The environment pillar: waste, flood and air."""
