from __future__ import annotations

from graphlib import TopologicalSorter

import grimp

# Not needs: what is above is loaded when a door is first called, as `ftassist.dojo.make`.
DOORS = (
    ("ftassist", "ftassist.server"),
    ("ftassist", "ftassist.ui.magics"),
    ("ftassist", "ftassist.ui.frames"),
    ("ftassist.dojo", "ftassist.campaign.environment"),
)


def test_no_file_is_in_a_circle_of_imports() -> None:
    graph = grimp.build_graph("ftassist", cache_dir=None)
    for importer, imported in DOORS:
        graph.remove_import(importer=importer, imported=imported)
    needs = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(tuple(TopologicalSorter(needs).static_order())) > 100
