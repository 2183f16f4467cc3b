"""Lines that stand where a contribution was: deleted, removed, hidden, in many languages."""

from __future__ import annotations

import re

from community.types import Status

_GONE_WORD = (
    r"deleted|removed|hidden|withdrawn|unavailable|retracted|suspended|gelöscht|entfernt|"
    r"ausgeblendet|"
    r"gesperrt|supprimée?s?|effacée?|retirée?|masquée?|eliminad[oa]|borrad[oa]|retirad[oa]|"
    r"ocultad[oa]|removid[oa]|apagad[oa]|excluíd[oa]|rimoss[oa]|eliminat[oa]|cancellat[oa]|"
    r"verwijderd|gewist|borttagen|borttaget|raderad|raderat|slettet|fjernet|poistettu|"
    r"usunięt[yaeo]|"
    r"skasowan[yaeo]|smazán[oay]?|odstraněn[oay]?|удал[её]н[ао]?|скрыт[оа]?|видален[оа]?|"
    r"изтрит[оа]?|"
    r"διαγράφηκε|διαγραμμέν[οη]|silindi|silinmiş|kaldırıldı|törölve|törölték|șters|obrisan[oa]?|"
    r"dihapus|削除されました|削除済み|已删除|已被删除|已刪除|삭제된|삭제되었습니다"
)
_THING = (
    r"comment|post|message|reply|answer|response|entry|kommentar|beitrag|nachricht|antwort|"
    r"commentaire|message|réponse|mensaje|comentario|respuesta|mensagem|comentário|resposta|"
    r"commento|messaggio|risposta|reactie|bericht|antwoord|kommentaren?|inlägget|inlägg|svaret|"
    r"innlegget|indlægget?|viesti|kommentti|komentarz|post|wiadomość|odpowiedź|komentář|příspěvek|"
    r"комментарий|сообщение|ответ|коментар|повідомлення|σχόλιο|μήνυμα|yorum|mesaj|hozzászólás|"
    r"comentariul|mesajul|komentar|poruka"
)
_WHO = (
    r"(?:by|von|vom|durch|par|por|pelo|da|dal|dall['’]|door|av|af|przez|kvůli|автором|tarafından)"
)
_LINES = (
    rf"\[\s*(?:{_GONE_WORD})\b[^\]\n]{{0,40}}\]",
    rf"(?:{_GONE_WORD})(?:\s+(?:{_THING}))?",
    rf"[(\[]\s*(?:{_GONE_WORD})\s+(?:{_THING})\s*[)\]]",
    rf"(?:(?:this|the|that|dieser|diese|der|die|das|ce|cet|cette|le|la|este|esta|el|questo|questa|"
    rf"il|"
    rf"deze|dit|het|detta|denne|dette|den|det|ten|tento|это|этот|bu|o|acest)\s+)?(?:{_THING})\s+"
    rf"(?:(?:has been|have been|was|is|wurde|ist|a été|ha sido|fue|foi|è stat[oa]|is|werd|har|er|"
    rf"on|"
    rf"został[ao]?|byl[ao]?|был[ао]?)\s+)?(?:{_WHO}\s.{{1,40}}?\s)?(?:{_GONE_WORD})"
    rf"(?:\s+(?:{_WHO}|pending|because|due|at the|for|as|weil|wegen)\b.{{1,80}})?",
    rf"(?:{_GONE_WORD})\s+{_WHO}\s.{{1,60}}",
    r"\(?(?:screened|suspicious|deleted|frozen) (?:comment|post|reply)\)?",
    r"(?:user|author|account) (?:was )?(?:deleted|suspended|banned)[^.]{0,60}",
)
_GONE = re.compile(rf"^\W*(?:{'|'.join(_LINES)})\W*$", re.I)
_BY_AUTHOR = re.compile(
    r"author|user|owner|autor|verfasser|nutzer|auteur|\[\s*deleted|utente|usuario|usuário|"
    r"användare|"
    r"bruker|käyttäj|użytkownik|uživatel|пользователь|користувач|kullanıcı|felhasználó",
    re.I,
)
_GONE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:deleted|removed)(?:$|\s|[_-](?:comment|notice|post|msg|message|content|reply|"
    r"item))"
    r"|(?:^|[\s_-])(?:tombstone)(?:$|[\s_-])"
)
LONGEST = 160  # characters of a line that stands for a comment taken away


def is_gone(words: str) -> bool:
    """Whether words are only the notice that stands for a contribution taken away."""
    return len(words) <= LONGEST and bool(_GONE.match(words.strip()))


def is_gone_name(names: str) -> bool:
    """Whether an element's names (lower case) say that it stands for one taken away."""
    return bool(_GONE_CLASS.search(names))


def status_of(words: str) -> Status:
    """Whether a body is such a notice, and who took the contribution away."""
    if is_gone(words):
        return "deleted" if by_author(words) else "removed"
    return "present"


def by_author(words: str) -> bool:
    """Whether a notice says that the author took the contribution away."""
    return bool(_BY_AUTHOR.search(words))
