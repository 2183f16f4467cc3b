"""The regular expressions behind `community.results.quantities`: how numbers are written.

One expression with bounded alternatives reads a text once; the order of the alternatives decides.
"""

from __future__ import annotations

import re

UNITS = dict(
    zip(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ],
        range(20),
        strict=True,
    )
)


TENS = dict(
    zip(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"],
        range(20, 100, 10),
        strict=True,
    )
)


SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000}


PARTS = {"half": 2, "third": 3, "quarter": 4, "fifth": 5, "tenth": 10}


# Mean Gregorian month and year; a month has 30.4375 days.
MONTHS = {
    "hour": 1 / 730.5,
    "day": 1 / 30.4375,
    "week": 7 / 30.4375,
    "month": 1.0,
    "year": 12.0,
}


# Mind that a fraction needs three or more: "one of the two" singles out, it does not count.
_WORD = "(?i:" + "|".join([*UNITS, *TENS, *SCALES]) + ")"


_SPELT = (
    rf"(?:\b(?:[Aa] (?=hundred|thousand|million))?{_WORD}(?:(?:[- ]|(?<=hundred) and )"
    rf"(?={_WORD}\b){_WORD}){{0,6}}\b)"
)


# A number as written, for other patterns to build on.
_DIGITS = (
    r"(?:\d{1,3}(?:[,\u202f\u2009]\d{3})+(?![\d])(?:[.·]\d+)?|\d+[.·]\d+|\d+,\d{1,2}(?"
    r"![\d,.]\d)(?!\d)|\d+|(?<![\w.])[.·]\d+)"
)


_SIGN = r"(?:(?<![\w.%)])[-−–+])?(?<!\w)"


_NUM = rf"(?>{_SIGN}{_DIGITS}|{_SPELT})"


WRITTEN = rf"(?:\d{{1,3}}(?:,\d{{3}})+|\d+|{_SPELT})"


_BOUND = rf"[-−–+]?{_DIGITS}"


_PCT = r"(?:\s?(?:%|％|[Pp]er[ -]?cent\b|[Pp]ercentage points?\b|pct\b))"


_TO = r"\s?(?:%|(?!to\b|and\b|through\b)[a-zA-Z]{1,8})?\s?(?:to|through|and|[-−–—,;‐‑‒])\s?"


_SPAN2 = rf"(?P<LOW>{_BOUND}){_TO}(?P<HIGH>{_BOUND})(?:\s?(?:%|％))?"


_LEAD = r"[\s,:;=(\[]{0,5}(?:(?:of|from|was|is|between)\s)?[\s(\[]{0,2}"


_TIME = r"(?i:years?|yrs?|months?|mos?|weeks?|wks?|days?|hours?|hrs?)"


_PEOPLE = (
    r"patients?|participants?|people|persons?|subjects?|individuals?|men|women|adults?|children|"
    r"babies|infants?|pregnancies|births?|cases?|deaths?|events?|relapses?|volunteers?|recipients?|"
    r"survivors?|respondents?|girls?|boys?|episodes?|attacks?|infections?|lesions?|completers?|"
    r"exacerbations?|seizures?|strokes?|fractures?|withdrawals?|hospitali[sz]ations?|admissions?|"
    r"complications?|flares?|falls|dropouts?"
)


_COUNTED = rf"(?:(?:[^\W\d_][\w/-]*|\([A-Z]+\)) ){{0,3}}?(?P<noun>(?i:{_PEOPLE}))\b(?!-)"


_MEASURED = (
    r"mm\s?Hg|mmol/mol|[mµμup]?mol/[lL]|[mµμunp]?g/(?:d|m|µ|μ)?[lL]|k?g/m[2²]|k?g/cm[2²3³]|"
    r"m?[EI]?[Uq]/m?[lL]|k?cal|kJ|logMAR|m[lL]/(?:min|h|hr|kg)|[lL]/min|beats/min|"
    r"(?:[mµμunp]?g|IU|m[lL])/(?:kg|m[2²])(?:/(?:day|d|h|min))?|"
    r"(?:mg|g|kg|h|hours?|min(?:utes|s)?|days?|times|episodes|attacks|events|steps|m[lL])/"
    r"(?:day|d|week|wk|month|year|night|kg|h|hr)|"
    r"kg|m[lL]|mg|[µμu]g|mcg|ng|IU|[cm]?m[2²3³]|cm|mm|[µμn]m|k?m|points?|Gy|units?|metres|meters|m|steps|"
    r"minutes?|mins?|seconds?|secs?|fold|times|letters|lines|bpm|dB|Hz|kPa|kilos?|kilograms?|"
    r"pounds|lbs?|grams?|litres?|liters?|millilitres?|milliliters?|millimet(?:re|er)s|"
    r"centimet(?:re|er)s|diopt(?:re|er)s?|[gL]"
)


_MONTHS = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"


_NOT = (
    r"https?://\S{1,500}|www\.\S{1,500}|\S{1,64}@\S{1,64}|\b10\.\d{4,9}/\S{1,200}"
    r"|\b(?:NCT|ISRCTN|ACTRN|DRKS|CTRI|ChiCTR|jRCT|UMIN|PMC|PMID:?\s?)[-\w]{0,4}\d[\w/-]{3,30}"
    r"|\b\d{4}-\d{6}-\d{2}(?:-\d{2})?\b"
    rf"|\b\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS})[a-z]{{0,6}}\.?(?:,?\s\d{{4}})?\b"
    rf"|\b(?:{_MONTHS})[a-z]{{0,6}}\.?\s\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s\d{{4}})?"
    rf"|\b(?:{_MONTHS})[a-z]{{0,6}}\.?,?\s(?:19|20)\d\d\b"
    r"|\b(?i:years|months|weeks|days) \d{1,3}(?:,\s?\d{1,3})+(?:,?\s(?:and|or|"
    r"&)\s\d{1,3})?\b(?!\s?%)"
    r"|\b\d{1,4}[/.]\d{1,2}[/.]\d{2,4}\b|\b\d{4}-\d\d-\d\d\b|\b\d{1,2}:\d\d(?::\d\d)?\b"
    r"|\b\d{1,4}\s?\(\d{1,3}\)\s?:\s?\w?\d{1,6}(?:[-–]\w?\d{1,6})?|\b24/7\b"
    r"|[$£€]\s?\d[\d,.]{0,15}(?:\s?(?:k|million|billion|m)\b)?|\[\d{1,3}(?"
    r":[-–, ]{1,2}\d{1,3}){0,9}\]"
    r"|\+\d[\d ()-]{7,18}\d|\b\d{1,3}(?:st|nd|rd|th)\b|#\s?\d+|\b[A-Z][A-Za-z]{0,9}-\d+\b(?!\s?%)"
    r"|\b(?i:phases?|grades?|types?|genotypes?|serotypes?|subtypes?|stages?|figures?|fig\.|tables?|chapter|version|vol(?"
    r":ume|\.)|pages?"
    r"|pp?\.(?=\s?\d\d)|no\.|class|cycles?|level|step|part|section|appendix|tier)\s"
    r"(?:\d+[a-z]?|[IVX]+\b)(?:(?:\s?(?:to|or|and|[-–/])\s?|,\s)(?:\d+[a-z]?\b|[IVX]+\b)(?"
    r"!\s?%|\s[a-z]+ed\b)){0,3}"
    r"|\b(?i:aged?|ages)\s(?:of\s|between\s|from\s|≥\s?)?\d+(?:\s?(?:to|and|[-–])\s?\d+)?(?"
    r":\s?years?)?"
    r"|\b\d+(?:\.\d+)?(?:\s?(?:to|[-–])\s?\d+(?:\.\d+)?)?[- ]years?(?:[- ]old\b|\sof\sage\b)"
    r"|\b(?:19|20)\d\d(?:\s?(?:[-–/]|to|and)\s?(?:(?:19|20)\d\d|\d\d))?\b(?!\s?(?:%|[Pp]er|"
    r"patients|participants|people))"
)


_CI = (
    rf"(?:(?P<LEVEL>\d\d(?:\.\d+)?)\s?(?:%|per ?cent)[\s-]?)?(?i:confidence intervals?|"
    rf"credible intervals?|CrI|C\.?I\.?s?)"
    rf"(?:\s?[\[(]\s?C\.?I\.?\s?[\])])?(?:[\s,]{{0,2}}[\[(]?(?P<LEVEL2>\d\d)\s?%[\])]?)?{_LEAD}"
)


_RATIO = (
    r"(?P<rname>(?i:(?:adjusted |pooled )?(?:hazard|odds|risk|rate|incidence rate|relative "
    r"risk) ratios?|relative risk)"
    r"|\ba?(?:HR|OR|RR)\b|\bIRR\b|\bSHR\b)(?:\s?[\[(]\w{2,4}[\])])?"
    r"(?:\s(?:for|of|in)\s[^\d.;()]{2,60}?)?[\s,:=(\[]{0,4}(?:(?:was|of|is|,|that|which|comes?|came|"
    r"works? out|worked out|stood|equals?|to|at|as|be|about|just)\s){0,5}"
)


_ROUGHLY = (
    r"(?P<about>(?i:nearly|almost|about|around|approximately|approx\.?|roughly|some|over|more than|"
    r"less than|fewer than|just under|just over|under|up to|at least|close to|~|≈|>|<|≥|≤))\s?"
)


def _named(pattern: str, tag: str) -> str:
    return pattern.replace("LOW", tag + "low").replace("HIGH", tag + "high")


_WORDS = f"{_WORD}|(?i:half|thirds?|quarters?|fifths?|tenths?)"


HINT = re.compile(rf"\d|\b(?:{_WORDS})\b|\b[Pp]\s?=")


# A quantity never starts inside a word: most places fail on the first test.
FIND = re.compile(
    r"(?=\S)(?:(?<![A-Za-z])|(?![A-Za-z]))(?:"
    + "|".join(
        (
            rf"(?P<skip>{_NOT})",
            r"(?P<p>\b[Pp](?:[- ]?(?i:values?))?(?:\s(?i:for [a-z]{1,20}(?: [a-z]{1,20}){0,2}))?\s?"
            r"(?P<psign><|>|=|≤|≥|≦|≧|(?i:less than|greater than|was|of))\s?"
            r"(?P<pval>\d?[.·,]\d+(?:\s?[×x]\s?10\s?[-−–^]{1,2}\d+)?|1\b|ns\b|NS\b))",
            rf"(?P<ci>{_named(_CI + _SPAN2, 'c').replace('LEVEL', 'level')})",
            r"(?P<level3>\d\d(?:\.\d)?\s?(?:%|per ?cent)[\s-]?(?:C\.?I\b|CrI\b|"
            r"(?i:confidence|credible)))",
            rf"(?P<iqr>\b(?i:IQR|inter-?quartile range)(?:\s?[\[(]IQR[\])])?"
            rf"{_LEAD}{_named(_SPAN2, 'q')})",
            rf"(?P<range>\b(?i:rang(?:e[ds]?|ing)){_LEAD}{_named(_SPAN2, 'r')})",
            rf"(?P<sd>(?:±|\+/[-−–]|\+\\-)\s?(?P<sdval>{_DIGITS})%?|\b(?i:SDs?|standard deviation)"
            rf"(?:\s?[\[(]SD[\])])?[\s,:=]{{0,3}}(?:of\s)?(?P<sdval2>{_DIGITS}))",
            rf"(?P<bare>(?<=[(\[])(?P<blow>{_BOUND})\s?%?(?:[,;]\s|\s?(?:to|[-−–—‐‑‒])\s?)"
            rf"(?P<bhigh>{_BOUND})\s?%?(?=\s?[)\];]))",
            rf"(?P<ratio>{_RATIO}(?P<rval>{_DIGITS}))",
            rf"(?P<fraction>(?P<k>{_NUM})(?:\s?/\s?|\s(?P<of>(?i:in|out of|of))\s"
            rf"(?:(?i:the|all|these|every|our|a total of)\s)?)(?P<n>{_NUM})"
            rf"(?!\s?%|[\d/]|[.,]\d|[- ]{_TIME}\b|\s?(?:mg|kg|ml|mmHg|cm|dL)\b|-))",
            rf"(?P<part>\b(?i:(?P<pk>an?|one|two|three|four|nine)[- ](?P<pn>third|quarter|"
            rf"fifth|tenth)s?|half)"
            rf"(?=\s(?:of\b|the\b|had\b|were\b|who\b|as\b|{_PEOPLE})))",
            rf"(?P<pctrange>(?P<plow>{_NUM})(?:{_PCT})?\s?(?:to|[-–—−‐‑‒])\s?(?"
            rf"P<phigh>{_NUM}){_PCT})",
            rf"(?P<percent>(?P<pct>{_NUM}){_PCT})",
            r"(?P<when>\b(?i:(?P<wunit>year|month|week|day)s?)[- ](?P<wval>\d{1,3})(?:\s?(?"
            r":to|and|[-–])\s?(?P<wto>\d{1,3}))?\b(?!\s?%))",
            r"(?P<aspan>\b(?:(?P<ahalf>[Hh]alf )a|(?i:an?|one)) (?P<aunit>year|month|week|"
            r"fortnight|"
            r"decade)(?=\s(?:later|on\b|after|of (?:treatment|follow))|(?<=fter a year)|"
            r"(?<=fter a month)|(?<=fter a week)|(?<=fter half a year)|(?<=t a year)|"
            r"(?<=ithin a year)|(?<=ithin a month)))",
            rf"(?P<hung>(?P<hval>{_NUM})-(?=(?:,\s{_NUM}-){{0,3}},?\s(?:and|or|to)\s{_NUM}[-\s]"
            rf"(?P<hunit>{_TIME})\b))",
            rf"(?P<duration>(?P<dlow>{_NUM})(?:(?:\s?(?:to|or|[-–—])\s?)(?P<dhigh>{_NUM}))?"
            rf"(?:[-\s]|(?<=\d))(?P<dunit>{_TIME})\b(?P<hyphened>[-’'])?)",
            rf"(?P<count>(?P<cval>{_NUM})\s{_COUNTED})",
            rf"(?P<measured>(?P<mval>{_NUM})(?:\s?(?:to|[-–])\s?(?P<mhigh>{_DIGITS}))?[\s-]?"
            rf"(?P<munit>{_MEASURED})(?![\w/-]))",
            rf"(?P<span2>(?P<slow>{_NUM})\s?[-–—]\s?(?P<shigh>{_DIGITS})(?![\w%-]))",
            rf"(?P<number>{_NUM}(?![\w%-]))",
        )
    )
    + ")"
)


BEFORE_TIME = re.compile(
    r"(?i)\b(at|by|after|within|through|throughout|over|for|until|during|up to|in|following|"
    r"past|to)"
    r"(?:\s(?:the|a|an|about|around|approximately|least|end of|first|nearly|almost|last|"
    r"median of|mean of))*\s*$"
)


AFTER_TIME = re.compile(
    r"(?i)^\s?(?:after|following|post\b|post-|later|from\b|since\b|of follow|follow[- ]?up|"
    r"of treatment|out\b|on from|on\b(?=[, ])|in(?=[,.]))"
)


ABOUT = re.compile(_ROUGHLY + "$")


# What is said of people only: "24 went on to", "13 of them", "five needed intensive care".
PEOPLE_AFTER = re.compile(
    r"\s(?:(?:of|in|among) (?:them|these|those|whom|the (?:vaccinated|treated))\b"
    r"|(?:(?:had|have|has) (?:to|an?|no|been|gone|developed|died|not|never)|went|needed|required|"
    r"developed|died|got|became|gave|stopped|relapsed|recovered|improved|worsened|dropped out|"
    r"withdrew|completed|finished|survived|made it|fell ill|suffered|experienced|reported|felt|"
    r"returned|were (?:able|alive|dead|free|admitted|diagnosed|treated|transplanted|vaccinated|"
    r"hospitali[sz]ed|still|in (?:work|hospital|remission)|given|back|off|infected|readmitted)|"
    r"(?:have|had) since|did (?:so|not)|showed|remained|stayed|chose|left|ended up|underwent|"
    r"received|caught|tested positive)\b)",
    re.IGNORECASE,
)
PEOPLE_BEFORE = re.compile(
    r"(?:\b(?:seen|recorded|reported|found|observed|occurred|noted|happened|detected|diagnosed|"
    r"turned up|developed|confirmed|present|appeared|emerged)\s(?:also |only |just )?"
    r"(?:in|by|among|for)|\b(?:affect(?:ed|ing)|hit|helped|killed|claimed)|\bthere were|"
    r"\bnumber (?:of|who|working|with|in|on) [^.;,\d]{0,60}?(?:was|were|to|reached|rose to|"
    r"fell to|at|had reached))\s(?:only |just |about )?$",
    re.IGNORECASE,
)
PEOPLE_STOP = re.compile(
    r"\s?(?:[.,;:)]|$|(?:and|or|while|on|in the|of the|at|after|by|against|versus|vs|compared|"
    r"afterwards|later)\b)"
)
AGAINST = re.compile(
    r"(?:[^.;\d]|-\d+){0,60}?\b(?:against|versus|vs\.?|compared (?:with|to)|and|but)\s"
    r"(?:only |just |about |the )?"
)


SPREAD_UNIT = re.compile(
    rf"\s?\(?(?:±|\+/[-−–]|SD|SEM?)?\s?\d[\d.]*\s?\)?\s?(?:(?P<pct>%|per ?cent\b)|(?"
    rf"P<unit>{_MEASURED})(?![\w/-]))"
)


# What the bounds in "0.46 (0.38-0.56)" or the number in "5.0 (2.1)" are, where the text says so
# once: "(95% CI)", "median (IQR)", "mean (SD)".
KINDS = re.compile(
    r"(?P<level>\d\d(?:\.\d+)?)?\s?%?[\s-]?(?P<CI>\bC\.?I\.?s?\b|(?i:confidence interval|"
    r"credible interval)|\bCrI\b)|(?P<IQR>\bIQR\b|(?i:inter-?quartile))|(?P<range>\b(?i:range)\b)"
)
DEVIATION = re.compile(r"\b(?:SDs?|SEM?|s\.d\.)\b|(?i:standard (?:deviation|error))|±")

UNIT_AFTER = re.compile(rf"\s?[)\]]\s?(?:(?P<pct>%|per ?cent\b)|(?P<unit>{_MEASURED})(?![\w/-]))")

# The unit of "at 6, 12 and 24 months" stands after the last.
SHARED_TIME = re.compile(
    rf"(?:,\s?\d{{1,3}}){{0,4}},?\s(?:and|or)\s\d{{1,3}}(?:\s|-)(?P<unit>{_TIME})\b"
)

# The unit of "60 vs. 87%" stands after the second.
SHARED_PERCENT = re.compile(
    rf"(?:\s?,)?\s(?:vs?\.?|versus|and|or|compared (?:with|to)|,)?\s?{_DIGITS}\s?(?:%|per ?cent\b)"
)

# What is counted in "11 and 13 patients" stands after the second.
SHARED_COUNT = re.compile(rf"\s(?:and|vs?\.?|versus)\s\d+\s(?P<noun>(?i:{_PEOPLE}))\b(?!-)")
