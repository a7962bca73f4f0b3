"""What kind of answer a question asks for, and what answering it so needs. Pure."""

from kb.answer.modes.detect import detected as detected
from kb.answer.modes.plan import NOTHING_KNOWN as NOTHING_KNOWN
from kb.answer.modes.plan import Known as Known
from kb.answer.modes.plan import Order as Order
from kb.answer.modes.plan import Plan as Plan
from kb.answer.modes.plan import plan as plan
from kb.answer.modes.speakers import speaker_named as speaker_named
from kb.answer.modes.when import Moment as Moment
from kb.answer.modes.when import is_at as is_at
