"""A safe interpreter of PyTorch-tutorial Python: text, checked tree, evaluation under limits."""
