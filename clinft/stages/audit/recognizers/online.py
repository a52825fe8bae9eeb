"""(R) Names and numbers that people have online: user names, handles, cookies, advertising identifiers."""

import re

from clinft.stages.audit.patterns import regex
from clinft.stages.audit.rule import Certainty, rule, value_of

PLATFORM = (
    r"(?:twitter|instagram|insta|ig|facebook|fb|tiktok|snapchat|snap|linkedin|youtube|reddit|discord|"
    r"telegram|whatsapp|signal|skype|venmo|paypal|cashapp|zelle|twitch|steam|xbox|psn|threads|mastodon|"
    r"bluesky|wechat|line|github|grindr|tinder)"
)
NO_NAME = regex(
    r"(?i)(?:none|unknown|not|no|removed|redacted|withheld|pending|the|an?|is|was|and|or|for|with|to|on|"
    r"successful|failed|admin|root|guest|passwords?|accounts?|required|invalid|incorrect|errors?|page|screen|"
    r"names?|fields?|patients?|n/?a|assigned|created|entered|expired|locked|disabled|missing|forgotten|"
    r"changed|"
    r"changes|needed|provided|credentials|attempts?|which|that|from|must|should|cannot)"
)


def _is_name(match: re.Match[str]) -> Certainty | None:
    return None if NO_NAME.fullmatch(value_of(match).lstrip("@")) else "plausible"


def _is_handle(match: re.Match[str]) -> Certainty | None:
    """With a digit or an underscore inside, unlike `@property` and `@home`; not a package's `@types-2`."""
    value = value_of(match)
    telling = r"-.*\d\d" if "-" in value else r"[a-zA-Z]\w*[\d_]"
    return "plausible" if re.search(telling, value) else None


RULES = (
    rule(
        "social-handle",
        "ONLINE_IDENTIFIER",
        (
            rf"(?i)\b{PLATFORM}\b(?: (?:handle|account|profile|username|user name|id|name|page)){{0,2}}"
            r"[ :(]{0,3}(?:(?:is|as|under|at) ){0,2}(?P<value>@[\w.]{2,30}\w)"
        ),
        0.85,
        symbol="@",
    ),
    # Without `handle` or `@`: `Snapchat jroe61`, `Skype live:jroe61`. With a colon where a word means more.
    rule(
        "social-name",
        "ONLINE_IDENTIFIER",
        (
            r"(?i)\b(?:(?:twitter|instagram|insta|facebook|fb|tiktok|snapchat|reddit|discord|telegram|skype|"
            r"venmo|cashapp|twitch|mastodon|bluesky|wechat)[ :]{1,3}(?:is )?|(?:ig|snap|steam|psn|xbox|user)"
            r"[\"']?:[ ]{0,2}[\"']?)"
            r"(?P<value>(?!covid|sars)(?:live:)?(?-i:[a-z][a-z._]{3,20}\d{2,6}[a-z_]{0,6}))(?![\w@-]|\.\w)"
        ),
        0.75,
        digit=True,
    ),
    rule(
        "user-name",
        "ONLINE_IDENTIFIER",
        (
            rf"(?i)\b(?:{PLATFORM} (?:handle|account|username|id|name)|user[ _]?name|user[ _]?id|"
            r"login(?:[ _](?:name|id))?|screen ?name|gamer ?tag|handle|portal id|mychart (?:id|username))"
            r"[\"' ]{0,2}(?:[:=]|\bis\b)[\"' ]{0,3}(?P<value>@?[a-z](?:[\w.-]{1,30}\w))(?![\w@])"
        ),
        0.8,
        judge=_is_name,
    ),
    # Without a colon: what no word looks like, or any word behind `user ID` and `user name`.
    rule(
        "user-name-bare",
        "ONLINE_IDENTIFIER",
        (
            r"(?i)\b(?:user[ _]?name|user[ _]?id|login(?: (?:name|id))?|screen ?name|handle)[ ]"
            r"(?P<value>(?-i:[a-z][a-z0-9]{0,20}(?:[._-][a-z0-9]{1,20}){1,3}|[a-z]{2,20}\d{1,6}))"
            r"(?![\w@.-]\w|[ ]?[:=])"
        ),
        0.7,
        judge=_is_name,
    ),
    rule(
        "user-name-word",
        "ONLINE_IDENTIFIER",
        r"(?i)\buser[ _]?(?:name|id)[ ](?P<value>(?-i:[a-z]{5,30}))(?![\w@.-]|[ ]?[:=])",
        0.6,
        judge=_is_name,
    ),
    rule(
        "handle-of-somebody",
        "ONLINE_IDENTIFIER",
        (
            r"(?i)\b(?:as|by|handle|messages?|dms?|follow(?:s|ed)?|tag(?:s|ged)?|tweet(?:s|ed)?|post(?:s|"
            r"ed)?|"
            r"user|account|profile|contact|find)[ ](?:(?:as|by|on|at|to|is) )?(?P<value>@[a-z][\w.]{2,29})"
            r"(?![\w@])"
        ),
        0.8,
        symbol="@",
    ),
    # Names with a dot or a sign of their place: `posts as @june.rn2`, `gamer tag bass06#1004`, `u/trail`.
    rule(
        "handle-by-word",
        "ONLINE_IDENTIFIER",
        (
            rf"(?i)\b(?:posts as|posting as|goes by|gamer ?tag|screen ?name|(?:{PLATFORM} )?(?:handle|"
            r"account|user(?:name)?))[ :]{1,3}(?:is )?"
            r"(?P<value>@[a-z][\w.-]{2,40}\w|u/[\w.-]{3,30}|[a-z][\w.-]{2,30}#\d{3,5})"
        ),
        0.8,
    ),
    rule(
        "handle",
        "ONLINE_IDENTIFIER",
        r"(?<![\w.@/+-])@[A-Za-z]\w{2,29}(?:-\w{1,20}){0,3}(?![\w@]|\.\w|-\w)",
        0.7,
        judge=_is_handle,
        symbol="@",
    ),
    rule(
        "tracking-number",
        "ONLINE_IDENTIFIER",
        (
            r"(?i)\b(?:cookies?|session|idfa|idfv|gaid|aaid|maid|adid|advertising|device token|push token|"
            r"client|visitor|tracking|browser fingerprint|fbclid|gclid|phpsessid|jsessionid)"
            r"(?:[ _-]?(?:id|identifier|token|value|key))?[\"' ]{0,2}(?:[:=]|\bis\b)[\"' ]{0,3}"
            r"(?P<value>(?=[\w.%~-]{0,30}\d)[\w.%~-]{8,200})"
        ),
        0.85,
        digit=True,
    ),
    # Google Analytics and Facebook: a version, a random number, the time of the first visit.
    rule(
        "analytics-cookie",
        "ONLINE_IDENTIFIER",
        r"\b(?:GA1\.\d\.\d{6,10}\.\d{10}|fb\.\d\.\d{10,13}\.\d{6,20})\b",
        0.95,
        digit=True,
        symbol=".",
    ),
)
