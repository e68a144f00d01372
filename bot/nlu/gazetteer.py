"""Names of the states in English and Spanish, and their abbreviations, as people write them (lower case, no accents)."""

from __future__ import annotations

from typing import Dict, FrozenSet

_ENGLISH = """
AL alabama ala|AK alaska|AZ arizona ariz|AR arkansas ark|CA california calif cali|CO colorado colo|CT connecticut conn|
DE delaware|DC district of columbia,washington dc,washington d c,d c|FL florida fla|GA georgia|HI hawaii|ID idaho|
IL illinois ill|IN indiana ind|IA iowa|KS kansas kans|KY kentucky|LA louisiana|ME maine|MD maryland|MA massachusetts mass|
MI michigan mich|MN minnesota minn|MS mississippi miss|MO missouri|MT montana|NE nebraska|NV nevada|NH new hampshire|
NJ new jersey,jersey|NM new mexico|NY new york,new york state,nyc|NC north carolina,n carolina|ND north dakota,n dakota|
OH ohio|OK oklahoma okla|OR oregon|PA pennsylvania penn|PR puerto rico|RI rhode island|SC south carolina,s carolina|
SD south dakota,s dakota|TN tennessee tenn|TX texas tex|UT utah|VT vermont|VA virginia|WA washington state,state of washington|
WV west virginia,w virginia|WI wisconsin wis wisc|WY wyoming
"""
_SPANISH = """
CA californias|DC distrito de columbia|HI hawai|LA luisiana|MI misigan,michigan|MS misisipi|MO misuri,misouri|NC carolina del norte|
ND dakota del norte|NH nuevo hampshire|NJ nueva jersey|NM nuevo mexico,nuevo méxico|NY nueva york,nueva yor|OR oregón|
PA pensilvania,pensylvania,pensilvania|SC carolina del sur|SD dakota del sur|TX tejas|VA virginia|WV virginia occidental|
WA estado de washington|WI wisconsin,güisconsin,wiscosin,winsconsin|IL illinoi,ilinois
"""


def _read(table: str) -> Dict[str, str]:
    names: Dict[str, str] = {}
    for entry in table.replace("\n", "").split("|"):
        code, _, forms = entry.strip().partition(" ")
        listed = forms.split(",") if "," in forms or code in _MANY_WORDS else forms.split(" ")
        for form in listed:
            names[form.strip()] = code
    return names


_MANY_WORDS = {"DC", "NH", "NM", "RI", "WA", "NC", "SC"}

# Abbreviations that are everyday words in English or Spanish: they count only in capitals at the end, or after a comma.
AMBIGUOUS_ABBREVIATIONS: FrozenSet[str] = frozenset(
    "in or me hi ok oh id la de co pa ma al ca as so mi va ne wa md ar ut mo mt nd".split()  # noqa: SIM905
)

# Washington alone stays out: it is a state and a city, and the rules ask which.
STATE_NAMES: Dict[str, str] = {**_read(_ENGLISH), **_read(_SPANISH)}
STATE_NAMES.update({code.lower(): code for code in set(STATE_NAMES.values())})
STATE_NAMES["washington"] = "WA"
STATE_NAMES["georgia"] = "GA"
