"""Industry."""
from layers.contract import Layer

LAYER = Layer(name="industry", domain="industry", tables={})
