from .contributions import contributions as contributions
from .gradients import gradients as gradients
from .occlusion import occlusion as occlusion
from .trust import Checks as Checks
from .trust import check_map as check_map
from .voice import counterfactuals as counterfactuals
from .words import words_and_voice as words_and_voice
