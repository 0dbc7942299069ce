"""The recipe of `models/weights/sohoa-vi-tiny.onnx`: lines are drawn, the net learns them, ONNX comes out.

Nothing of the product imports this package; it needs PyTorch and the other packages of requirements/train.in.
"""
