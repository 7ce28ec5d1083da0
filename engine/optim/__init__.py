"""`torch.optim`: rules that change parameters by their gradients, in place and untracked."""

from engine.optim import lr_scheduler
from engine.optim.adafactor import Adafactor
from engine.optim.adam import Adam, AdamW
from engine.optim.lbfgs import LBFGS
from engine.optim.moments import Adamax, NAdam, RAdam
from engine.optim.optimizer import Optimizer
from engine.optim.rms import Adadelta, Adagrad, RMSprop
from engine.optim.rprop import ASGD, Rprop
from engine.optim.sgd import SGD

OPTIMIZERS: tuple[type[Optimizer], ...] = (
    SGD, Adam, AdamW, RMSprop, Adagrad, Adadelta, Adamax, NAdam, RAdam, Rprop, ASGD, LBFGS, Adafactor,
)  # fmt: skip

__all__ = [
    "ASGD", "LBFGS", "OPTIMIZERS", "SGD", "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "NAdam", "Optimizer", "RAdam", "RMSprop", "Rprop", "lr_scheduler",
]  # fmt: skip
