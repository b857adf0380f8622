"""What images show: everyday terms, from the logits that EfficientNet-Lite0 gives of ImageNet's classes."""
