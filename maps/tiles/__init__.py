"""The vector base map: made from an extract's features, kept in one PMTiles file, read by tile.

What a tile looks like on a screen is the front end's (`frontend/src/map/style.ts`); what is in the
layers is decided by `maps.osm.features`.
"""
