"""Tests of the kubectl."""
