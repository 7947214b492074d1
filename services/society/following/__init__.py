"""Following: the later steps of a proposal by mail, to addresses whose owners have confirmed them."""
