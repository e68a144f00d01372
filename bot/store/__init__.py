"""The database: schema, partners, and the queries that everything else calls by name."""
