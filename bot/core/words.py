"""The words in which people answer the screening's questions, in both languages, as patterns over folded text.

Responsible for the tables alone; how a reply is read with them is the business of `bot.core.replies`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

YES = (
    r"y+e+s+|yeah+|yea|yep|yup|yessir|sure|of course|absolutely|definitely|correct|for sure|you bet|totally|probably|s+i+(?! no\b)|"
    r"sip|simon|claro|"
    r"por supuesto|correcto|asi es|de acuerdo|con gusto|me encantaria|orale|obvio"
)
YES_ALONE = (
    r"y|k|ok(?:ay)?|ya|va|dale|right|fine|bueno|esta bien|(?:that )?(?:sounds good|works)|go ahead|please do|adelante|"
    r"i (?:guess|think)(?: so)?|"
    r"supongo|creo|eso creo|(?:yes )?i(?:'d| would|'m| am| do| have| can| will| got)(?: (?:one|it|some|both|already|"
    r"love to|like (?:to|that|it)))?"
)
NO = (
    r"n|n+o+(?! (?:(?:le|te|lo) )?(?:se\b|entiend|comprend|entend|hablo)\w*)|nope|nah|naw|never|negative|not (?:really|yet|"
    r"at all|now|any|interested)|none|ningun[oa]?|para nada|nel|nunca|tampoco|todavia no|aun no|"
    r"(?:(?:i|we|they) )?(?:do not|don'?t|have not|haven'?t|can'?t|cannot|would not|wouldn'?t|won'?t)"
    r"(?! (?:get|understand|follow|see|remember|know|speak)\b)|i(?:'m| am|m) not"
)
UNKNOWN = (
    r"not (?:\w+ )?sure|unsure|idk|dunno|(?:don'?t|do not) (?:really )?know(?! (?:what|why|how|who))|"
    r"no (?:lo )?se(?! (?:que|cual|por|como|quien|puede|trabaja))|no (?:estoy|estamos) (?:\w+ )?segur[oa]s?|no (?:(?:le|"
    r"te) )?sabria|no tengo (?:\w+ )*idea|no (?:(?:lo|me) )?(?:recuerdo|acuerdo)|no he decidido|(?:don'?t|"
    r"can'?t) (?:remember|say)|(?:haven'?t|not) decided|no idea|ni idea|no clue|quien sabe"
)
PERHAPS = r"maybe|perhaps|possibly|tal vez|quizas?|a lo mejor|puede ser|depends|depende|whatever|lo que sea|undecided|hard to say"
PREFER_NOT = (
    r"(?:i(?:'d| would)? |i'll )?(?:prefer|rather) not(?:(?: to)? (?:say|answer|tell|share|disclose|give).*)?|"
    r"none of your business|no comment|pass|"
    r"(?:yo )?(?:prefiero|mejor) no(?: (?:decir|contest|respond|dar)\w*.*)?|no quiero (?:decir|contest|respond)\w*.*|"
    r"no le importa|"
    r"(?:that'?s )?private|es privado"
)
GLADLY = (
    r"no problem\w*|not a problem|(?:no hay|sin) problema|why not|(?:como|por ?que) no$|(?:don'?t|wouldn'?t) mind|"
    r"don'?t care|no me (?:molesta|importa)|"
    r"no preference|doesn'?t matter|no importa|(?:me )?da (?:igual|lo mismo)"
)
NEGATION = (
    r"no|not|non|do(?:es)?n'?t|didn'?t|isn'?t|aren'?t|ain'?t|haven'?t|hasn'?t|can'?t|cannot|won'?t|wouldn'?t|never|without|"
    r"neither|nobody|sin|nunca|ni|tampoco|nadie"
)
UNTRIED = r"(?:never|not|no|nunca|haven'?t|don'?t)\b.*\b(?:worked|done|been|tried|trabajado|hecho|experien\w+)"
FILLER = re.compile(
    r"(?:(?:well|um+|uh+|oh|ah|ay|hmm+|so|like|actually|honestly|ok(?:ay)?|i think|i guess|i mean|and|pues|bueno|este|mmm*|"
    r"la verdad|en realidad|(?:yo )?creo que|"
    r"supongo que|perdon|sorry|lol|haha|jaja|y) )+(?=\w)"
)
CLAUSE = re.compile(
    r"[.,;!:\n]+|\b(?:but|though|although|except|pero|aunque|sino)\b|(?=\bi (?:have|got|did|do)\b(?! not))|"
    r"(?=\bi['’]ve\b)", re.IGNORECASE
)

EMPLOYER = r"employers?|owner|hr manager|plant manager|empleador(?:a|es)?|empresari[oa]|duen[oa]|patron"
PLANT = r"plant|factory|manufacturing|warehouse|mill|foundry|fabrica|planta|manufactura|maquila\w*"
MEANINGS: Mapping[str, Mapping[str, str]] = {
    "seeker_path": {
        "employer": rf"^(?:an? |un )?(?:(?!(?:my|mi|the|el|la|your|for|need|find|busco|no|not)\b)\w+ )?(?:{EMPLOYER})|(?:i'm|im|i am|soy|somos|we're|we are) (?:(?!my\b|mi\b|told\b)\w+ ){{0,2}}(?:{EMPLOYER})|"
        r"i own|i hire|we hire|we're hiring|our plant|my shop|mi taller|nuestra (?:planta|empresa)|contratamos|(?:de|soy|"
        r"en) recursos humanos",
        "looking": r"(?<!not )lookin[g']?|job seeker|unemployed|no job|(?:don'?t|do not) (?:work|have (?:a )?(?:job|work))|needs? (?:a )?(?:job|work)|wants? (?:a |to )?(?:job|work)|laid off|out of work|between jobs|graduate|graduated|"
        r"student|(?<!no )busc(?:o|a|ando)\b|sin (?:trabajo|empleo)|desemplead[oa]|no trabajo|(?:quier[oe]|necesit[oa]|"
        r"quisiera) (?:(?:un )?(?:trabajo|empleo)|trabajar)|"
        r"estudiante|me (?:despidieron|corrieron)|^(?:an? )?(?:job|trabajo|empleo|chamba)$",
        "working": rf"already (?:work|working|have a job|employed|in)|i work|i'?m working|working|work (?:in|at|for)|current(?:ly)? (?:work|employ).*|temp|employed|operator|on the line|line worker|"
        rf"(?:in|at) (?:a|the) (?:\w+ )?(?:{PLANT})|en (?:una?|la) (?:{PLANT})|trabajo en|ya trabajo|estoy trabajando|"
        rf"tengo (?:trabajo|empleo)|emplead[oa]|operador[a]?|operari[oa]|obrer[oa]",
    },
    "production": {
        "no": r"office|desk job|construction|construccion|oficina|nursing|electrician|plumber",
        "yes": r"i'?d like|i like|love|interested|me gustan?|me interesa|me gustaria|me encanta\w*|production|produccion|factor(?:y|ies)|fabricas?|machines?|maquinas?|anything|"
        r"cualquier cosa|assembly|ensamble|line work",
    },
    "diploma": {
        "working_on_it": r"working (?:on|toward)s? (?:it|my|the|a|getting|mine)|in progress|getting my|studying|taking (?:ged|the ged|classes)|almost|enrolled|about to graduate|will graduate|graduate (?:in|next|this)|"
        r"senior|(?:still |i'?m )?in (?:high )?school|(?:la )?estoy sacando|sacando(?:lo|la)?|en eso estoy|estudiando|"
        r"estudio|por terminar|en proceso|preparandome|"
        r"cursando|me gradu[oe] (?:este|en)|me falta\w*",
        "no": r"dropp?ed out|drop ?out|trunca|incomplet\w+|deje la escuela|(?:5|6|7|8|9|10|11)(?:th)? grade|(?:fif|six|seven|eigh|nin|ten|eleven)th grade|sexto|noveno|"
        r"(?:want|plan\w*|hop\w+|going|need|like) to (?:get|do|take|finish|start)|(?:quiero|voy a|pienso|"
        r"me gustaria) (?:sacar|terminar|hacer)\w*|"
        r"(?<!diploma de )(?<!escuela )(?:primaria|secundaria)",
        "yes": r"diploma|ged|hsed|hiset|graduat\w+|finish\w*|high school|hs|college|degree|associate'?s?|bachelor'?s?|master'?s?|university|equivalen\w+|"
        r"prepa(?:ratoria)?|bachillerato|me gradue|termine|acabe|universidad|titulo|licenciatura|ingenier\w+|carrera|"
        r"tecnic[oa]|secundaria|one|uno",
    },
    "schedule": {
        "other": r"part[- ]?time|medio tiempo|tiempo parcial|(?<!full time )only(?! full)|solo(?! tiempo completo)|overnight|"
        r"(?<!any )(?:weekends?|nights?|mornings?|evenings?|days?(?! (?:a|per) week))|"
        r"(?:1st|2nd|3rd|first|second|third) shift|(?:primer|segundo|tercer) turno|can'?t|cannot|no puedo|something else|"
        r"other(?! (?:question|topic|thing))|otr[oa](?! (?:pregunta|duda|tema))|noches?|mananas?|tardes?|de dia|"
        r"fin(?:es)? de semana|[1-3]\d h\w*",
        "full_time": r"full[- ]?time|fulltime|tiempo completo|40|forty|any|anytime|anything|whenever|whatever|cualquier\w*|lo que sea|either|flexible|all of them|todos",
    },
    "mentors": {
        "no": r"0|zero|cero|nobody|no one|nadie",
        "yes": r"(?:we|i)(?: have|'ve got| do| could| can)|tenemos|tengo|some|algun[oa]s|a few|several|varios|many|plenty|lots|most|all|everyone|todos|much[oa]s|one|two|three|un[oa]|dos|tres|"
        r"\d+|yo (?:puedo|mism[oa])|myself|supervisors?|foreman|leads?|hay",
    },
    "union_on_site": {
        "no": r"non ?union",
        "yes": r"union(?:ized)?|uaw|iam|usw|ibew|bctgm|teamsters|local \d+|sindicato|sindicalizad[oa]s?|hay|there (?:is|are)|we (?:do|have|are)|tenemos|one|uno",
    },
    "hires": {
        "both": r"both|ambos|ambas|los dos|las dos|either|mix|mezcla|de todo",
        "current": r"current|existing|incumbents?|already|(?:our|my) (?:own|guys|people|workers|employees)|people we have|on the payroll|actuales|ya trabajan|"
        r"(?:ones|people|workers) (?:i|we) have|inside|los que (?:ya|tengo)|(?:nuestra|mi) gente|(?:mis|"
        r"nuestros) (?:trabajadores|empleados)|internos",
        "new": r"new|hire|hiring|nuev[oa]s?|contratar|recruit\w*|outside|de fuera",
    },
    "sponsorship": {
        "group": r"group|join\w*|existing|together|consortium|with others|grupo|unir(?:nos|me)|unirse|juntos|con otr[oa]s|someone else'?s",
        "alone": r"alone|own|ours|ourselves|by ourselves|myself|solos?|propi[oa]|nosotros mismos|por (?:mi|nuestra) cuenta",
        "not_sure": r"whichever|either|cualquiera|eas(?:y|ier|iest)|(?:mas )?facil|simpler|simplest|sencillo",
    },
    "consent": {
        "no": r"i(?:'ll|ll| will|'d rather| would rather|'d)? (?:(?:just|rather) )?(?:call|contact|write(?: to)?|email|reach) (?:them|out)|myself|on my own|"
        r"yo (?:mism[oa] )?(?:(?:les|los) )?(?:llamo|hablo|contacto|escribo|busco)|por mi cuenta|(?:mejor|"
        r"prefiero) (?:yo )?llamar?\w*|"
        r"nothing|nada|keep it|don'?t (?:pass|share|send|give)",
        "yes": r"i agree|i consent|acepto|estoy de acuerdo|tiene mi permiso|autorizo|call me|contact me|pass it(?: on)?|share it|send it|llamenme|llameme|me llamen|"
        r"me (?:pueden )?(?:llamar|contactar)|contactenme|paselo|pasele|pase(?:n)? mis datos|compartal[oa]|"
        r"they can (?:call|contact)(?: me)?",
    },
}
# What a word means after "not" or "no"; a word that is not listed keeps its meaning ("no nights").
WHEN_NEGATED: Mapping[str, str | None] = {
    "yes": "no", "working_on_it": "no", "working": "looking", "full_time": "other",
    "employer": None, "new": None, "current": None, "both": None, "group": None, "alone": None,
}  # fmt: skip
PLAIN_ANSWERS: Mapping[str, Mapping[str, str]] = {
    "schedule": {"yes": "full_time", "gladly": "full_time", "no": "other"},
    "hires": {"gladly": "both"},
    "sponsorship": {"gladly": "not_sure"},
}
ACTS = {"affirm": "yes", "deny": "no", "i_am_employer": "employer", "i_am_seeker": "looking"}
# In Spanish the words that open a question also open its answer: "hay sindicato", "puedo de día".
OPENS_A_STATEMENT = {"union_on_site": "hay", "mentors": "hay", "schedule": "puedo"}
STRONGEST_FIRST = ("employer", "looking", "working", "working_on_it", "other", "full_time", "both", "group", "yes", "no")
AGES = {
    "under_16": r"(?:under|younger than|below|less than|not(?: yet)?|menos de|menor de|no tengo|no he cumplido) (?:los )?16",
    "which": r"(?:under|younger than|below|less than|not(?: yet)?|i'?ll be|until|menos de|menor de|no tengo|no he cumplido) (?:los )?18|"
    r"underage|(?:a )?minors?|menor(?: de edad)?|no soy (?:mayor|adult[oa])|not (?:an )?adult",
    "16_17": r"16 (?:or |o |to |a |y |and )?17",
    "18_or_over": r"18 or (?:over|older|more)|over 18|older than 18|18\+|adult\w*|grown|old enough|18 o mas|mayor(?: de edad)?|mas de 18|"
    r"(?:twent|thirt|fort|fift|sixt)ies|[2-9]0'?s|retired|jubilad[oa]",
}
TURNED = re.compile(r"\b(?:turned|cumpli)(?: los)? (\d{1,2})\b")
CONTACT_THEM = (
    r"i(?:'ll| will)? call(?: them)?|i'?ll (?:reach out|contact them)|myself|no contact|yo (?:les? )?llamo|yo los llamo|"
    r"(?:(?:yo|luego|despues|al rato|mejor) )?les (?:hablo|marco|llamo)(?: yo)?|yo me comunico|"
    r"don'?t (?:have|want)|no (?:phone|cell|e-?mail|telefono|celular|correo)|prefer to call|no tengo (?:\w+ )?(?:correo|telefono|celular|email|numero)|(?:mejor|"
    r"prefiero) (?:yo )?llam(?:o|ar)(?:les|los)?"
)
OUTSIDE_MANUFACTURING = (
    r"restaurant\w*|construction|trucking|hospital\w*|clinic|salon|retail|daycare|landscap\w*|roofing|hotel|construccion|"
    r"transporte|tienda|guarderia|jardineria"
)
MADE = r"mak\w+|manufactur\w*|buil[dt]\w*|fabric\w*|produc(?:e|es|ing|imos)|equip\w*|parts|machin\w*|assembl\w*|foundry|hacemos|piezas|maquin\w*|ensambl\w*"
MY_NAME = re.compile(
    r"^(?:hi,? |hello,? |hola,? )?(?:my name is|my name'?s|name is|i am|i'?m|it'?s|this is|(?:you can )?call me|ask for|"
    r"me llamo|mi nombre es|(?:yo )?soy|"
    r"ll[aá]meme|d[ií]game|pregunten? por)\s+",
    re.IGNORECASE,
)
DIGITS = re.compile(r"(?<![\w.,$])(?:\d{1,3}(?:,\d{3})+|\d{1,6})(?!\w|[.,]\d|%)")
COUNTS = {
    12: r"(?:a )?dozen|una docena",
    6: r"half a dozen|media docena",
    3: r"a few|few|unos pocos|algunos",
    2: r"a couple|couple|one or two|un par|uno o dos|dos",
    1: r"one|just me|a single|un[oa]?",
    0: r"none|zero|cero|ningun[oa]|nadie|no one",
}

MAKES = re.compile(
    r"\b((?:make|manufacture|stamp|weld|mold|cast|forge|package|hacemos|fabricamos|producimos|estampamos|"
    r"empacamos|soldamos) [^,.;!?]+)", re.IGNORECASE
)

# In the middle of a form: taking something back, asking why, choosing from a list, naming a question.
MEANT = r"i meant|my mistake|(?:i )?made a mistake|quise decir(?: que)?|me equivoqu[eé]|mejor dicho"
CHANGE = rf"{MEANT}|correction|scratch that|wrong|change (?:my|the|it)|equivocad[oa]|correcci[oó]n|cambiar|corrijo"
CORRECTION = re.compile(
    rf"\b(?:{CHANGE}|actually|wait|sorry|i mean|instead|not \w+ but|en realidad|perd[oó]n|espere?|digo)\b", re.IGNORECASE
)
WHY = re.compile(
    r"(?:but |and |y |pero )*(?:why (?:do|would|are|is|should|does|u|you|r)\b.*\b(?:need|ask|asking|want|know|matter|tell)\b|"
    r"what do you need (?:it|that|this|my \w+) for|(?:por que|para que)\b.*\b(?:pregunta|necesita|quiere|pide|importa|"
    r"ocupa)[ns]?\b)"
)
ORDINALS = (
    {"first", "1st", "primero", "primera"},
    {"second", "2nd", "segundo", "segunda"},
    {"third", "3rd", "tercero", "tercera"},
)
ABOUT = {
    "seeker_path": r"looking|employer|have a job|working|laid off|lost my job|trabajando|me despidieron|sin trabajo|busco|empleador[a]?|ya trabajo",
    "place": r"zip|city|state|address|location|live|codigo postal|ciudad|estado|vivo",
    "age_band": r"age|old|years|edad|anos|18|17|16|minor|menor",
    "diploma": r"diploma|ged|school|prepa|escuela",
    "schedule": r"schedule|full time|part time|shift|horario|turno|tiempo",
    "production": r"production|produccion",
    "product": r"product|make|producto|fabricamos",
    "workers": r"workers|people|number|head ?count|how many|cuant[oa]s|trabajadores|personas|numero",
    "mentors": r"mentors?",
    "union_on_site": r"union|sindicato",
    "hires": r"new hires|current|nuevos|actuales",
    "sponsorship": r"sponsor|group|patrocin|grupo",
    "contact_name": r"name|nombre",
    "contact": r"phone|email|e-mail|number|telefono|correo|numero",
}
