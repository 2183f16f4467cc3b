"""Words of controls around contributions, in many languages."""

from __future__ import annotations

import re

_THINGS = (
    r"comments?|replies|reply|posts?|answers?|responses?|messages?|kommentare?|antworten|antwort|"
    r"beiträge|"
    r"commentaires?|réponses?|messages?|comentarios?|respuestas?|comentários?|respostas?|commenti|"
    r"commento|rispost[ae]|reacties?|antwoord(?:en)?|berichten|kommentarer?|svar|inlägg|kommentit|"
    r"vastaukset|vastausta|komentarz[ey]?|odpowiedzi|komentář[eů]?|odpovědi|комментари\w+|ответ\w*|"
    r"відповід\w+|коментар\w*|σχόλια|απαντήσεις|yorum(?:lar)?|yanıt(?:lar)?|hozzászólás\w*|コメント|"
    r"返信|评论|回复|回覆|댓글|답글"
)
_VERBS = (
    r"load|show|view|see|read|expand|open|display|lade|zeige|alle|weitere|mehr|ältere|neuere|"
    r"vorherige|"
    r"afficher|voir|charger|lire|cargar|ver|mostrar|leer|carregar|carica|mostra|vedi|visualizza|"
    r"toon|"
    r"bekijk|laad|meer|visa|vis|se|hämta|näytä|lataa|pokaż|załaduj|zobacz|wyświetl|zobrazit|načíst|"
    r"показать|загрузить|ещё|еще|показати|завантажити|εμφάνιση|δείτε|περισσότερα|göster|daha|tüm|"
    r"további|mutass|もっと|さらに|查看|展开|更多|더"
)
#: a control that brings contributions which the page does not hold
MORE = re.compile(
    rf"^\W*(?:(?:{_VERBS})\W+(?:(?:\w+)\W+){{0,2}}?(?:\d+\W*)?(?:\w+\W+){{0,2}}?(?:{_THINGS})"
    rf"(?:\W*\(?\d[^()]{{0,30}}\)?)?(?:\s+(?:anzeigen|laden|weergeven|visa|göster|показать|表示))?|"
    rf"(?:older|newer|previous|next|earlier|ältere|neuere|vorherige|oudere|äldre|"
    rf"starsze)\s+(?!post\b|beitrag\b)(?:{_THINGS})|"  # "next post": the blog's next article
    rf"\+?\s*\d+\s+(?:weitere|more|autres|más|mais|altr[ei]|meer|fler|flere|więcej|další\w*|ещё|"
    rf"еще)\s+"
    rf"(?:{_THINGS})\b.{{0,30}}|"
    r"continue (?:this )?thread\W*|(?:view|show) \d+ (?:more )?repl(?:y|ies)|"
    rf"(?:{_THINGS})を(?:もっと見る|すべて表示|表示)|(?:查看|展开)(?:更多|全部|其余)?\s*\d*\s*条?(?:评论|回复))\W*$",
    re.I,
)
