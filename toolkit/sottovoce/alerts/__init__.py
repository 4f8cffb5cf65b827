"""Alerts on shares: rules, how often they are right, what they cost and save, and their review.

`Rule` says when an alert is raised, `apply_rule` holds it against shares, `score_rule` and
`threshold_curve` hold its alerts against what listeners heard, `choose_threshold` finds the
threshold that saves most under stated `Assumptions`, and `AlertLog` keeps every alert with the
verdicts of those who reviewed it, `reviewed_precision` what these come to.

Inferring emotions of people at work and in education is banned in the European Union (AI Act,
Regulation 2024/1689, Article 5(1)(f)), except for medical and safety reasons; elsewhere emotion
recognition is high-risk, and people must be told. An alert is a reason for a person to listen, and
no finding about anybody: let nothing follow from one that nobody has confirmed.
"""

from sottovoce.alerts.assumptions import Assumptions
from sottovoce.alerts.choice import CHOICE_QUANTITIES, choose_threshold
from sottovoce.alerts.log import AlertLog
from sottovoce.alerts.records import Alert, Verdict
from sottovoce.alerts.review import reviewed_precision
from sottovoce.alerts.rule import AMBIGUITY, Condition, Rule, as_rule
from sottovoce.alerts.scores import ALERT_MEASURES, score_rule, threshold_curve
from sottovoce.alerts.watching import Watch, apply_rule

__all__ = [
    "ALERT_MEASURES",
    "AMBIGUITY",
    "CHOICE_QUANTITIES",
    "Alert",
    "AlertLog",
    "Assumptions",
    "Condition",
    "Rule",
    "Verdict",
    "Watch",
    "apply_rule",
    "as_rule",
    "choose_threshold",
    "reviewed_precision",
    "score_rule",
    "threshold_curve",
]
