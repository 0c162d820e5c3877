"""Is this request a person reading, or a machine looking?"""

from collections.abc import Mapping

# Link previews, mail and security scanners, crawlers, monitors and HTTP libraries, as parts of lower-case agents.
MACHINES = (
    *(
        "slackbot",
        "slack-imgproxy",
        "twitterbot",
        "facebookexternalhit",
        "linkedinbot",
        "whatsapp",
        "telegrambot",
    ),
    *(
        "discordbot",
        "skypeuripreview",
        "microsoftpreview",
        "bingpreview",
        "teamsbot",
        "line-poker",
        "kakaotalk-scrap",
    ),
    *(
        "googleimageproxy",
        "googlebot",
        "bingbot",
        "duckduckbot",
        "applebot",
        "yandex",
        "baiduspider",
        "ahrefsbot",
    ),
    *(
        "semrushbot",
        "petalbot",
        "bytespider",
        "gptbot",
        "claudebot",
        "ccbot",
        "perplexitybot",
        "pinterestbot",
    ),
    *("redditbot", "embedly", "iframely", "barracuda", "proofpoint", "mimecast", "safelinks", "urldefense"),
    *(
        "forcepoint",
        "zscaler",
        "trendmicro",
        "sophos",
        "symantec",
        "fireeye",
        "cloudmark",
        "virustotal",
        "urlscan",
    ),
    *(
        "uptimerobot",
        "pingdom",
        "statuscake",
        "curl/",
        "wget/",
        "python-requests",
        "python-urllib",
        "aiohttp",
    ),
    *(
        "go-http-client",
        "okhttp",
        "java/",
        "apache-httpclient",
        "node-fetch",
        "axios",
        "libwww",
        "headlesschrome",
    ),
    *("phantomjs", "lighthouse", "crawler", "spider", "preview", "scanner", "monitor"),
)
_PREFETCH = ("purpose", "sec-purpose", "x-purpose", "x-moz")


def is_person(method: str, headers: Mapping[str, str]) -> bool:
    """Say whether a request looks like a person opening a link; `headers` have lower-case names."""
    agent = headers.get("user-agent", "").lower()
    if method != "GET" or not agent or any(machine in agent for machine in MACHINES):
        return False
    if any(
        word in headers.get(name, "").lower()
        for name in _PREFETCH
        for word in ("prefetch", "preview", "prerender")
    ):
        return False
    # Viewers fetch a file in parts; the first part is the opening, the others belong to it.
    return headers.get("range", "bytes=0-").startswith("bytes=0-")
