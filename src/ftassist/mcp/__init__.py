"""A campaign for agents outside, over the Model Context Protocol.

An agent that is not ours sees what `campaign.environment` shows and may propose trials; each is a
pending proposal like any other, and review, budget, sandbox and rules hold for it. Needs the
package `mcp` (`pip install 'ftassist[mcp]'`); only `serving` imports it.
"""
