"""The words of the plain page, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.language import Language

TEXTS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "title": "Questions about the IMT apprenticeship",
        "intro": "Ask about the Industrial Manufacturing Technician apprenticeship. A program answers; a person can help too.",
        "conversation": "Conversation",
        "visitor": "You",
        "assistant": "Assistant",
        "staff": "Person",
        "system": "Notice",
        "sources": "Where this comes from",
        "undated": "no date",
        "website": "Website",
        "phone": "Phone",
        "email": "E-mail",
        "confirm": "confirm before you go",
        "map": "Map",
        "choices": "Pick one",
        "write": "Your message",
        "hint": "At most 2000 characters.",
        "send": "Send",
        "answering": "An answer is on its way.",
        "look": "Look for new messages",
        "delete": "Delete this conversation",
        "delete_hint": "Everything you wrote here is erased. This cannot be undone.",
        "MessageEmptyError": "The message is empty. Please write something.",
        "MessageTooLongError": "The message is too long. Please make it shorter.",
        "UnknownChoiceError": "That choice is no longer there. Please pick another or write.",
    },
    Language.ES: {
        "title": "Preguntas sobre el aprendizaje IMT",
        "intro": "Pregunte sobre el aprendizaje IMT de manufactura. Responde un programa; también puede ayudarle una persona.",
        "conversation": "Conversación",
        "visitor": "Usted",
        "assistant": "Asistente",
        "staff": "Persona",
        "system": "Aviso",
        "sources": "De dónde viene esto",
        "undated": "sin fecha",
        "website": "Sitio web",
        "phone": "Teléfono",
        "email": "Correo",
        "confirm": "confirme antes de ir",
        "map": "Mapa",
        "choices": "Elija una opción",
        "write": "Su mensaje",
        "hint": "Puede tener hasta 2000 letras.",
        "send": "Enviar",
        "answering": "La respuesta está en camino.",
        "look": "Buscar mensajes nuevos",
        "delete": "Borrar esta conversación",
        "delete_hint": "Se borra todo lo que escribió aquí. No se puede deshacer.",
        "MessageEmptyError": "El mensaje está vacío. Por favor escriba algo.",
        "MessageTooLongError": "El mensaje es demasiado largo. Por favor hágalo más corto.",
        "UnknownChoiceError": "Esa opción ya no está. Elija otra o escriba.",
    },
}
