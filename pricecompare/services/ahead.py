"""What a server reads before it makes its workers: pages that all of them only read are there once."""

from pricecompare.services.desk import Desk


def read_ahead(desk: Desk) -> None:
    """Take the catalogue and all pharmacies into memory, and close the store: each worker opens it for itself."""
    with desk.store.reading():
        versions = desk.store.versions()
        desk.words.of(desk.store, versions.drugs)
        extents = desk.grounds.atlas(desk.store, versions.places).extents
        for region in list(extents)[: desk.grounds.most]:
            desk.grounds.ground(desk.store, region, versions.places).prepare()
    desk.store.close()
