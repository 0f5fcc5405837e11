"""Tests of lessons on real clusters."""
