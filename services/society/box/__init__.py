"""The box: sealed votes until a ballot is counted, and the votes that came out of it, which are nobody's."""
