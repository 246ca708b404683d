"""What can be reached in time: reach and isochrones, cover of a county by its units, demand.

`reach` says how long one drives to every place of the graph, `raster` and `isochrone` draw it,
`cells` cuts a county into squares, `cover` says which of them a unit reaches in time, `demand`
how many calls to expect in each. Nothing here decides: advice on moving units is dispatch's.
"""
