__version__: str
from .audio import Recording as Recording
from .audio import find_recordings as find_recordings
from .audio import load_recording as load_recording
from .capture import capture as capture
from .corpora import Corpus as Corpus
from .corpora import load_corpus as load_corpus
from .corpora import load_votes as load_votes
from .dataset import open_run as open_run
from .dataset import save_run as save_run
from .evaluation import compare as compare
from .evaluation import evaluate as evaluate
from .evaluation import to_table as to_table
from .models import SpeechModel as SpeechModel
from .models import load_model as load_model
from .prompts import Prompt as Prompt
from .prompts import get_prompt as get_prompt
from .prompts import get_prompts as get_prompts
from .prompts import list_prompts as list_prompts
from .readout import read_out as read_out
from .vocabulary import TokenSet as TokenSet

from . import plots as plots
