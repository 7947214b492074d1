"""The portal: the pages of citizens and officers, rendered on the server, usable without JavaScript."""
