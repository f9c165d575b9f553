"""What another tool's refusal means to whoever asked for the hand-over."""


class NotTaken(Exception):
    """The tool refused or did not answer; `passing` says whether it may be tried again."""

    def __init__(self, sentence: str, *, passing: bool) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.passing = passing
