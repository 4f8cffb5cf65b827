"""What a run says, for people: tables of answers, the evaluation, and the demo's page."""

from sottovoce.reports.answers import AnswerRow, answer_rows, failures, in_words
from sottovoce.reports.assessment import Assessment, assess
from sottovoce.reports.comparison import Comparison
from sottovoce.reports.demo import write_demo
from sottovoce.reports.model_card import results_table, write_model_card
from sottovoce.reports.pilot.findings import Findings, find
from sottovoce.reports.pilot.report import report_page, write_report
from sottovoce.reports.predictors import STANDARD_READOUTS, parse_readout, predict

__all__ = [
    "STANDARD_READOUTS",
    "AnswerRow",
    "Assessment",
    "Comparison",
    "Findings",
    "answer_rows",
    "assess",
    "failures",
    "find",
    "in_words",
    "parse_readout",
    "predict",
    "report_page",
    "results_table",
    "write_demo",
    "write_model_card",
    "write_report",
]
