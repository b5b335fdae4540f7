"""ONNX files as graphs of values."""
