"""Runs every recomputed.py beside it and prints their tables as one JSON object, by the name of the report."""

import json
import runpy
from pathlib import Path

tables = {}
for script in sorted(Path(__file__).parent.glob("*/recomputed.py")):
    names = runpy.run_path(str(script))
    tables[script.parent.name] = {"header": names["HEADER"], "rows": [list(row) for row in names["ROWS"]]}
print(json.dumps(tables))
