"""Texts that were read in a wrong encoding and written down so: which they are, and what they may have been."""

__all__ = ["is_mojibake", "restored"]

_RUN = 4
"""Signs beyond ASCII in a row that no language of Latin letters has."""
_SURE = 3


def is_mojibake(text: str) -> bool:
    """Whether a text holds letters no text has: signs of a lost encoding, or one read as another.

    >>> is_mojibake("å…¬å›­"), is_mojibake("鍖婚櫌"), is_mojibake("天津医院"), is_mojibake("Peluquería Ñandú")
    (True, True, False, False)
    >>> is_mojibake("")
    False
    """
    if text.isascii():
        return False
    if "\ufffd" in text or "\u951f\u65a4\u62f7" in text or "\u70eb\u70eb\u70eb" in text:
        return True
    return _latin(text) or _reread(text)


def _latin(text: str) -> bool:
    """Chinese bytes written as Latin letters: long runs of them, which give Chinese when turned back."""
    run = longest = 0
    for sign in text:
        run = run + 1 if not sign.isascii() else 0
        longest = max(longest, run)
    if longest < _RUN or any(sign >= "\u2e80" for sign in text if sign not in "\u2026\u203a\u2039"):
        return False
    return bool(restored(text))


def _reread(text: str) -> bool:
    """UTF-8 read as GBK: Chinese that gives other, shorter Chinese when turned back, which hardly ever happens."""
    chinese = "".join(sign for sign in text if sign >= "\u2e80")
    turned = _turned(chinese, "gb18030", "utf-8") if len(chinese) >= _SURE else ""
    return bool(turned) and all(sign >= "\u2e80" for sign in turned)


def _turned(text: str, as_read: str, meant: str) -> str:
    try:
        return text.encode(as_read).decode(meant)
    except UnicodeError:
        return ""


def restored(text: str) -> str:
    """The Chinese a text of Latin letters may have been; an empty text where it gives none.

    >>> restored("µØÀà±àÂë"), restored("å…¬å›­"), restored("Ñandú"), restored("")
    ('地类编码', '公园', '', '')
    """
    for as_read in ("cp1252", "latin-1"):
        for meant in ("utf-8", "gb18030"):
            turned = _turned(text, as_read, meant)
            if any("\u4e00" <= sign <= "\u9fff" for sign in turned):
                return turned
    return ""
