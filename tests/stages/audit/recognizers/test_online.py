"""(R) What people are called online. All are invented."""

import pytest

from tests.stages.audit.recognizers.finding import found

VALUES = [
    ("instagram @jroe_1949", "@jroe_1949"),
    ("Twitter handle @janeroe", "@janeroe"),
    ("snapchat: @j.roe", "@j.roe"),
    ("follows @jroe49 online", "@jroe49"),
    ("DM @jane_roe for it", "@jane_roe"),
    ("username: jroe49", "jroe49"),
    ("user name is janeroe", "janeroe"),
    ("user_id = j.roe-49", "j.roe-49"),
    ("Facebook account: jane.roe", "jane.roe"),
    ("login: jroe", "jroe"),
    ("MyChart username is jroe49", "jroe49"),
    ("gamertag: RoeRunner", "RoeRunner"),
    ("User ID haoran_guo", "haoran_guo"),
    ("user name pieterdevries", "pieterdevries"),
    ("login roe.jane", "roe.jane"),
    ("messages as @tuyetvo", "@tuyetvo"),
    ("cookie id: a8f3c2e19b7d", "a8f3c2e19b7d"),
    ("session_id=8f3c2e19b7d4a6", "8f3c2e19b7d4a6"),
    ("IDFA: 6D92078A-8246-4BA4-AE5B-76104861E7DC", "6D92078A-8246-4BA4-AE5B-76104861E7DC"),
    ("device token is 740f4707bebcf74f", "740f4707bebcf74f"),
    ("_ga GA1.2.482913771.1700000000", "GA1.2.482913771.1700000000"),
    ("fb.1.1700000000000.4829137711", "fb.1.1700000000000.4829137711"),
    ("IG: jroe61", "jroe61"),
    ("Snapchat jroe61", "jroe61"),
    ("Skype live:jroe61", "live:jroe61"),
    ("user: jroe61", "jroe61"),
    ("ask @Jane-Roe-61 about it", "@Jane-Roe-61"),
]
MATCHES = [(text, value, "ONLINE_IDENTIFIER") for text, value in VALUES]
NEAR_MISSES = [
    "twitter covid19 posts",
    "@ home",
    "@ 5 mL/h",
    "seen @1430",
    "rate @75",
    "@property def name",
    "login: failed",
    "username: none",
    "username is required",
    "user ID required",
    "user name changes",
    "login failed twice",
    "line: 3 of 12",
    "Foley to gravity, line is patent",
    "signal: normal on T2",
    "session 3 of 12",
    "session: 45 minutes",
    "client is 62 years old",
    "cookie for hypoglycemia",
    "handle with care",
    "jane.roe@example.org",
    "snap fit at 12 o'clock",
    "discord bot42; user: gpt40",
    "IG igm200",
    "@types-2 and @babel-core",
    "signal t2flair12",
]


@pytest.mark.parametrize(("text", "value", "entity_type"), MATCHES)
def test_an_online_name_is_found(text: str, value: str, entity_type: str) -> None:
    assert (entity_type, value) in found("online", text)


@pytest.mark.parametrize("text", NEAR_MISSES)
def test_what_only_looks_like_one_is_not(text: str) -> None:
    assert found("online", text) == set()
