"""The note styles: how different people write the same facts down.

Each has its own wording, so that a style kept for testing is new to the model. Findings are symptoms and
signs mixed: no wording may say that the patient tells them.
"""

from clinft.stages.prepare.note import Line, Style

ALWAYS, OFTEN, HALF = 100, 75, 50


def _line(*texts: str, chance: int = ALWAYS) -> Line:
    return Line(texts, chance)


_ALL = (
    Style(
        "ed-triage",
        " ",
        (
            _line(
                "{age}{letter}, presenting complaint: {findings_list}.", "{age}{letter} with {findings_list}."
            ),
            _line("Started {duration} ago, {course}."),
            _line("Obs: HR {pulse}, BP {bp}, RR {breaths}, T {temp}, sats {spo2}%."),
            _line("{denied_list}.", chance=OFTEN),
            _line("PMH {history_list}.", "Known {history_list}, on {medicines}."),
            _line("FHx {family} ({relative}).", chance=HALF),
            _line("{tests_list}."),
            _line("Triage impression: {dx}, patient looks {looks}.", "Working dx {dx}. Looks {looks}."),
            _line("To get {treatment_list}.", chance=OFTEN),
        ),
    ),
    Style(
        "hpi",
        " ",
        (
            _line(
                "This is {an} {age}-year-old {man} with a past history of {history} "
                "who presents with {findings}, beginning {duration} ago.",
                "The patient is {an} {age}-year-old {man} who presents with {findings}, "
                "noticed {duration} ago.",
            ),
            _line("Since then the course is {course}.", "Overall the picture is {course}.", chance=OFTEN),
            _line("{he} has had no {denied}."),
            _line("{his} {relative} had {family}.", chance=OFTEN),
            _line("Investigations show {tests}."),
            _line(
                "Assessment is {dx}; we considered {excluded} but it does not fit.",
                "The presentation is most consistent with {dx}.",
            ),
            _line("{he} will receive {treatment}."),
        ),
    ),
    Style(
        "discharge-summary",
        "\n",
        (
            _line("Principal diagnosis: {dx}", "Discharge diagnosis: {dx}"),
            _line("Secondary: {history_list}"),
            _line(
                "Summary: {man}, {age} years, came in with {findings}. Testing: {tests_list}. "
                "Managed with {treatment}.",
                "Summary: {age}-year-old {man} came in with {findings}. Work-up revealed {tests}. "
                "Treatment plan {treatment}.",
            ),
            _line("Ruled out during stay: {excluded}", chance=OFTEN),
            _line("Family: {relative}, {family}", chance=HALF),
            _line("On arrival {looks}, BP {bp}, pulse {pulse}, temperature {temp}.", chance=OFTEN),
            _line("Home medicines continued: {medicines}."),
        ),
    ),
    Style(
        "progress-note",
        "\n",
        (
            _line(
                "S: {findings} for {duration}, {course}. No {denied}.",
                "S: {findings}; {course}. No {denied}.",
            ),
            _line(
                "O: {looks}. BP {bp} HR {pulse} RR {breaths} T {temp} SpO2 {spo2}%. "
                "Labs/imaging: {tests_list}."
            ),
            _line("A: {dx} in {age}-year-old {man}. Chronic: {history_list}.", "A: {age}{letter} with {dx}."),
            _line("P: {treatment_list}. Continue {medicines}.", "P: {treatment_list}."),
        ),
    ),
    Style(
        "referral",
        " ",
        (
            _line(
                "Thank you for seeing this {age}-year-old {man} whom I believe has {dx}.",
                "I would be grateful for your opinion on this {man} of {age} with {dx}.",
            ),
            _line("The features are {findings}; they go back {duration} and are {course}."),
            _line("There is no {denied}.", chance=OFTEN),
            _line("Our results: {tests}."),
            _line("Management under way or proposed: {treatment}.", "I had in mind {treatment}."),
            _line("Long-standing problems: {history}, for which {he} takes {medicines}."),
            _line("Of note, a {relative} with {family}.", chance=HALF),
            _line("I do not think this is {excluded}.", chance=OFTEN),
        ),
    ),
    Style(
        "phone-handoff",
        " ",
        (
            _line("Hi, calling about {an} {age}-year-old {man}.", "Quick handoff: {man}, {age}."),
            _line(
                "Problem list starts with {findings}, {duration} back.",
                "Main issues are {findings}, roughly {duration} now.",
            ),
            _line("So we are treating this as {dx}.", "Bottom line, it is {dx}."),
            _line("We looked for {excluded} and did not find it.", chance=OFTEN),
            _line("Back results: {tests}."),
            _line("Still to do or running: {treatment}."),
            _line("Last set of vitals {bp}, heart rate {pulse}, {spo2} percent on the monitor."),
            _line("Background is {history}.", "Background of {history}, uses {medicines}."),
            _line("Nothing in the way of {denied}.", chance=HALF),
        ),
    ),
    Style(
        "ward-round",
        "\n",
        (
            _line("{letter} {age} - {dx}, {course}", "{age} yrs {letter}. Problem 1: {dx} ({course})"),
            _line("Background: {history_list}"),
            _line("Features {duration}: {findings_list}"),
            _line("Nil {denied}", chance=OFTEN),
            _line("Results: {tests_list}"),
            _line("On exam {looks}; {bp}, P {pulse}, {temp} C, sat {spo2}%"),
            _line("Plan - {treatment_list}; keep {medicines}", "Plan - {treatment_list}"),
        ),
    ),
    Style(
        "consult",
        " ",
        (
            _line(
                "Reason for consultation: evaluation of {findings}.",
                "Asked to evaluate a {man} aged {age} for {findings}.",
            ),
            _line("Time course {duration}, {course}."),
            _line("Pertinent negatives: {denied_list}."),
            _line(
                "Medical history includes {history}.", "Significant for {history}, maintained on {medicines}."
            ),
            _line("Family history: {family} in {his} {relative}.", chance=OFTEN),
            _line("Data reviewed: {tests}."),
            _line("Opinion: findings support {dx} rather than {excluded}.", "Opinion: {dx}."),
            _line("Recommend {treatment}."),
        ),
    ),
    Style(
        "nursing-note",
        " ",
        (
            _line("{man}, {age}, under care for {dx}.", "Caring for {man} {age} y, primary problem {dx}."),
            _line("Here because of {findings}, {duration} so far.", "Noted: {findings}."),
            _line("No complaint of {denied}.", chance=OFTEN),
            _line(
                "Vitals taken: temp {temp}, pulse {pulse}, resp {breaths}, "
                "blood pressure {bp}, oxygen {spo2}%."
            ),
            _line("Appears {looks}; condition {course}."),
            _line(
                "Also lives with {history}; own tablets {medicines} charted.", "Also lives with {history}."
            ),
            _line("Lab/imaging on chart: {tests_list}."),
            _line("Care plan: {treatment}."),
        ),
    ),
    Style(
        "dictation",
        " ",
        (
            _line("Dictated note on a {man} of {age} comma seen for {findings} period."),
            _line("Duration {duration} period.", chance=HALF),
            _line("Past medical history {history} period."),
            _line("Family history positive for {family} in the {relative} period.", chance=HALF),
            _line("Negative for {denied} period."),
            _line("Workup {tests} period."),
            _line(
                "Impression number one {dx} period.",
                "Final impression {dx} comma {excluded} excluded period.",
            ),
            _line("Plan number one {treatment} period."),
        ),
    ),
    Style(
        "specialist-letter",
        " ",
        (
            _line(
                "I saw this {age}-year-old {man} at your request.",
                "Thank you for sending this {man} ({age}).",
            ),
            _line("The diagnosis is {dx}.", "I explained that the cause is {dx}."),
            _line("The story is one of {findings} over {duration}."),
            _line("We found {tests}.", "Tests gave {tests}."),
            _line("There was mention of {family} in the {relative}.", chance=OFTEN),
            _line("I could exclude {excluded}.", chance=OFTEN),
            _line("Existing conditions: {history} (current medicine {medicines})."),
            _line("I suggest {treatment}, as things are {course}."),
        ),
    ),
    Style(
        "sbar",
        "\n",
        (
            _line("Situation: {age} year old {man}, {findings}, {course}."),
            _line(
                "Background: {history_list} ({medicines}). Began {duration} back.",
                "Background: began {duration} back.",
            ),
            _line("Family risk: {relative} - {family}.", chance=HALF),
            _line(
                "Assessment: {dx}. RR {breaths}, {temp} C, BP {bp}, pulse {pulse}. Found {tests}.",
                "Assessment: {tests}. This is {dx}, not {excluded}. BP {bp}, SpO2 {spo2}.",
            ),
            _line("Absent: {denied}.", chance=OFTEN),
            _line("Recommendation: {treatment}."),
        ),
    ),
)
STYLES: dict[str, Style] = {style.name: style for style in _ALL}
