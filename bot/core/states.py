"""The states and territories: codes, names in two languages, usual short forms, and which share a border.

Responsible for fixed facts only. Must not know ZIP codes, offices or databases.
"""

from __future__ import annotations

from dataclasses import dataclass

# code | English | Spanish | other spellings and short forms | states that share a land or river border
_TABLE = """
AL|Alabama|Alabama|ala|FL GA MS TN
AK|Alaska|Alaska||
AZ|Arizona|Arizona|ariz|CA NM NV UT
AR|Arkansas|Arkansas|ark, arcansas|LA MO MS OK TN TX
CA|California|California|cal, calif|AZ NV OR
CO|Colorado|Colorado|colo|KS NE NM OK UT WY
CT|Connecticut|Connecticut|conn, conneticut|MA NY RI
DE|Delaware|Delaware|del|MD NJ PA
DC|District of Columbia|Distrito de Columbia|washington dc, washington d c|MD VA
FL|Florida|Florida|fla|AL GA
GA|Georgia|Georgia||AL FL NC SC TN
HI|Hawaii|Hawái|hawai i|
ID|Idaho|Idaho||MT NV OR UT WA WY
IL|Illinois|Illinois|ill, ilinois|IA IN KY MO WI
IN|Indiana|Indiana|ind|IL KY MI OH
IA|Iowa|Iowa||IL MN MO NE SD WI
KS|Kansas|Kansas|kan, kans|CO MO NE OK
KY|Kentucky|Kentucky|kentuky|IL IN MO OH TN VA WV
LA|Louisiana|Luisiana|lousiana|AR MS TX
ME|Maine|Maine||NH
MD|Maryland|Maryland|mariland|DC DE PA VA WV
MA|Massachusetts|Massachusetts|mass, masachusetts|CT NH NY RI VT
MI|Michigan|Míchigan|mich|IN OH WI
MN|Minnesota|Minnesota|minn, minesota|IA ND SD WI
MS|Mississippi|Misisipi|miss, misisipi, missisipi|AL AR LA TN
MO|Missouri|Misuri|misouri|AR IA IL KS KY NE OK TN
MT|Montana|Montana|mont|ID ND SD WY
NE|Nebraska|Nebraska|neb, nebr|CO IA KS MO SD WY
NV|Nevada|Nevada|nev|AZ CA ID OR UT
NH|New Hampshire|Nuevo Hampshire|nueva hampshire, nuevo hampshire|MA ME VT
NJ|New Jersey|Nueva Jersey||DE NY PA
NM|New Mexico|Nuevo México|n mex, nuevo mejico|AZ CO OK TX
NY|New York|Nueva York|new york state, estado de nueva york|CT MA NJ PA VT
NC|North Carolina|Carolina del Norte|n carolina, north car|GA SC TN VA
ND|North Dakota|Dakota del Norte|n dak, n dakota|MN MT SD
OH|Ohio|Ohio||IN KY MI PA WV
OK|Oklahoma|Oklahoma|okla, oclahoma|AR CO KS MO NM TX
OR|Oregon|Oregón|ore|CA ID NV WA
PA|Pennsylvania|Pensilvania|penn, penna, pensylvania, pennsilvania|DE MD NJ NY OH WV
RI|Rhode Island|Rhode Island|isla de rhode|CT MA
SC|South Carolina|Carolina del Sur|s carolina, south car|GA NC
SD|South Dakota|Dakota del Sur|s dak, s dakota|IA MN MT ND NE WY
TN|Tennessee|Tennessee|tenn, tenesi, tennesse, tenessee|AL AR GA KY MO MS NC VA
TX|Texas|Texas|tex, tejas|AR LA NM OK
UT|Utah|Utah||AZ CO ID NV WY
VT|Vermont|Vermont||MA NH NY
VA|Virginia|Virginia||DC KY MD NC TN WV
WA|Washington|Washington|wash, washington state, estado de washington|ID OR
WV|West Virginia|Virginia Occidental|w va, w virginia, virginia del oeste|KY MD OH PA VA
WI|Wisconsin|Wisconsin|wis, wisc|IA IL MI MN
WY|Wyoming|Wyoming|wyo|CO ID MT NE SD UT
AS|American Samoa|Samoa Americana||
GU|Guam|Guam||
MP|Northern Mariana Islands|Islas Marianas del Norte|northern marianas, saipan|
PR|Puerto Rico|Puerto Rico||
VI|U.S. Virgin Islands|Islas Vírgenes de los Estados Unidos|us virgin islands, virgin islands, islas virgenes|
"""


@dataclass(frozen=True)
class State:
    """One of the 50 states, the District of Columbia or a territory."""

    code: str
    english: str
    spanish: str
    other_names: tuple[str, ...]
    neighbours: frozenset[str]


def _read_state(line: str) -> State:
    code, english, spanish, others, neighbours = line.split("|")
    names = tuple(name.strip() for name in others.split(",") if name.strip())
    return State(code, english, spanish, names, frozenset(neighbours.split()))


STATES: dict[str, State] = {line[:2]: _read_state(line) for line in _TABLE.strip().splitlines()}

# The 17 states that the programme's seed page lists (facts/000_3ce732678209ce4a.txt, facts/gaps.md A4).
PROGRAMME_STATES = frozenset(
    ["CA", "CO", "FL", "ID", "IL", "IN", "KY", "MI", "MN", "MO", "ND", "NY", "OH", "PA", "SC", "WA", "WI"]
)


def neighbours_of(code: str) -> frozenset[str]:
    """The states that share a land or river border with `code`; none for islands and unknown codes."""
    state = STATES.get(code)
    return state.neighbours if state else frozenset()
