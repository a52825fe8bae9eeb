"""Slack's codes in words: what failed, why, and what to do. Nothing else of an answer is ever repeated."""

import re

from clinft.errors import ClinftError, PolicyViolation, ServiceError

CODE = re.compile(r"[a-z_]{1,60}")
SCOPES = re.compile(r"[a-z:._]{1,40}(,[a-z:._]{1,40}){0,9}")

UNKNOWN = "unknown"
TOKEN = (
    "The bot token is wrong, expired, or of an app that was removed.",
    "Copy the app's Bot User OAuth Token (xoxb-...) anew into this host's line of CLINFT_SINK_KEYS, or, on a "
    "laptop, into SLACK_BOT_TOKEN.",
)
CHANNEL = (
    "The id in the policy is wrong, or the app is not in that channel.",
    "Copy the id from the channel's details, and invite the app: /invite @its-name.",
)
NOT_ALLOWED = (
    "An administrator of the workspace restricts what apps may do.",
    "Ask the administrators to allow this app in this channel, or name another channel in the policy.",
)
CLOSED = (
    "The channel was archived, or is closed to new messages.",
    "Reopen it or name another in the policy.",
)
APP_TOKEN = (
    "Only a bot token of an app can do this.",
    "Put the Bot User OAuth Token (xoxb-...) of an app of your own into CLINFT_SINK_KEYS, or, on a laptop, "
    "into SLACK_BOT_TOKEN.",
)
WEBHOOK = (
    "The webhook was removed, or its path in the secret CLINFT_SINK_KEYS is wrong.",
    "Make a new webhook in the app's settings and write: hooks.slack.com /services/...",
)
# What a person must mend.
MEND: dict[str, tuple[str, str]] = {
    **dict.fromkeys(
        (
            "invalid_auth",
            "not_authed",
            "account_inactive",
            "token_revoked",
            "token_expired",
            "two_factor_setup_required",
        ),
        TOKEN,
    ),
    **dict.fromkeys(
        ("channel_not_found", "not_in_channel", "invalid_channel", "channel_type_not_supported"), CHANNEL
    ),
    **dict.fromkeys(("is_archived", "channel_is_archived", "is_inactive", "messages_tab_disabled"), CLOSED),
    **dict.fromkeys(("not_allowed_token_type", "metadata_must_be_sent_from_app"), APP_TOKEN),
    **dict.fromkeys(
        (
            "access_denied",
            "action_prohibited",
            "accesslimited",
            "no_permission",
            "org_login_required",
            "ekm_access_denied",
            "enterprise_is_restricted",
            "team_access_not_granted",
            "missing_post_type",
            "posting_to_general_channel_denied",
            "restricted_action",
            "restricted_action_read_only_channel",
            "restricted_action_thread_locked",
            "restricted_action_thread_only_channel",
            "restricted_action_non_threadable_channel",
            "slack_connect_file_link_sharing_blocked",
            "team_disabled",
        ),
        NOT_ALLOWED,
    ),
    **dict.fromkeys(("no_service", "no_service_id", "no_active_hooks", "invalid_token", "no_team"), WEBHOOK),
}
# What may have happened nevertheless.
UNSURE = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
BUSY = frozenset({"ratelimited", "rate_limited", "message_limit_exceeded", "rollup_error"})
DELETED = frozenset({"message_not_found", "thread_not_found"})
# What is new is told in another message.
GONE = DELETED | {"cannot_reply_to_message", "cant_update_message", "edit_window_closed"}
# What keeps from reading back, and need not keep from writing.
UNREADABLE = frozenset(
    {
        "missing_scope",
        "not_in_channel",
        "channel_not_found",
        "access_denied",
        "no_permission",
        "not_allowed_token_type",
    }
)


class Refused(Exception):
    """Slack's code for one call. Stays within this package."""

    def __init__(self, method: str, code: str, needed: str = "") -> None:
        super().__init__(method, code)
        self.method, self.code, self.needed = method, code, needed


class Lost(Exception):
    """No answer: what was asked for may have been done. Stays within this package."""


def code_of(text: object) -> str:
    return text if isinstance(text, str) and CODE.fullmatch(text) else UNKNOWN


def scopes_of(text: object) -> str:
    return text if isinstance(text, str) and SCOPES.fullmatch(text) else ""


def in_words(refusal: Refused) -> ClinftError:
    what = f"Slack refused {refusal.method}: {refusal.code}."
    if refusal.code == "missing_scope":
        return PolicyViolation(
            what,
            f"The app lacks the scope {refusal.needed or 'that the answer names'}.",
            "Add it under OAuth & Permissions, install the app anew and copy its bot token again.",
        )
    if refusal.code in MEND:
        return PolicyViolation(what, *MEND[refusal.code])
    if refusal.code in BUSY:
        return too_busy(refusal.method)
    if refusal.code in UNSURE:
        return unreachable(refusal.method)
    return ServiceError(
        what,
        "Slack gives no other reason; clinft and Slack may disagree about what a message looks like.",
        "It is tried again; look the code up in Slack's reference, and report it where it stays.",
    )


def too_busy(method: str) -> ServiceError:
    return ServiceError(
        f"Slack takes no more calls of {method} for now.",
        "About one message a second is taken for each channel, fewer while Slack is busy.",
        "It is tried again later; nothing needs to be done.",
    )


def unreachable(method: str) -> ServiceError:
    return ServiceError(
        f"Slack did not answer {method}.",
        "Slack or the network in between has a problem.",
        "It is tried again later; where it stays, see status.slack.com and the proxy of this machine.",
    )
