"""Reading an OpenStreetMap extract: what is in the file becomes roads, places and map features.

`source` reads the file, `tags` and `kinds` say what its words mean, `extract` holds what was found,
`build` makes the road graph, `places` the gazetteer and the facilities, `features` the base map,
`report` says how good the extract is, and `importing` does it all into one imported map.

Files are read and nothing else is: no clock, no network, no chance, so that the same file always
makes the same map, byte for byte.
"""
