"""Finding a place by what people type or say, and saying in words where a place is.

One index (`index`) over everything that has a name: the county's own towns and places, the imported
map's places and roads, facilities, stations, units. `entries` makes its rows, `columns` holds them,
`text` and `pinyin` turn words into what is compared, `slips` forgives typing errors, `ranking` puts
hits in order, `spoken` understands how a caller says it, `kilometre` finds "S204 K12+300", and
`reverse` goes the other way, from a position to words. Nothing here asks a network or a model.
"""
