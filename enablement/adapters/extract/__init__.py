"""Read the words out of files that strangers may have made, without letting one do harm."""

from enablement.adapters.extract.contents import Extracted, ExtractedPage, Limits, UnreadableFile
from enablement.adapters.extract.process import extract, extract_many, unreadable

__all__ = ["Extracted", "ExtractedPage", "Limits", "UnreadableFile", "extract", "extract_many", "unreadable"]
