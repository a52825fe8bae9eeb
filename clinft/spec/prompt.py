"""`prompt/prompt.md`: the system prompt and the examples, as a reviewer reads them.

# System
You are ...

## Example
### Input
text of a note
### Output
circulatory
"""

from clinft.spec.base import Strict


class PromptExample(Strict):
    input: str
    output: str


class Prompt(Strict):
    system: str
    examples: tuple[PromptExample, ...] = ()
