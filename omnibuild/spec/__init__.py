"""The spec language: YAML text in, `NodeSpec` and `SharedSpec` out, every problem with its place.

`document` reads YAML, `written` is the language as pydantic models, `reader` gives it meaning,
`types`, `expression` and `example` check what stands in it, `marks` finds the line of anything.
"""
