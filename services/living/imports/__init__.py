"""A feed that was checked goes into the database, all of it or nothing, and takes the place of the one before."""
