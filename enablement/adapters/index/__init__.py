"""The search index of our own: postings and vectors in immutable segments, statistics counted under the filter."""

from enablement.adapters.index.page_index import PageIndex as PageIndex
