"""Survey platforms: the headings by which an export is known, and what the platform's own columns hold."""

import re
from dataclasses import dataclass

from emolabor.responses.written import same


@dataclass(frozen=True)
class Platform:
    """What is known of one platform's exports; headings are reduced by `same`, except those of `exact`.

    Attributes
    ----------
    name : str
        As people call it.
    exact : frozenset of str
        Headings that only this platform writes, letter for letter: others differ from them in blanks or case.
    signs : tuple of frozenset of str
        Headings that, together in one file, only this platform writes.
    added : dict of str to (str or None)
        Columns of its own: heading to the background variable that it fills, None for no variable.
    submission : frozenset of str
        Columns that name a submission: the same cell twice is the same submission sent twice.
    times : tuple of (str, str)
        Headings of the moments of start and end, where the export holds no answering time.
    endings : tuple of str
        How further columns of its own end.
    """

    name: str
    exact: frozenset
    signs: tuple
    added: dict
    submission: frozenset = frozenset()
    times: tuple = ()
    endings: tuple = ()


def _exact(*headings):
    return frozenset(headings)


def _signs(*alternatives):
    return tuple(frozenset(words.split()) for words in alternatives)


def _added(words, **filled):
    return {
        **dict.fromkeys(words.split()),
        **{word: key for key, several in filled.items() for word in several.split()},
    }


PLATFORMS = {
    "wjx": Platform(
        "问卷星",
        _exact(),
        _signs("提交答卷时间", "所用时间"),
        _added("提交答卷时间 来源 来源详情 来自ip 总分", respondent="序号", seconds="所用时间"),
    ),
    "tencent": Platform(
        "腾讯问卷",
        _exact(),
        _signs("开始答题时间", "结束答题时间", "答题时长"),
        _added(
            "开始答题时间 结束答题时间 原始记录编号 数据版本 语言 清洗数据结果 智能清洗数据结果 "
            "地理位置国家和地区 地理位置省 地理位置市 用户类型 用户标识 昵称 自定义字段 "
            "ip ip省份 ip城市 ua referrer 总分 得分",
            respondent="编号",
            seconds="答题时长",
        ),
        times=(("开始答题时间", "结束答题时间"),),
    ),
    "kobo": Platform(
        "KoboToolbox/ODK",
        _exact("_uuid", "_submission_time", "_xform_id", "SubmissionDate"),
        _signs("formhubuuid", "metainstanceid", "instanceid"),
        _added(
            "id uuid submissiontime submissiondate submissionid start end today deviceid subscriberid simserial "
            "phonenumber username version validationstatus notes status submittedby tags instanceid metainstanceid "
            "formhubuuid rootuuid metarootuuid instancename metainstancename xformid xformidstring duration edited "
            "mediacount totalmedia mediaallreceived bamboodatasetid geolocation attachments metasubmissiondate "
            "metamodelversion metauiversion metaiscomplete metadatemarkedascomplete key parentkey submitterid "
            "submittername starttime endtime attachmentspresent attachmentsexpected reviewstate edits formversion "
            "formdefversion isvalidated lastedited deletedat metadeprecatedid metaaudit",
            respondent="index",
        ),
        submission=frozenset(("uuid", "key", "instanceid", "metainstanceid")),
        times=(("start", "end"), ("starttime", "endtime")),
    ),
    "limesurvey": Platform(
        "LimeSurvey",
        _exact(),
        _signs("lastpage", "startlanguage", "submitdate", "datesubmitted", "答复id", "interviewtime"),
        _added(
            "submitdate datesubmitted lastpage startlanguage seed startdate datestarted datestamp datelastaction "
            "ipaddr ipaddress refurl referrerurl token accesscode completed 提交日期 最后一页 起始语言 种子",
            respondent="id responseid 答复id",
            seconds="interviewtime totaltime",
        ),
    ),
    "qualtrics": Platform(
        "Qualtrics",
        _exact("ResponseId", "ResponseID"),
        _signs("recordeddate", "distributionchannel", "responseid durationinseconds"),
        _added(
            "startdate enddate status responsetype ipaddress progress finished recordeddate responseid responseset "
            "name recipientlastname recipientfirstname recipientemail externalreference externaldatareference "
            "emailaddress locationlatitude locationlongitude distributionchannel userlanguage qrecaptchascore",
            seconds="durationinseconds",
        ),
        submission=frozenset(("responseid",)),
    ),
    "surveymonkey": Platform(
        "SurveyMonkey",
        _exact("RespondentID", "Respondent ID", "CollectorID", "Collector ID"),
        _signs(),
        _added(
            "respondentid collectorid startdate enddate datecreated datemodified ipaddress emailaddress firstname "
            "lastname customdata customdata1"
        ),
        submission=frozenset(("respondentid",)),
        times=(("startdate", "enddate"), ("datecreated", "datemodified")),
    ),
    "googleforms": Platform(
        "Google Forms",
        _exact("Timestamp", "时间戳记", "时间戳", "時間戳記"),
        _signs(),
        _added(
            "timestamp 时间戳记 时间戳 時間戳記 username emailaddress 用户名 电子邮件地址 電子郵件地址 score 得分 总分 "
            "分數"
        ),
    ),
    "msforms": Platform(
        "Microsoft Forms",
        _exact(),
        _signs("starttime completiontime", "开始时间 完成时间", "開始時間 完成時間"),
        _added(
            "starttime completiontime lastmodifiedtime email name language totalpoints quizfeedback gradepostedtime "
            "开始时间 完成时间 上次修改时间 电子邮件 名称 姓名 语言 总分 開始時間 完成時間 電子郵件",
            respondent="id",
        ),
        times=(("starttime", "completiontime"), ("开始时间", "完成时间"), ("開始時間", "完成時間")),
    ),
    "redcap": Platform(
        "REDCap",
        _exact(),
        _signs(
            "redcapeventname", "redcapsurveyidentifier", "redcapdataaccessgroup", "redcaprepeatinstrument",
            "redcaprepeatinstance", "recordid complete", "recordid surveytimestamp", "recordid surveyidentifier",
        ),
        _added(
            "redcapeventname redcapsurveyidentifier redcapdataaccessgroup redcaprepeatinstrument redcaprepeatinstance "
            "surveyidentifier surveytimestamp complete eventname dataaccessgroup repeatinstrument repeatinstance",
            respondent="recordid",
        ),
        endings=("_complete", "_timestamp"),
    ),
}  # fmt: skip
# Headings of which each platform writes its own kind, where no column of its own was left.
_PATTERNS = {
    "wjx": re.compile(r"[0-9]+、|第[0-9]+题[(（:：、]?"),
    "kobo": re.compile(r"\w+(/\w+)+$"),
    "limesurvey": re.compile(r"[A-Za-z][A-Za-z0-9]*\[\w+\]($|\. )"),
}
_WEAK = {"limesurvey": "responseid"}  # other software has this heading too


def heading_names(name):
    """Give the heading of a platform's own column as exports write it: the whole, LimeSurvey's code before a text."""
    yield same(name)
    code, dot, _ = name.partition(". ")
    if dot:
        yield same(code)


def platform_of(names):
    """Tell whose export has these headings.

    Parameters
    ----------
    names : list of str
        Headings.

    Returns
    -------
    str or None
        A key of `PLATFORMS`, or None.

    Examples
    --------
    >>> platform_of(["序号", "提交答卷时间", "所用时间"]), platform_of(["_uuid", "a/b"]), platform_of(["ic1"])
    ('wjx', 'kobo', None)
    """
    reduced = {form for name in names for form in heading_names(name)}
    signed = [
        key
        for key, platform in PLATFORMS.items()
        if platform.exact.intersection(names) or any(sign <= reduced for sign in platform.signs)
    ]
    if any(re.fullmatch("\\w+_complete", name) for name in names) and "recordid" in reduced:
        signed.append("redcap")
    if signed:
        return max(signed, key=lambda key: len(reduced & PLATFORMS[key].added.keys()))
    shares = {key: sum(bool(pattern.match(name)) for name in names) for key, pattern in _PATTERNS.items()}
    best = max(shares, key=shares.get)
    if shares[best]:
        return best
    return next((key for key, heading in _WEAK.items() if heading in reduced), None)


def added_by(platform, name):
    """Tell whether a platform adds a column of this name, and which background variable it fills.

    Parameters
    ----------
    platform : str or None
        A key of `PLATFORMS`.
    name : str
        The heading.

    Returns
    -------
    tuple of bool and (str or None)
        Whether it does, and the variable.
    """
    if platform is None:
        return False, None
    known = PLATFORMS[platform]
    for form in heading_names(name):
        if form in known.added:
            return True, known.added[form]
    return bool(known.endings) and name.casefold().endswith(known.endings), None
