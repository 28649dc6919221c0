"""Headings that stand above personal data, in Chinese, pinyin and English.

Some words tell wherever they stand (身份证号). Others tell only in a label, such as 电话 or "your name": the same word
in a sentence, such as 我耐心接听电话, is what an item says.
"""

import re

from emolabor.responses.personal_contents import plain

_TRADITIONAL = str.maketrans(
    "電話機聯絡係繫證護郵簽經緯車銀號碼賬帳稱暱戶設備錄頭像親屬監歷醫療險學員職編體掃",
    "电话机联络系系证护邮签经纬车银号码账账称昵户设备录头像亲属监历医疗险学员职编体扫",
)
_ANYWHERE = re.compile(
    r"姓名|昵称|联系(?:电话|手机|方式|地址|人|号码)|联络(?:电话|方式|人)|手机号|电话号|固定电话|座机|移动电话|身份证|证件(?:号|编号)|护照|驾驶证|驾照|军官证|回乡证|通行证号"
    r"|社保号|社保卡|医保卡|医保号|公积金号|员?工号|职工编?号|员工编号|人员编号|学号|警号|考号|准考证|就诊卡|病历号|住院号|邮箱|电子邮件|邮件地址|邮政编码"
    r"|微信(?:号|名|昵称|ID)|QQ号|支付宝账|抖音号|微博名|(?:用户|登录|银行|收款|支付|会员)(?:名|账号|账户|ID)|开户行"
    r"|(?:家庭|通讯|通信|居住|详细|收货|邮寄|户籍|现居|单位|所在|常住)(?:地址|住址)|住址|门牌|住所|出生(?:日期|年月|年份|时间|地)|车牌|银行卡|信用卡|储蓄卡|卡号"
    r"|来源详情|来自IP|IP地址|MAC地址|经纬度|经度|纬度|(?:地理|GPS|精确)(?:位置|坐标)|设备(?:号|编号|ID|标识|码|序列号)|串号|指纹|人脸|声纹"
    r"|紧急联系|监护人(?:姓名|电话)|电子签名|手写签名|本人签[名字]",
    re.IGNORECASE,
)
# In a label: at its end, or as the whole of it.
_LABEL_END = re.compile(
    r"(?:名字|称呼|姓氏|电话|手机|传真|微信|QQ|地址|签名|签字|生日|出生|证件|联系人|联络人|联系方式|账号|邮编|头像|照片|自拍|录音|笔迹|坐标|IP|MAC|Email|邮件"
    r"|填[写表报]人|受访者|被访者|被调查[者人]|调查员|访员|经办人|车号|户主|家长|网名|笔名|曾用名|英文名|真名|全名|监护人)$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"(?:姓|名|姓\s*名|籍贯|工牌|编制号|(?:GPS|地理|位置|当前|手机|自动)?定位(?:信息|地址|坐标)?|位置信息|所在位置|当前位置|微博|小红书|抖音|快手|支付宝|钉钉|飞书|领英"
    r"|xingming|xm|shouji(?:hao)?|sjh|dianhua|lxdh|lxfs|shenfenzheng(?:hao)?|sfzh?|weixin(?:hao)?|wxh?|dizhi|youxiang|chushengriqi|csrq|gonghao|chepai(?:hao)?)",
    re.IGNORECASE,
)
_LONGEST_LABEL = 10  # characters; a longer one is a sentence
_ASKING = re.compile(
    r"^(?:请?您?(?:填写|输入|留下|提供|告知|问)?(?:一下)?(?:您|你|贵方|本人)?的?)|(?:是(?:什么|多少)?|为|怎么写)$"
)
_PUNCTUATION = re.compile(r"^Q?[0-9]+[、.:_ -]*|[(【\[][^()】\]]*[)】\]]|[\s:*?。_]+", re.IGNORECASE)

_STRONG = (
    "ip address|ip addr|ipaddress|ip|e mail|email|phone number|mobile number|telephone|phone no|cell phone"
    "|cellphone|wechat|weixin|wxid|qq|openid|open id|unionid|id card|id number|identity card|identity number"
    "|national id|passport|ssn|social security number|driver s? ?licen[cs]e|licen[cs]e plate|number plate"
    "|plate number|bank account|bank card|card number|credit card|iban|account number|date of birth|birth date"
    "|birthdate|birthday|birth year|year of birth|dob|idfa|oaid|android id|gps|geo ?location|geo ?point|latitude"
    "|longitude|lat|lng|coordinates|device id|imei|mac address|submitted by|staff id|employee id|staff number"
    "|employee number|student id|personnel number|first name|last name|full name|fullname|firstname|lastname"
    "|surname|family name|given name|middle name|maiden name|user name|username|nick name|nickname|home address"
    "|street address|postal address|mailing address|zip code|postcode|postal code|post code|emergency contact"
    "|contact (?:person|name|number|details|info|information)|next of kin|user id|line id|whatsapp|telegram|skype"
    "|instagram|facebook|linkedin|twitter"
)
_ANYWHERE_EN = re.compile(rf"(?<![a-z])(?:{_STRONG})s?(?![a-z])")
_LABEL_EN = re.compile(
    r"(?<![a-z])(?:names?|phones?|mobiles?|tel|cell|fax|address(?:es)?|contacts?|signatures?|signed|photos?"
    r"|birth|born|interviewers?|initials)(?![a-z])"
)
# A name of one of these is not a person's.
_THINGS = re.compile(
    r"(?<![a-z])(?:file|item|scale|variable|column|sheet|form|survey|cent(?:re|er)|department|unit|team"
    r"|company|organi[sz]ation|employer"
    r"|brand|product|course|project|city|country|province|district|region|school|office"
    r"|window|service|job|position|group|code|label|question) names?(?![a-z])"
)
_SAYING = re.compile(
    r"(?<![a-z])(?:i|we|me|us|they|he|she|it|this|that|is|are|was|am|can|could|do|does|not|when"
    r"|have|has|to|by|with|well|problems?|phoned|calls?)(?![a-z])"
)
_MOST_WORDS = 5


def personal_heading(name):
    """Tell whether a heading is one that usually stands above personal data.

    Parameters
    ----------
    name : str
        A heading or a label.

    Returns
    -------
    bool

    Examples
    --------
    >>> personal_heading("您的手机号码"), personal_heading("我在手机上也回复群众"), personal_heading("recipe")
    (True, False, False)
    """
    if not name:
        return False
    text = plain(name).translate(_TRADITIONAL)
    label = _ASKING.sub("", _PUNCTUATION.sub("", text))
    if _ANYWHERE.search(text) or _ANYWHERE.search(label) or _LABEL.fullmatch(label):
        return True
    if len(label) <= _LONGEST_LABEL and not re.search("[我会能把让]", label) and _LABEL_END.search(label):
        return True
    return _personal_english(text)


def _personal_english(text):
    """Look at the words of a heading, those of snake_case and camelCase each by itself."""
    if not re.search("[A-Za-z]", text) or len(text) > 200:
        return False
    return any(map(_personal_words, {text.lower(), re.sub("(?<=[a-z])(?=[A-Z])", " ", text).lower()}))


def _personal_words(words):
    words = " ".join(re.sub(r"[\W_]+", " ", words).split())
    words = re.sub(r"^(?:q ?[0-9]+ )?(?:please )?(?:enter|provide|give|fill in|what is|write) ", "", words)
    words = _THINGS.sub(" ", words)
    n, tells = len(words.split()), bool(_ANYWHERE_EN.search(words))
    if n <= 2 or not _SAYING.search(words):
        return (tells and n <= 2 * _MOST_WORDS) or (n <= _MOST_WORDS and bool(_LABEL_EN.search(words)))
    return tells and n <= 2 * _MOST_WORDS and "your " in words
