"""What the stub answers: messages as the gateway sends them, chosen by a word in what the visitor wrote."""

from __future__ import annotations

from typing import Any

JFF = "https://www.jff.org/our-work/industrial-manufacturing-technician-imt-registered-apprenticeship-program/"
SOURCES = [
    {"title": "JFF: IMT Registered Apprenticeship Program", "url": JFF, "date": "n.d. (figures to 2020)"},
    {"title": "JFF: IMT Apprenticeship Provides Positive ROI", "url": "https://www.jff.org/imt-roi/", "date": "2020-08-18"},
]


def choices(*titles: str) -> list[dict[str, str]]:
    return [{"id": f"token-{number}-{title[:2]}", "title": title} for number, title in enumerate(titles)]


GREETING: dict[str, dict[str, Any]] = {
    "en": {
        "text": "Hi! I answer questions about IMT, a paid apprenticeship for factory production work. "
        "I am a program, not a person, "
        "but I can bring in a person. Ask me anything, in English or Spanish. What would you like to know?",
        "choices": choices("See if IMT fits us", "What it costs the employer", "Find the nearest partner"),
    },
    "es": {
        "text": "¡Hola! Respondo preguntas sobre el IMT, un aprendizaje pagado para trabajo de producción en fábricas. "
        "Soy un programa, no una persona, "
        "pero le puedo pasar con una. Pregunte lo que quiera, en español o en inglés. ¿Qué le gustaría saber?",
        "choices": choices("Ver si nos conviene", "Cuánto le cuesta a la empresa", "Buscar el socio más cercano"),
    },
}


def shown(value: str, confirm: bool = False, source_date: str = "2025-03-19") -> dict[str, Any]:
    return {"value": value, "confirm": confirm, "source_date": source_date}


CARDS = [
    {
        "office_id": "wrtp-madison",
        "name": "WRTP/BIG STEP – Madison",
        "short_name": "WRTP Madison",
        "kind": "regional",
        "state": "WI",
        "miles": 1.2,
        "street": shown("5315 Voges Road", True, "2019-02-01"),
        "city": shown("Madison"),
        "zip": "53718",
        "phone": shown("(608) 555-0134", True, "n.d."),
        "website": shown("https://wrtp.org"),
        "latitude": 43.09,
        "longitude": -89.29,
        "map_link": "https://www.openstreetmap.org/?mlat=43.09&mlon=-89.29",
    },
    {
        "office_id": "wrtp-milwaukee",
        "name": "WRTP/BIG STEP – Milwaukee",
        "short_name": "WRTP",
        "kind": "regional",
        "state": "WI",
        "miles": 77.4,
        "street": shown("3841 West Wisconsin Avenue"),
        "city": shown("Milwaukee"),
        "zip": "53208",
        "email": shown("info@example.org"),
        "latitude": 43.04,
        "longitude": -87.96,
        "map_link": "https://www.openstreetmap.org/?mlat=43.04&mlon=-87.96",
    },
    {
        "office_id": "cfl-wci",
        "name": "Chicago Federation of Labor Workforce and Community Initiative",
        "short_name": "CFL Initiative",
        "kind": "regional",
        "state": "IL",
        "miles": 122.8,
        "city": shown("Chicago", True),
        "website": shown("https://cflinitiative.org", True, "n.d."),
        "latitude": 41.8858,
        "longitude": -87.6181,
        "map_link": "https://www.openstreetmap.org/?mlat=41.88&mlon=-87.61",
    },
]

REPLIES: dict[str, dict[str, Any]] = {
    "cost": {
        "text": "There is no set price. In a 2020 study of six IMT sponsors, the cost per apprentice ran from "
        "$39,567 to $128,069 in year one.\n\nSee https://example.org/costs, or write to people@example.org.",
        "topics": ["employer_cost"],
        "sources": SOURCES,
        "choices": choices("Return on investment", "Wage steps you must pay", "Talk to a person"),
    },
    "return": {
        "text": "$1.48 back for each $1, on average for several IMT sponsors, in one small 2020 study.",
        "topics": ["employer_roi"],
        "sources": SOURCES,
    },
    "wage": {"text": "You need a written wage scale that rises.", "topics": ["employer_wage_schedule"], "sources": SOURCES},
    "office": {
        "text": "Whom to talk to: WRTP/BIG STEP – Madison\nAbout a mile from you, or less",
        "cards": CARDS,
        "choices": choices("Talk to a person"),
    },
    "agency": {
        "text": "The state's office.",
        "cards": [
            {
                "office_id": "agency-ak",
                "name": "Alaska office",
                "short_name": "AK",
                "kind": "state_agency",
                "state": "AK",
                "miles": None,
                "website": shown("https://www.dol.example.gov/programs/apprenticeship/index.html", True, "2011"),
            }
        ],
        "choices": choices("Talk to a person", "Start over"),
    },
    "script": {
        "text": "<img src=x onerror=alert(1)> javascript:alert(1)",
        "sources": [{"title": "Bad", "url": "javascript:alert(1)", "date": "n.d."}],
    },
    "cuesta": {
        "text": "No hay un precio fijo.",
        "topics": ["employer_cost"],
        "sources": SOURCES,
        "choices": choices("Hablar con una persona"),
    },
    "oficina": {"text": "Con quién hablar: WRTP/BIG STEP – Madison", "cards": CARDS},
}


def reply_to(text: str, talk: Any) -> dict[str, Any]:
    """The reply whose word the text has, or an echo."""
    word = next((word for word in REPLIES if word in text.lower()), None)
    return REPLIES[word] if word else {"text": f"You said: {text[:80]}"}
