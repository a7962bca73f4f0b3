"""Models in child processes, and where their files come from."""

from kb.inference.models import ChildEncoder as ChildEncoder
from kb.inference.models import ChildGenerator as ChildGenerator
from kb.inference.models import open_encoder as open_encoder
from kb.inference.models import open_generator as open_generator
from kb.inference.protocol import ChatPrompt as ChatPrompt
from kb.inference.protocol import Encoder as Encoder
from kb.inference.protocol import Generator as Generator
from kb.inference.protocol import Role as Role
from kb.inference.protocol import Sampling as Sampling
from kb.inference.protocol import Vectors as Vectors
