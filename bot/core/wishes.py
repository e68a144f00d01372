"""What somebody wants done, told apart from a question and from an answer: a check, the nearest office, a verdict on
themselves, a change to a request.

Pure. Must not know what is done about it.
"""

from __future__ import annotations

import re
from enum import StrEnum

from bot.core.heard import Heard, plain


class Wish(StrEnum):
    """What is wanted."""

    CHECK = "check"
    CHECK_EMPLOYER = "check_employer"
    NEAREST = "nearest"
    PERSON = "person"
    VERDICT = "verdict"
    CHANGE_CONTACT = "change_contact"
    CANCEL_REQUEST = "cancel_request"


_ACTS = {"check_readiness": Wish.CHECK, "check_employer": Wish.CHECK_EMPLOYER, "nearest": Wish.NEAREST}
_CORE = (
    r"(?:do|did|would|could|can|will) (?:i|we|my company|my plant|my shop|our (?:company|plant|shop)) (?:even |really |"
    r"still |ever )?"
    r"(?:qualif?[yi]e?|qualfy|be eligible|get in(?:to)?|be accepted|get accepted|make it|fit in)|"
    r"(?:am i|are we|is my (?:company|plant|shop)) (?:even |still |really |just )?(?:eligible|eligable|elegible|qualified|"
    r"a good fit|good enough|smart enough|"
    r"too (?:old|dumb|stupid|slow|late|small|big))|does my (?:company|plant|shop) qualify|"
    r"(?:(?:will|would|do|can) )?(?:they|you|u) (?:(?:will|won'?t|don'?t|dont|would|gonna|going to) )?(?:even |really |"
    r"ever )?(?:take|accept|"
    r"hire|want) (?:me|us)|"
    r"i(?:'m| am|m) (?:probably |prolly |maybe |just )?too (?:old|dumb|stupid|slow)|i (?:probably |prolly |"
    r"guess i )?(?:do not|don'?t|won'?t) qualify|"
    r"(?:yo |nosotros )?(?:no )?(?:califico|calificamos|calificaria|calificariamos)|(?:no )?(?:soy|somos|"
    r"seria) (?:elegibles?|elejible|candidat[oa])|"
    r"mi (?:empresa|taller|planta|fabrica) califica|sirvo para (?:esto|eso)|me (?:van a |podrian |pueden )?(?:acept(?:an|"
    r"arian|en|ar)|agarran|agarrar|"
    r"contrat(?:an|arian|ar)|tom(?:an|arian|ar)|quieren)|(?:ya )?(?:estoy|soy) (?:muy|demasiado) (?:viej[oa]|tont[oa]|"
    r"mayor|brut[oa]|burr[oa]|grande)"
)
_UNHELPFUL = re.compile(
    r"(?:(?:no|sorry|well|but|um|pero|perdon) )?(?:(?:that|this|it|your answer|eso|esto|su respuesta|la respuesta) )?"
    r"(?:(?:did not|didn'?t|does not|doesn'?t|is not|isn'?t|was not|wasn'?t|not) (?:really |even )?"
    r"(?:helpful|help|useful|answer (?:my|the) question|what i (?:asked|meant|wanted)(?: for| to know)?)(?: me)?|"
    r"that'?s not (?:what i (?:asked|meant|wanted)|my question|helpful)|unhelpful|(?:wrong|bad) answer|no help|"
    r"no (?:me |nos )?(?:ayuda|ayudo|sirve|sirvio|contesta|contesto|responde|respondio)(?: (?:a )?(?:mi|la) pregunta)?|"
    r"no (?:es|era|fue) (?:lo que (?:pregunte|queria|dije)|mi pregunta|util)|respuesta (?:equivocada|incorrecta|mala)|"
    r"(?:mala|otra) respuesta)(?: at all| de nada| para nada| nada)?"
)
_BEFORE = (
    r"(?:so|and|but|or|ok|okay|then|well|like|hey|hi|hello|hola|y|e|pero|o|pues|entonces|bueno|oiga|oye|si|what|if|what if|"
    r"what happens if|que pasa si|"
    r"sera que|usted cree que|cree que|crees que|do you|you|u|think|i think|tell me|dime|digame|just|honestly|la verdad|"
    r"yo creo que|is it that) "
)
_AFTER = (
    r" (?:or (?:not|what|no)|o no|o que|for (?:this|it|that|imt|the (?:program|job|apprenticeship))|to (?:apply|join|"
    r"start)|into? (?:this|it)|though|tho|then|yet|"
    r"at all|anyway|without (?:it|that)|sin eso|para (?:esto|eso|el programa|el trabajo|aplicar|entrar|el imt)|entonces|"
    r"asi|yo|por favor|please|pls|"
    r"bro|man|lol|in|do you think|you think|"
    r"califico|no califico)"
)
_VERDICT = re.compile(rf"(?:{_BEFORE})*(?:{_CORE})(?:{_AFTER})*")
_CHECK = re.compile(
    r"\b(?:check|see|find out|know) (?:if|whether) (?:i'?m ready|i fit|this fits me)\b|\bstart the (?:check|questions|quiz)\b|"
    r"\b(?:ver|revis\w+|chec\w+) si (?:estoy list[oa]|me conviene|me sirve)\b|\b(?:empe\w+|hag\w+) (?:las preguntas|"
    r"la revision)\b"
)
_CHECK_EMPLOYER = re.compile(
    r"\b(?:check|see|find out|know) (?:if|whether) (?:(?:it|imt|this|that) (?:\w+ )?(?:fits?|works|makes sense)|"
    r"we(?: would|'?d|'re| are)?(?: be)? (?:a )?(?:good )?fit(?! to\b))\b|^(?:do )?(?:the |a )?fit check$|"
    r"\b(?:ver|revis\w+|chec\w+) si (?:el imt |esto )?nos (?:conviene|sirve|queda)\b"
)
_PERSON = re.compile(
    r"\b(?:pass (?:it|this) on|pass on my (?:info|name|number|contact)|have (?:them|someone) (?:call|contact) me|"
    r"pas[ae]l[oa]s?|pase mis datos|que me (?:llamen|contacten|hablen|marquen))$"
)
_NEAREST = re.compile(
    r"\b(?:nearest|closest) (?:office|partner|place|location|one)\b|\b(?:oficina|lugar|socio|"
    r"organizacion)\b(?: \w+){0,2} (?:mas )?cerca(?:n[oa])?\b"
)
_CONTACT = r"(?:phone|cell|number|e ?-?mail|mail|contact|telefono|celular|numero|correo|email)"
_CHANGE = re.compile(
    rf"\b(?:change|update|fix|correct|replace|cambi\w+|actualic\w+|corrij\w+|corrig\w+)\b(?: \w+){{0,3}} {_CONTACT}\b|"
    rf"\b(?:wrong|bad|old|new|other|different|not my|nuevo|otro)\b(?: \w+)? {_CONTACT}\b|"
    rf"\b{_CONTACT}\b(?: \w+){{0,2}} (?:is wrong|changed|equivocado|incorrecto|mal|nuevo|cambio)\b|"
    rf"\buse (?:my|this|the) (?:\w+ )?{_CONTACT}\b|\b(?:use|usen?|mejor) (?:my |mi |este |al )?(?:otro )?{_CONTACT}\b|"
    rf"\b(?:di|puse|escribi) mal (?:el |mi )?{_CONTACT}\b|"
    rf"\b(?:me equivoque|i made a mistake|typo)\b.*\b{_CONTACT}\b|\b{_CONTACT}\b.*\binstead\b|\binstead\b.*\b{_CONTACT}\b"
)
_REQUEST = r"(?:request|referral|callback|application|call ?back|solicitud|peticion|llamada|referencia)"
_CANCEL = re.compile(
    rf"\b(?:cancel|cancle|withdraw|take back|undo|retract|drop|cancel[aeo]\w*|retir[aeo]\w*|"
    rf"anul\w+)\b(?: \w+){{0,2}} {_REQUEST}\b|"
    r"\b(?:don'?t|do not|dont|stop|tell them not to)\b(?: \w+){0,3} (?:call|contact|calling|contacting|text|texting) (?:me|"
    r"us)\b|"
    r"\bno (?:\w+ )?(?:quiero|queremos) que me (?:llamen|contacten|marquen|hablen)\b|\bque (?:ya )?no me (?:llamen|"
    r"contacten|marquen|hablen)\b|"
    r"\b(?:ya )?no me (?:llamen|contacten|marquen)\b|\bi (?:do not|don'?t|dont) want (?:them|anyone|anybody|you|"
    r"a call)(?: to)? ?(?:call\w*|contact\w*)?(?: me)?(?: anymore)?$"
)
_BOT = r"(?:(?:the |el |al )?(?:(?:chat ?)?bot|robot|(?:virtual )?assistant|asistente(?: virtual)?))"
_ASSISTANT = re.compile(
    rf"(?:please |por favor )?(?:(?:can i |i want to |i'?d like to |let me )?(?:(?:go |return |switch |get )?back to|"
    rf"(?:talk|speak|chat) (?:to|with)) {_BOT}(?: again)?|"
    rf"(?:quiero |quisiera |puedo )?(?:volver|regresar|hablar|paseme|pasame|regreseme)(?: otra vez)?(?: con| a)? {_BOT}|"
    rf"(?:con )?{_BOT})(?: please| por favor)?"
)
_OPENS = r"(?:(?:wait|hold on|hey|so|and|but|ok|okay|lol|oye|oiga|esper[ea]|y|pero|a ver|entonces) )*"
_ASKS_IF_BOT = re.compile(
    rf"{_OPENS}(?:(?:are|r) (?:you|u)|(?:am i|is this me) (?:talking|speaking|chatting|texting) (?:to|with)|is (?:this|that)|"
    r"(?:usted )?(?:eres|es)(?: usted| tu| esto)?|esto es|(?:estoy )?habl(?:o|ando) con) "
    r"(?:(?:just|even|really|actually) )?(?:an? |un |una )?(?:real |actual |chat ?)?(?:bot|robot|ai|machine|computer|human|"
    r"person|maquina|persona)(?: real| de verdad)?(?: or (?:an? )?(?:real )?\w+| o (?:una? )?\w+)?"
)
_ASKS_FOR_NEWS = re.compile(
    r"(?:(?:y|hola|oiga|disculpe) )*(?:(?:ya |no )?(?:hay|tiene[ns]?|sabe[ns]?) (?:algun[ao]s? )?|algun[ao]s? )"
    r"(?:noticias?|novedad(?:es)?)(?: (?:ya|nuevas?|para mi|de (?:mi solicitud|lo mio|mi caso)))?"
)
_ASKS_WHOM = re.compile(
    rf"{_OPENS}(?:whom?(?: (?:do|should|can|would|must))? (?:i|we) (?:call|contact|phone|email|talk to|speak (?:to|with))|"
    r"(?:pues )?a quien (?:le )?(?:llam|habl|contact|escrib)(?:o|amos|imos)|"
    r"(?:do (?:you|they) have|is there|what'?s|what is) (?:a|the|their|your) (?:phone |telephone )?number|"
    r"(?:tienen?|hay|cual es) (?:un |el |su )?(?:numero de )?telefono|"
    r"a quien (?:puedo|podemos|debo|debemos|tengo que|hay que) (?:llamar|contactar|escribir|hablar)(?:le)?)"
    r"(?: (?:now|next|first|then|(?:about|for) (?:this|it|that|imt)|ahora|primero|para (?:esto|eso|el imt)))?"
)
_FEW_WORDS = 10


def wants_assistant(text: str) -> bool:
    """Who talks with a person asks for the assistant again, in so many words: what else they write is for the person."""
    return bool(_ASSISTANT.fullmatch(plain(text)))


def asks_if_bot(text: str) -> bool:
    """ "Wait, is this a bot": nothing else is asked."""
    return bool(_ASKS_IF_BOT.fullmatch(plain(text)))


def asks_whom_to_call(text: str) -> bool:
    """ "Whom do I call?": they would call themselves, and want to hear where."""
    return bool(_ASKS_WHOM.fullmatch(plain(text)))


def asks_for_news(text: str) -> bool:
    """ "¿Hay noticias?" asks what became of a request; "noticias de hoy" does not."""
    return bool(_ASKS_FOR_NEWS.fullmatch(plain(text)))


def wish_of(heard: Heard) -> Wish | None:
    """What is wanted, None where nothing of this list is."""
    if _VERDICT.fullmatch(heard.plain):
        return Wish.VERDICT
    if heard.act in _ACTS:
        return _ACTS[heard.act]
    if heard.act is not None or len(heard.plain.split()) > _FEW_WORDS:
        return None
    if _CHECK_EMPLOYER.search(heard.plain):
        return Wish.CHECK_EMPLOYER
    if _CHECK.search(heard.plain):
        return Wish.CHECK
    if _PERSON.search(heard.plain) and not heard.is_question:
        return Wish.PERSON
    return Wish.NEAREST if _NEAREST.search(heard.plain) else None


def change_of_request(heard: Heard) -> Wish | None:
    """What is to become of a request that is stored already."""
    if _CANCEL.search(heard.plain):
        return Wish.CANCEL_REQUEST
    return Wish.CHANGE_CONTACT if _CHANGE.search(heard.plain) else None


def finds_unhelpful(text: str) -> bool:
    """ "That did not help": the whole message says that the answer before was none."""
    return bool(_UNHELPFUL.fullmatch(plain(text)))
