"""Bulk API 2.0: tables of rows in, tables of rows out."""

from sandbox.salesforce.bulk.routes import add_bulk_routes

__all__ = ["add_bulk_routes"]
