"""Tests of packer."""
