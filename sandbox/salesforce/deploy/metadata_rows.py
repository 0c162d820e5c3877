"""Keep records of custom metadata types as rows, which administrators can query."""

from sandbox.salesforce.deploy.package import Component
from sandbox.salesforce.deploy.target import NS, text
from sandbox.salesforce.ids import make_id
from sandbox.salesforce.store import Store
from sandbox.salesforce.values import kept_value


def keep_metadata_record(store: Store, component: Component, *, stamp: str) -> None:
    """Write a record whose names and values are in order, in the place of an older one; for use in a transaction."""
    type_name, _, record = component.name.partition(".")
    sobject = store.schema.get(f"{type_name}__mdt")
    row: dict[str, object] = {"MasterLabel": text(component.root, "label"), "SystemModstamp": stamp}
    for each in component.root.iterfind(f"{NS}values"):
        field = sobject.fields[text(each, "field").lower()]
        row[field.name] = kept_value(field, each.findtext(f"{NS}value") or None)
    before = store.find(sobject, sobject.fields["developername"], record)
    if before is not None:
        store.update(sobject, before["Id"], row)
        return
    names = {"DeveloperName": record, "QualifiedApiName": record}
    store.insert(sobject, {"Id": make_id(sobject.prefix, store.next_number(sobject.name)), **names, **row})
