"""Relative dates ("2 hours ago", "gestern um 14:05") in many languages, counted from a clock given.

A unit word decides the language, so none need be known. Months count 30 days and years 365, as
sites round them.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from community import dates

_UNITS = {
    1: "s sec secs second seconds sek sekunde sekunden seconde secondes segundo segundos secondo "
    "secondi seconden sekund sekunder sekunnin sekundy sekundę vteřin секунд секунды секунду "
    "saniye "
    "δευτερόλεπτα 秒 초",
    60: "m min mins minute minutes minuten minuto minutos minuti minuut minuten minut minuter "
    "minutter minutes minuutti minuuttia minuutin minutę minuty minutami minutą minutou минут "
    "минуты "
    "минуту мин хвилин λεπτά λεπτό dakika dk 分 分钟 分鐘 분",
    3600: "h hr hrs hour hours std stunde stunden heure heures hora horas ora ore uur uren timme "
    "timmar tim time timer tunti tuntia tunnin godz godzin godziny godzinę hodin hodiny hodinu "
    "hodinou hodinami час часа часов годин години ώρες ώρα saat óra órája 時間 小时 小時 시간",
    86400: "d day days tag tage tagen jour jours día días dia dias giorno giorni dag dagen dagar "
    "dager dage päivä päivää päivän dzień dni dnem dny den день дня дней днів днi ημέρες ημέρα gün "
    "nap napja 日 天 일",
    604800: "w wk wks week weeks woche wochen semaine semaines semana semanas settimana settimane "
    "weken vecka veckor uke uker uge uger viikko viikkoa viikon tydzień tygodnie tygodni týden "
    "týdny týdnů неделя неделю недели недель тиждень тижні тижнів εβδομάδες εβδομάδα hafta hét "
    "hete 週間 周 주",
    2592000: "mo mos mth month months monat monate monaten mois mes meses mese mesi mês maand "
    "maanden månad månader måned måneder kuukausi kuukautta kuukauden miesiąc miesiące miesięcy "
    "měsíc měsíce měsíci měsíců месяц месяца месяцев місяць місяці місяців μήνες μήνα ay hónap "
    "hónapja ヶ月 か月 个月 個月 개월",
    31536000: "y yr yrs year years jahr jahre jahren an ans año años anno anni ano anos jaar jaren "
    "år vuosi vuotta vuoden rok lata lat roky let rokem год года лет рік роки років χρόνια έτη yıl "
    "év éve 年 년",
}  # fmt: skip
_SECONDS = {word: seconds for seconds, words in _UNITS.items() for word in words.split()}
_UNIT = "|".join(sorted(map(re.escape, _SECONDS), key=len, reverse=True))
_ONE = (
    r"an?|one|un['’]|eine[rmnsr]?|einem|une?|una|uno|um|uma|een|en|ett|et|yksi|jeden|jednou|bir|"
    r"ένα|μία"
)
_AGO_BEFORE = (
    r"vor|il y a|il ya|hace|há|ha|for|före|před|przed|πριν(?: από)?|prieš|acum|fa|about|almost|over"
)
_AGO_AFTER = (
    r"ago|fa|geleden|sedan|siden|sitten|temu|назад|тому|önce|ezelőtt|前|전|atrás|zpátky|vorher"
)
_COUNTED = re.compile(
    rf"(?:(?P<lead>\b(?:{_AGO_BEFORE}))\s+)?(?:\w{{2,8}}\s)?(?<!\w)(?P<n>\d{{1,3}}|{_ONE})\s?"
    rf"(?P<unit>{_UNIT})\.?(?!\w(?<![前전]))(?:\(\w{1, 2}\))?(?:\s?(?P<tail>{_AGO_AFTER})(?!\w))?",
    re.I,
)
_DAYS = {
    0: "today heute aujourd'hui aujourd’hui hoy oggi vandaag idag i-dag tänään dzisiaj dziś dnes "
    "сегодня сьогодні σήμερα bugün 今日 今天 오늘 hoje",
    1: "yesterday gestern hier ayer ieri gisteren igår i-går eilen wczoraj včera вчера вчора χθες "
    "χτες dün 昨日 昨天 어제 ontem",
}
_DAY = {word: days for days, words in _DAYS.items() for word in words.split()}
_NAMED = re.compile(
    r"(?<![\w-])(?P<day>" + "|".join(map(re.escape, _DAY)) + r")(?![\w-])"
    rf"|^(?P<weekday>{dates.WEEKDAY})(?=\s+(?:at|um|à|kl)\b)",
    re.I,
)
_NOW = re.compile(
    r"^\W*(?:just now|now|a moment ago|moments ago|gerade eben|soeben|à l['’]instant|ahora mismo|"
    r"adesso|zojuist|nyss|juuri nyt|przed chwilą|только что|たった今|刚刚)\W*$",
    re.I,
)
_CLOCK = re.compile(r"(\d{1,2})[:.h](\d{2})(?::(\d{2}))?(?:\s?([ap])\.?m)?", re.I)
_LONGEST = 48  # characters of a line that says a relative date
_BARE = 14  # characters of a line of number and unit alone ("3h", "2 days")


def is_relative(words: str) -> bool:
    """Whether a line is a relative date, and hardly anything else."""
    return len(words) <= _LONGEST and _parts(words) is not None


def count(words: str, now: str) -> str | None:
    """ISO 8601 to the minute of a relative date counted from `now`, or None where it is none."""
    found = _parts(words)
    if found is None:
        return None
    start = datetime.fromisoformat(now).replace(tzinfo=None)
    match, seconds = found
    if seconds is not None:
        moment = start - timedelta(seconds=seconds)
        return moment.isoformat(timespec="minutes")
    if match["day"]:
        moment = start - timedelta(days=_DAY[match["day"].lower()])
    else:
        back = (start.weekday() - dates.WEEKDAYS[match["weekday"].lower()]) % 7 or 7
        moment = start - timedelta(days=back)
    clock = _CLOCK.search(words, match.end())
    if not clock:
        return moment.date().isoformat()
    hour = int(clock[1])
    if clock[4]:
        hour = hour % 12 + (12 if clock[4].lower() == "p" else 0)
    if hour > 23 or int(clock[2]) > 59:
        return None
    return moment.replace(hour=hour, minute=int(clock[2])).isoformat(timespec="minutes")


def _parts(words: str) -> tuple[re.Match[str], int | None] | None:
    """The match that makes a line a relative date, and the seconds it counts back, if it counts."""
    words = " ".join(words.split())
    now = _NOW.match(words)
    if now:
        return now, 0
    counted = _COUNTED.search(words)
    if counted and (counted["lead"] or counted["tail"] or _is_bare(words, counted)):
        number = int(counted["n"]) if counted["n"].isdigit() else 1
        return counted, number * _SECONDS[counted["unit"].lower()]
    named = _NAMED.search(words)
    if named and (_CLOCK.search(words, named.end()) or len(words) - len(named[0]) < 4):
        return named, None
    return None


def _is_bare(words: str, match: re.Match[str]) -> bool:
    whole = len(words) <= _BARE and match.start() <= 1 and match.end() >= len(words) - 1
    return whole and match["n"].isdigit()
