"""What is of another machine, or another kind of tensor, ends in PyTorch's error with what to do here, and never inside the engine."""

import pytest

from engine.run import run

ENDS = {
    "torch.sparse_coo_tensor([[0], [0]], [1.0], (1, 1))": "no-sparse",
    "torch.ones(2).to_sparse_csr()": "no-sparse",
    "torch.optim.SparseAdam([torch.ones(1)])": "no-sparse",
    "torch.ones(1, dtype=torch.cfloat)": "no-complex",
    "torch.fft.fft(torch.ones(4))": "no-complex",
    "torch.quantize_per_tensor(torch.ones(1), 0.1, 0, torch.quint8)": "not-yet",
    "torch.quantization.quantize_dynamic(torch.nn.Linear(1, 1))": "not-yet",
    "torch.jit.script(torch.nn.Linear(1, 1))": "no-compile",
    "torch.onnx.export(torch.nn.Linear(1, 1), torch.ones(1, 1), 'a.onnx')": "no-compile",
    "torch.export.export(torch.nn.Linear(1, 1), (torch.ones(1, 1),))": "no-compile",
    "torch.distributed.init_process_group('gloo')": "one-process",
    "torch.nn.DataParallel(torch.nn.Linear(1, 1))": "one-process",
    "torch.ones(1).cuda()": "no-gpu",
    "torch.hub.load('a', 'b')": "import-above",
    "torch.load('model.pt')": "no-files",
}


@pytest.mark.parametrize(("line", "code"), ENDS.items())
def test_what_is_elsewhere_says_what_to_do_here(line, code):
    end = list(run(f"import torch\n{line}\n"))[-1]
    assert (end.kind, end.code) == ("run-failed", code), end
    assert end.error in ("AttributeError", "AssertionError", "FileNotFoundError") and end.hint
