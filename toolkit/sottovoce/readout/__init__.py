"""From a run to emotion distributions: rules at the level of tokens, and of text."""

from sottovoce.readout.answer import answer_step as answer_step
from sottovoce.readout.answer_text import text as text
from sottovoce.readout.expectation import expected_percentage as expected_percentage
from sottovoce.readout.expected_share import expected_share as expected_share
from sottovoce.readout.means import mean_logit as mean_logit
from sottovoce.readout.means import mean_logprob as mean_logprob
from sottovoce.readout.means import mean_prob as mean_prob
from sottovoce.readout.parse import parse_answer as parse_answer
from sottovoce.readout.pooling import pooled_log_probability as pooled_log_probability
from sottovoce.readout.ratios import ratio as ratio
from sottovoce.readout.registry import READOUTS as READOUTS
from sottovoce.readout.registry import read_out as read_out
from sottovoce.readout.result import Policy as Policy
from sottovoce.readout.steps import NamedSteps as NamedSteps
from sottovoce.readout.steps import choose_steps as choose_steps
from sottovoce.readout.windows import pool_windows as pool_windows
