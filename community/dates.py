"""Absolute dates as pages print them, in some thirty languages.

Only dates with a day and a four-digit year are read; a clock time makes the precision finer. An
offset is kept only where the text states one. Relative dates ("2 days ago") need a clock and are
not read here.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import Literal, NamedTuple

Precision = Literal["second", "minute", "day"]

# Per month: Germanic, Romance, Slavic, Finnic, Hungarian, Greek, Turkish, Indonesian, Arabic,
# Hebrew names, whole and short, nominative and genitive. Where two languages give one word to two
# months (listopad), the one with more speakers on the net has it.
_MONTHS = (
    "january jan januar jänner janvier janv enero ene gennaio genn januari janeiro gen gener "
    "ianuarie "
    "ian stycznia styczeń sty ledna leden led januára január január. siječnja januara január "
    "tammikuuta tammikuu tammi января январь янв січня січ януари ιανουαρίου ιανουάριος ιαν ocak "
    "oca "
    "يناير ינואר janúar",
    "february feb februar février fevrier févr fevr febrero febbraio febbr februari fevereiro fev "
    "febrer februarie lutego luty lut února únor úno februára február febr veljače februara "
    "helmikuuta helmikuu helmi февраля февраль фев февр лютого лют февруари φεβρουαρίου "
    "φεβρουάριος φεβ şubat şub فبراير פברואר",
    "march mar märz maerz mrz mars marzo maart mrt março marco març martie marca marzec března "
    "březen bře ožujka marts március márc maaliskuuta maaliskuu maalis марта март мар березня бер "
    "μαρτίου μάρτιος μαρ mart maret مارس מרץ mrc",
    "april apr avril avr abril abr aprile aprilie kwietnia kwiecień kwi dubna duben dub apríla "
    "apríl "
    "travnja aprila április ápr huhtikuuta huhtikuu huhti апреля апрель апр квітня квіт април "
    "απριλίου απρίλιος απρ nisan nis أبريل ابريل אפריל",
    "may mai mayo maggio mei maio mag maig maja maj května květen kvě mája máj svibnja május "
    "toukokuuta toukokuu touko мая май травня трав μαΐου μαΐος μάιος μαϊ μαΐ mayıs مايو מאי",
    "june jun juni juin junio giugno giu junho juny iunie iun czerwca czerwiec cze června červen "
    "čvn "
    "júna jún lipnja juna június kesäkuuta kesäkuu kesä июня июнь июн червня черв юни ιουνίου "
    "ιούνιος ιουν haziran haz يونيو יוני júní",
    "july jul juli juillet juil julio luglio lug julho juliol iulie iul lipca lipiec lip července "
    "červenec čvc júla júl srpnja jula július heinäkuuta heinäkuu heinä июля июль июл липня лип "
    "юли "
    "ιουλίου ιούλιος ιουλ temmuz tem يوليو יולי júlí",
    "august aug août aout agosto ago augustus agost sierpnia sierpień sie srpna srpen srp augusta "
    "kolovoza avgusta avg augusti augusztus elokuuta elokuu elo августа август авг серпня серп "
    "αυγούστου αύγουστος αυγ ağustos ağu agustus أغسطس אוגוסט ágúst",
    "september sep sept septembre septiembre settembre set setembro setembre septembrie września "
    "wrzesień wrz září zář septembra rujna szeptember szept syyskuuta syyskuu syys сентября "
    "сентябрь "
    "сен сент вересня вер септември σεπτεμβρίου σεπτέμβριος σεπ σεπτ eylül eyl سبتمبر ספטמבר",
    "october oct oktober okt octobre octubre ottobre ott outubro out octubre octombrie "
    "października "
    "październik paź října říjen říj októbra október oktobra lokakuuta lokakuu loka октября "
    "октябрь "
    "окт жовтня жовт октомври οκτωβρίου οκτώβριος οκτ ekim eki أكتوبر אוקטובר",
    "november nov novembre noviembre novembro noiembrie listopada listopad lis listopadu studenoga "
    "novembra novembre marraskuuta marraskuu marras ноября ноябрь ноя нояб листопада лист ноември "
    "νοεμβρίου νοέμβριος νοε kasım kas نوفمبر נובמבר nóvember",
    "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro desembre "
    "decembrie grudnia grudzień gru prosince prosinec pro decembra prosinca desember des deszember "
    "december joulukuuta joulukuu joulu декабря декабрь дек грудня груд декември δεκεμβρίου "
    "δεκέμβριος δεκ aralık ara ديسمبر דצמבר",
)
_MONTH = {name.rstrip("."): i for i, names in enumerate(_MONTHS, 1) for name in names.split()}
_WEEKDAY_NAMES = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "måndag tisdag onsdag torsdag fredag lördag söndag",
    "mandag tirsdag onsdag torsdag fredag lørdag søndag",
    "maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai",
    "poniedziałek wtorek środa czwartek piątek sobota niedziela",
    "pondělí úterý středa čtvrtek pátek sobota neděle",
    "понедельник вторник среда четверг пятница суббота воскресенье",
    "pazartesi salı çarşamba perşembe cuma cumartesi pazar",
)
#: weekdays as pages write them, with their number (Monday is 0)
WEEKDAYS = {name: i for names in _WEEKDAY_NAMES for i, name in enumerate(names.split())}
WEEKDAYS["sonnabend"] = 5
WEEKDAY = "(?:" + "|".join(sorted(map(re.escape, WEEKDAYS), key=len, reverse=True)) + ")"
# not after a letter: the name before a glued date may end like a day ("Guillermo 5 May")
_SHORT_DAY = (
    r"(?<![^\W\d_])(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun|mo|di|mi|do|fr|sa|so|lun|mar|mer|"
    r"mié|jeu|jue|gio|ven|vie|sam|sáb|sab|dim|dom|mån|tis|ons|tor|fre|lör|sön|пн|вт|ср|чт|пт|сб|вс|"
    r"pon|wt|śr|czw|pt|sob|ndz|ma|ti|ke|to|pe|la|su)\.?"
)
_NAME = "(?:" + "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True)) + r")\.?"
_PM = r"(?P<pre>오전|오후|上午|下午|午前|午後)?\s?"
_ZONE = r"(?:\s?\(?(?P<z>Z\b|UTC(?![+-])\b|GMT(?![+-])\b|(?:UTC|GMT)?[+-]\d{2}:?\d{2}\b)\)?)?"
_CLOCK = (
    _PM + r"(?P<h>\d{1,2})(?:[:.]|\s?[hHu]\s?|時|시\s?)(?P<m>\d{2})(?:分|분)?"
    r"(?::(?P<s>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s?(?P<ap>[ap])\.?\s?m\.?(?![a-z])|\s?(?P<gap>[πμ])\.?μ\.?(?!\w))?"
    + _ZONE
    + r"(?:\s?uhr)?"
)
# between a date and its time stand at most two short words ("a las", "um", "klo", "στις")
_JOIN = r"[\s,;·•|–—@:(/-]{1,4}(?:(?!오|上|下|午)(?:[^\W\d_]{1,4}\.?)[\s:,]+){0,2}"
_TIME = rf"(?:(?:{_JOIN}|T|\s?)(?<![\d.]){_CLOCK})?"
_DAYS = rf"(?:(?:{WEEKDAY}|{_SHORT_DAY})\s?,?\s+(?:den\s+|the\s+)?)?"
_NTH = r"(?:st|nd|rd|th|er|ième|ère|η|º|ª|\\?\.)?"
_SHAPES = (
    rf"{_DAYS}(?<!\w)(?P<mon>{_NAME})(?:\s+|[-/])(?P<d>\d{{1,2}}){_NTH}(?:,?\s+|"
    rf"[-/,]\s?)(?P<y>\d{{4}}){_TIME}",
    rf"{_DAYS}(?<!\d)(?P<d>\d{{1,2}}){_NTH}(?:\s+|[-/])?(?:de\s+|d['’]\s?|"
    rf"of\s+)?(?<!\w\s\w)(?P<mon>{_NAME})"
    rf"(?:[,.]?\s+|[-/])(?:de\s+|del\s+)?(?P<y>\d{{4}})(?!\d)(?:\s?(?:г\.?|р\.?|r\.|წ\.))?{_TIME}",
    rf"(?<!\d)(?P<y>\d{{4}})\.?\s(?P<mon>{_NAME})\s(?P<d>\d{{1,2}})\.?(?!\d){_TIME}",
    rf"(?<!\d)(?P<y>\d{{4}})[-/.](?P<num>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d){_TIME}",
    rf"(?<!\d)(?P<y>\d{{4}})\s?[年년]\s?(?P<num>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日일]"
    rf"(?:\s?[(（][^()（）]{{1,4}}[)）])?(?:\s?[月火水木金土日一二三四五六]曜日?)?{_TIME}",
    rf"{_DAYS}(?<![\d.])(?P<d>\d{{1,2}})\.\s?(?P<num>\d{{1,2}})\.\s?(?P<y>\d{{4}})(?!\d){_TIME}",
    rf"{_DAYS}(?<!\d)(?P<d>\d{{1,2}})\s(?:tháng|"
    rf"thg)\s(?P<num>\d{{1,2}}),?\s(?:năm\s)?(?P<y>\d{{4}}){_TIME}",
    rf"(?<!\d)(?P<a>\d{{1,2}})[/-](?P<b>\d{{1,2}})[/-](?P<y>\d{{4}})(?!\d){_TIME}",
)
_PATTERNS = tuple(re.compile(shape, re.IGNORECASE) for shape in _SHAPES)
_BEFORE = re.compile(
    rf"{_CLOCK}[\s,·|–—-]{{1,3}}(?:(?:[^\W\d_]{{1,4}}\.?)\s){{0,2}}$", re.IGNORECASE
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_ONE_DAY = re.compile(rf"{WEEKDAY}|{_SHORT_DAY}", re.IGNORECASE)
_PARTS = ("h", "m", "s", "ap", "gap", "pre", "z")


class Stamp(NamedTuple):
    """A date found: ISO 8601, how precise, and where it stands in the string searched."""

    iso: str
    precision: Precision
    start: int
    end: int


def is_weekday(words: str) -> bool:
    """Whether words are the name of a weekday, whole or short."""
    return bool(_ONE_DAY.fullmatch(words.strip(" .,")))


def find(text: str, *, anchored: bool = False, month_first: bool | None = None) -> Stamp | None:
    """The first date in `text` (at its very start, if `anchored`); None where there is none.

    `text` should be a line or a short heading: long text is searched as it is. `month_first` says
    how 03/04/2020 is meant; where it is None such a date is no date, unless one number is over 12.
    """
    if not _YEAR.search(text):
        return None
    found = []
    for pattern in _PATTERNS:
        match = pattern.match(text) if anchored else pattern.search(text)
        stamp = _stamp(match, month_first) if match else None
        if stamp:
            found.append(stamp)
    return min(found, key=lambda stamp: (stamp.start, -stamp.end), default=None)


def _stamp(match: re.Match[str], month_first: bool | None) -> Stamp | None:
    """ISO 8601 for a match, or None where it is no date of the calendar, or an ambiguous one."""
    parts = {**dict.fromkeys(_PARTS), **match.groupdict()}
    if "a" in parts:
        one, two = int(parts["a"] or 0), int(parts["b"] or 0)
        if one <= 12 and two <= 12 and one != two and month_first is None:
            return None  # 03/04: which one is the month depends on who wrote it
        first = one <= 12 and (two > 12 or bool(month_first))
        month, day = (one, two) if first else (two, one)
    elif parts.get("mon"):
        month, day = _MONTH[str(parts["mon"]).lower().rstrip(".")], int(parts["d"] or 0)
    else:
        month, day = int(parts["num"] or 0), int(parts["d"] or 0)
    start = match.start()
    if parts["h"] is None:  # "12:30, 4 May 2018"
        before = _BEFORE.search(match.string, max(0, start - 30), start)
        if before:
            parts.update({key: before[key] for key in _PARTS})
            start = before.start()
    hour, minute, second = (int(parts[key] or 0) for key in ("h", "m", "s"))
    if _half(parts):
        hour = hour % 12 + (12 if _half(parts) == "p" else 0)
    try:
        moment = datetime(int(parts["y"] or 0), month, day, hour, minute, second)
    except ValueError:  # the 31st of June: not a date
        return None
    return Stamp(*_iso(moment, parts), start, match.end())


def _half(parts: dict[str, str | None]) -> str:
    """``a`` or ``p`` for the half of the day that a clock time names; "" where it names none."""
    if parts["pre"]:
        return "p" if parts["pre"] in ("오후", "下午", "午後") else "a"
    if parts["gap"]:
        return "p" if parts["gap"] == "μ" else "a"
    return (parts["ap"] or "").lower()


def _iso(moment: datetime, parts: dict[str, str | None]) -> tuple[str, Precision]:
    if parts["h"] is None:
        return moment.date().isoformat(), "day"
    zone = (parts["z"] or "").upper()
    if zone in ("Z", "UTC", "GMT"):
        zone = "+00:00"
    zone = zone.removeprefix("UTC").removeprefix("GMT")
    if zone and ":" not in zone:
        zone = f"{zone[:3]}:{zone[3:]}"
    precision: Precision = "minute" if parts["s"] is None else "second"
    return moment.isoformat(timespec="seconds") + zone, precision
