"""The handler of packer."""

from shop.nodes.node_packer_compute.handlers.handler_packer import HandlerPacker

__all__ = ["HandlerPacker"]
