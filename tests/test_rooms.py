from __future__ import annotations

from graphlib import TopologicalSorter

import grimp


def test_no_file_is_in_a_circle_of_imports() -> None:
    graph = grimp.build_graph("ftassist", cache_dir=None)
    # A door, not a need: `ftassist.dojo.make` loads it when it is first asked for.
    graph.remove_import(importer="ftassist.dojo", imported="ftassist.campaign.environment")
    needs = {name: graph.find_modules_directly_imported_by(name) for name in graph.modules}
    assert len(tuple(TopologicalSorter(needs).static_order())) > 100
