"""The road network of one county: graph, speeds, closures, routing engines, travel times by road.

Built from an OpenStreetMap extract (`maps.osm`) and kept as one file of the imported map
(`maps.pack`). A graph never changes once built; closures and speeds are weights over it.
"""
