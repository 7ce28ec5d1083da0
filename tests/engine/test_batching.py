"""`vmap` runs its function for one sample after another; what PyTorch does once for a batch is not done once for each."""

import numpy as np
import pytest

import engine as torch
from engine import inside, memory
from engine.names import TORCH
from engine.versions import Version

vmap = TORCH["vmap"]
WORDS = inside.SHARED_WRITE


def test_what_is_the_same_for_all_samples_is_not_written_to_for_each():
    shared = torch.ones(3)
    with pytest.raises(NotImplementedError, match=WORDS):
        vmap(lambda a: (shared.mul_(2) * a).sum())(torch.ones(2, 3))
    assert shared.tolist() == [2.0, 2.0, 2.0]
    number = torch.tensor(0.0)
    with pytest.raises(NotImplementedError, match=WORDS):
        vmap(lambda a: a.sum() + number.add_(1))(torch.ones(2, 3))
    assert number.item() == 1.0


def test_the_sample_of_a_batch_around_is_the_same_for_all_samples_of_one_within():
    with pytest.raises(NotImplementedError, match=WORDS):
        vmap(lambda a: vmap(lambda b: b + a.add_(1).sum())(torch.ones(2)))(torch.ones(2, 3))


def test_a_single_sample_may_write_to_what_is_outside():
    shared = torch.ones(3)
    assert vmap(lambda a: (shared.mul_(2) * a).sum())(torch.ones(1, 3)).tolist() == [6.0]


def test_writes_count_again_after_an_error_for_a_later_sample():
    shared = torch.ones(3)
    with pytest.raises(NotImplementedError):
        vmap(lambda a: shared.mul_(2) + a)(torch.ones(2, 3))
    assert not Version.turns
    shared.add_(1)
    assert shared._version == 2


def test_a_window_is_looked_at_within_memory_alone():
    with pytest.raises(RuntimeError, match="out of bounds for storage of size 12"):
        memory.as_strided(np.arange(3, dtype=np.float32), (2, 2), (2, 1), 0)
    apart = memory.copy_slices((np.zeros((2, 3)), np.ones(2)), "copy_", (2,), (12,), 0, (12, 2))
    assert apart.tolist() == [[1.0, 0.0, 0.0], [1.0, 0.0, 0.0]]


def test_a_window_on_samples_that_lie_apart_takes_its_gradient_from_its_own_places():
    jvp = TORCH["func.jvp"]

    def written(x, y):
        x[:, ::2].copy_(y)
        return x

    x, y = torch.zeros(2, 6, 2), torch.arange(12.0).reshape(2, 2, 3)
    way, along = torch.ones(2, 6, 2), 2 * torch.ones(2, 2, 3)
    out, rate = vmap(lambda *each: jvp(written, each[:2], each[2:]), in_dims=(2, 1, 2, 1))(x, y, way, along)
    assert rate.tolist() == [[[2.0, 1.0] * 3] * 2] * 2
    assert out[:, :, ::2].tolist() == y.movedim(1, 0).tolist()
