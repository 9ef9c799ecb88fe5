"""Trials on a Ray cluster: what runs on a node, what carries things there and back.

The runner and the journal stay where they are, on the head. A trial on a node is the same job in
the same worker as on one machine; here are its journey (`courier`), its host there (`node`), what
nodes keep and must have (`input_store`, `node_check`), and the executor the runner uses
(`workers`). Ray places and watches; nothing here schedules.
"""
