"""A page that asks for nothing: a policy written into it allows its own scripts and styles, by hash, and no request."""

import base64
import hashlib
import re

__all__ = ["sealed"]

_INLINE = re.compile(r"<(script|style)>(.*?)</\1>", re.DOTALL)


def sealed(html: str) -> str:
    """The same page with a content security policy as the first thing in its head.

    Browsers then run the inline scripts and styles that are in the page now and nothing else: no script smuggled in
    with a name, no image, no font, no frame, no form, no request.

    >>> "sha256-" in sealed("<html><head></head><body><script>1</script></body></html>")
    True
    >>> sealed("no head")
    'no head'
    """
    hashes: dict[str, list[str]] = {"script": [], "style": []}
    for kind, body in _INLINE.findall(html):
        digest = base64.b64encode(hashlib.sha256(body.encode()).digest()).decode()
        hashes[kind].append(f"'sha256-{digest}'")
    rules = [
        "default-src 'none'",
        "img-src data:",
        *(
            f"{kind}-src {' '.join(dict.fromkeys(found)) or chr(39) + 'none' + chr(39)}"
            for kind, found in hashes.items()
        ),
        "base-uri 'none'",
        "form-action 'none'",
    ]
    policy = f'<meta http-equiv="Content-Security-Policy" content="{"; ".join(rules)}">'
    return html.replace("<head>", f"<head>\n{policy}", 1)
