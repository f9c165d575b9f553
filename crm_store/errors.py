"""Errors that speak: the text of a CrmError is a sentence for the person who caused it."""


class CrmError(Exception):
    """Rapport could not do that."""

    def __init__(self, sentence: str | None = None) -> None:
        super().__init__(sentence or (type(self).__doc__ or "").strip())

    @property
    def sentence(self) -> str:
        """What the person reads."""
        return str(self)


class NotFound(CrmError):
    """There is nothing by that name."""

    def __init__(self, sentence: str | None = None, wanted: str = "") -> None:
        super().__init__(sentence)
        self.wanted = wanted


class Ambiguous(CrmError):
    """Several customers fit; choose one."""

    def __init__(self, sentence: str | None = None, wanted: str = "", candidates: tuple[object, ...] = ()) -> None:
        super().__init__(sentence)
        self.wanted = wanted
        self.candidates = candidates


class NotAllowed(CrmError):
    """You may not do that in this team."""


class Stale(CrmError):
    """Somebody changed this in the meantime; look at it again."""


class BadInput(CrmError):
    """That could not be read."""

    def __init__(self, sentence: str | None = None, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class BadSetting(CrmError):
    """A setting has a value that cannot be used."""


class StoreUnavailable(CrmError):
    """The store does not answer at the moment; nothing was changed."""


class NotUndoable(CrmError):
    """That can no longer be undone."""


class DeliveryError(CrmError):
    """Something could not be delivered; `permanent` says whether trying again can help."""

    def __init__(
        self,
        sentence: str | None = None,
        *,
        permanent: bool,
        code: str = "",
        retry_after: float | None = None,
        needed: str = "",
    ) -> None:
        super().__init__(sentence)
        self.needed = needed
        self.permanent = permanent
        self.code = code
        self.retry_after = retry_after
