"""Rich text: sections, lists, quotes and the pieces in them."""

from bot.local_slack.blocks.rules import Check, boolean, list_of, one_of, shape, string, typed, url, whole

_STYLES = ("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink")
_STYLE: dict[str, Check] = {"style": shape({}, dict.fromkeys(_STYLES, boolean))}
_WORD = string(3000, 1)
_PIECE = typed(
    {
        "text": shape({"text": string(13_000, 1)}, _STYLE),
        "link": shape({"url": url(3000)}, {**_STYLE, "text": string(3000), "unsafe": boolean}),
        "emoji": shape({"name": _WORD}, {"unicode": _WORD, "skin_tone": whole(1, 6), **_STYLE}),
        "user": shape({"user_id": _WORD}, _STYLE),
        "channel": shape({"channel_id": _WORD}, _STYLE),
        "usergroup": shape({"usergroup_id": _WORD}, _STYLE),
        "team": shape({"team_id": _WORD}, _STYLE),
        "broadcast": shape({"range": one_of("here", "channel", "everyone")}, _STYLE),
        "color": shape({"value": _WORD}, _STYLE),
        "date": shape(
            {"timestamp": whole(0, 9_999_999_999), "format": _WORD}, {"url": url(3000), "fallback": _WORD, **_STYLE}
        ),
    },
    "rich text element",
)
_PIECES = list_of(_PIECE)
_SECTION = shape({"elements": _PIECES})
_BORDER: dict[str, Check] = {"border": whole(0, 1)}
_LIST = shape(
    {
        "elements": list_of(typed({"rich_text_section": _SECTION}, "rich text element")),
        "style": one_of("bullet", "ordered"),
    },
    {**_BORDER, "indent": whole(0, 8), "offset": whole(0, 10_000)},
)

RICH_TEXT_FIELDS: dict[str, Check] = {
    "elements": list_of(
        typed(
            {
                "rich_text_section": _SECTION,
                "rich_text_list": _LIST,
                "rich_text_quote": shape({"elements": _PIECES}, _BORDER),
                "rich_text_preformatted": shape({"elements": _PIECES}, {**_BORDER, "language": _WORD}),
            },
            "rich text element",
        )
    )
}
RICH_TEXT = typed({"rich_text": shape(RICH_TEXT_FIELDS, {"block_id": string(255)})}, "block")
