"""The SQL store: SQLite or PostgreSQL, the truth of everything that is not Salesforce's."""
