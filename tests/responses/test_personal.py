"""What is taken for personal data: every kind in all its writings, and nothing that a survey ordinarily holds."""

import pytest

import emolabor as el
from emolabor.responses.personal import shown_heading
from emolabor.responses.personal_contents import digits_of, personal_content, redacted
from emolabor.responses.personal_headings import personal_heading
from emolabor.responses.written import name_of


def listed(text):
    return [part.strip() for part in " ".join(text.split("\n")).split("| ")]


CONTENTS = {
    "identity numbers": listed("""
    11010519491231002X | 身份证 11010519491231002x。 | 110105 19491231 002X | 110105-19491231-002X
    | １１０１０５１９４９１２３１００２Ｘ | 110105491231002 | 110105 491231 002 | A123456(3) | 078-05-1120
    | 110105194912310000
    """),
    "passport numbers": listed("""
    E12345678 | 护照 EA1234567 | G87654321
    """),
    "mobile numbers": listed("""
    13800138000 | 138 0013 8000 | 138-0013-8000 | 1380013 8000 | 1380 0138 000 | +86 13800138000
    | +86-138-0013-8000 | 0086 138 0013 8000 | 008613800138000 | 86 13800138000 | (+86)13800138000
    | （86）138 0013 8000 | １３８００１３８０００ | 138–0013–8000 | 138\xa00013\xa08000
    | 138\u200b0013\u200b8000 | ١٣٨٠٠١٣٨٠٠٠ | 一三八零零一三八零零零 | 138.0013.8000
    | 我的手机是13800138000，谢谢 | 13800138000.0
    """),
    "telephone numbers": listed("""
    010-12345678 | (010)12345678 | （010）1234 5678 | 0571-87654321 | 0571 8765 4321 | 02012345678
    | +86 10 1234 5678 | 0086-571-87654321 | 010-12345678-801 | 0755－1234567 | +1 415 555 2671
    | +44 20 7946 0958 | +852 9123 4567 | (415) 555-2671 | 415-555-2671
    """),
    "bank cards": listed("""
    6222021234567890128 | 6222 0212 3456 7890 128 | 4111 1111 1111 1111 | 4111-1111-1111-1111
    | ５５５５５５５５５５５５４４４４ | 6222021234567890000
    """),
    "car plates": listed("""
    京A12345 | 京A·12345 | 沪AD12345 | 粤B D1234X | 浙A-12345 | 京AF0A1B2 | 川Ａ１２３４５ | 津A1234学
    """),
    "e-mail addresses": listed("""
    a.b+c@mail.example.cn | zhang＠example．com | 邮箱:zhang_san@qq.com | ZHANG@EXAMPLE.COM
    """),
    "MAC addresses": listed("""
    00:1A:2B:3C:4D:5E | 00-1a-2b-3c-4d-5e | 001a.2b3c.4d5e
    """),
    "IP addresses": listed("""
    192.168.1.254 | 2001:db8:0:0:0:0:2:1 | 2001:db8::1 | fe80::1ff:fe23:4567:890a | 来自 203.0.113.77
    | 2001:0db8:85a3:0000:0000:8a2e:0370:7334
    """),
    "WeChat names": listed("""
    wxid_a1b2c3d4e5f6 | 微信 wxid_22abcd11 | oX3nC1u7Qk2Lm9Pz4Rt6Vw8Yb0Ad
    """),
    "names of accounts": listed("""
    微信：zhang_san88 | QQ: 12345678 | wechat zhang_san1 | VX:abc12345
    """),
    "positions": listed("""
    39.916527,116.397128 | 39.916527 116.397128 0 0 | 116.3971°E, 39.9165°N | 39°54′20″N
    """),
    "addresses": listed("""
    海淀区中关村大街27号 | 长江路100号 | 3号楼2单元501室
    """),
}
ORDINARY_CELLS = listed("""
    1 | 2 | 3 | 4 | 5 | 3.5 | -3 | 99 | 100 | 12345 | 54321 | C01 | C-012 | A1234 | W20240101 | N00012
    | 10086 | 2024 | 2024-11-30 | 2024/11/30 12:05:09 | 2024年11月30日 | 20241130 | 20241130120509
    | 24-11-30-12-05-09 | 12:30 | 12:30:05 | 1:02:03:04 | 2分3秒 | 1小时2分3秒 | 123秒 | 1380 | 1800.25
    | 155.12345678 | 0.123456789 | 3.14159265358979 | 1.5e-05 | 1700000000 | 1700000000000 | 1e5 | 50%
    | 1,234,567 | 1 2 3 4 5 | 13 14 15 16 17 18 | 1;2;3 | A;B;D | 1-3年 | 2019-2024 | (20) 2023-2024 | 3/5
    | 1.2.3 | 256.1.1.1 | 非常同意 | 不同意 | 4 = 同意 | Strongly agree | 3号窗口 | 在这里5号窗口办理
    | 二十五岁以下 | 30-39 岁 | 第三行政服务中心 | 110105194912310021 | 12800138000 | @all | a::b
    | std::vector | x:: | 比例 3:2:1 | 新A方案 | 无 | none | N/A | dispatched | 市场监督管理局 | 一二三四五
    | The office at window 12 | 问题反映已久（见2024-11-30 的记录） | v1.10.2 | ISO 9001:2015 | GB/T 7714-2015
    | 0.05 | +3 | 5-6-7 | 100-200-300 | 12-34-56 | user12345 | 5f3a9c | b7e6a1d0-3c52-4f8e-9a17-6d2b8c4e0f93
    | 000123456
    """)
PERSONAL_HEADINGS = listed("""
    姓名 | 姓 名 | 您的姓名 | 联系人 | 联系人姓名 | 紧急联系人 | 签名 | 本人签字 | 电子签名 | 经度 | 纬度
    | 经纬度 | 138 0013 8000 | 电话 | 联系电话 | 您的电话是？ | 手机 | 3、您的手机号码 | Q12. 手机 | 座机
    | 固定电话 | 传真 | 身份证 | 证件号码 | 护照号 | 工号 | 警号 | 学号 | 准考证号 | 邮箱 | 电子邮件 | 邮编
    | 微信 | 微信号 | 您的微信 | QQ | 支付宝账号 | 地址 | 家庭住址 | 通讯地址 | 门牌号 | 出生日期 | 出生年月
    | 生日 | 车牌号 | 银行卡号 | 开户行 | 来自IP | MAC地址 | 设备编号 | 定位 | 地理位置 | 名字 | 称呼 | 填表人
    | 受访者 | 请留下您的联系方式 | 请填写您的联系电话，以便发放礼品 | 護照號碼 | 聯絡人 | 電話 | 簽名
    | 经办人 | 用户ID | 人脸照片 | 头像 | xingming | shouji | sfzh | lxdh | 昵称 | 网名 | 社保卡号 | 病历号
    | 姓名（必填） | Name | name | Your name | last_name | LastName | full name | respondent_name
    | _submitted_by | IP Address | ip | user_ip | Phone | phone number | contact_phone | Mobile | tel | E-mail
    | email | emailAddress | WeChat | QQ | Home address | Address line 1 | homeAddress | Date of birth
    | birthday | dob | gps | latitude | Longitude | lat | Passport | SSN | ID number | id_card | staff_id
    | employee ID | Signature | Contact person | emergency contact | device_id | IMEI | MAC address | openid
    | username | Bank account | license plate | zip code | Please enter your phone number | What is your name
    | Interviewer
    """)
ORDINARY_HEADINGS = listed("""
    我耐心接听电话 | 接听电话时我会保持微笑 | 上班时间我不看手机 | 我用微信答复群众的问题
    | 我能叫出常来办事群众的名字 | 我称呼服务对象时用“您” | 核对证件时我很耐心 | 我在办结单上签字后才交给群众
    | 岗位定位清楚 | 职能定位 | 窗口设备齐全 | 负责人关心我的工作 | 部门名称 | 单位 | 中心 | 派驻单位 | 性别
    | 年龄段 | 工龄 | 岗位 | 学历 | 职级 | 编制类型 | 编号 | 序号 | 地区 | 所在城市 | 户籍类型 | 用工形式
    | 提交答卷时间 | 所用时间 | 来源 | 总分 | 同事会记得我的生日 | 服务对象的地址变更业务由我办理
    | 我清楚自己的职责 | 工作让我精疲力竭 | 联系群众的渠道畅通 | 我主动联系服务对象 | 信息系统好用 | 网络稳定
    | 照片采集设备好用 | Q1 | Q1_1 | sa1 | ex3 | 1、我对服务对象保持微笑 | 我把真实情绪藏起来
    | 上级的称赞让我高兴 | 身份认同 | 名次 | 出勤 | 票号 | I answer the phone with a smile
    | I know the names of regular visitors | Leaders address our problems
    | My supervisor contacts my home unit | Our team has a good name in the city
    | The address system at the window works | I can be reached by mobile when off duty | dispatch | recipe
    | rename | tempname1 | hotel | centre | department | sex | age band | tenure | centre_name | item name
    | file_name | department name | Emotional exhaustion | I pretend to be in a good mood | comment | duration
    | seconds | start | end | score | weight | cluster | Unnamed: 3 | group | condition | wave | platform
    | relationship with colleagues | shipping | description | participation | telling people no | unit
    | telework | We are on a first name basis
    """)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CONTENTS.items() for text in texts])
def test_every_kind_is_known_in_all_its_writings(kind, text):
    assert personal_content(text) == kind


@pytest.mark.parametrize("text", ORDINARY_CELLS)
def test_what_cells_ordinarily_hold_is_not_personal(text):
    assert personal_content(text) is None


@pytest.mark.parametrize("heading", PERSONAL_HEADINGS)
def test_headings_over_personal_data_are_known(heading):
    assert personal_heading(heading) or personal_content(heading)


@pytest.mark.parametrize("heading", ORDINARY_HEADINGS)
def test_ordinary_headings_are_not_personal(heading):
    assert not personal_heading(heading) and personal_content(heading) is None


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_wording_of_the_library_is_taken_for_personal_data(language):
    scales = [el.load_scale(key) for key in el.list_scales()["key"]]
    texts = [item.text[language] for scale in scales for item in scale.items if item.text]
    texts += el.load_instrument("window_staff").items(language)["text"].tolist()
    texts += [variable.names[language] for variable in el.load_instrument("window_staff").background]
    assert [text for text in texts if personal_heading(text) or personal_content(text)] == []


def test_headings_and_names_of_files_that_are_personal_themselves_are_not_shown():
    assert shown_heading("138 0013 8000", 4) == "(column 5)"
    assert redacted("simulated １３８ ００１３ ８０００, zhang@example.com.csv") == "simulated (not shown), (not shown)"
    assert redacted("pilot-simulated 2024-11-30.sav") == "pilot-simulated 2024-11-30.sav"


@pytest.mark.parametrize("number", [11010519491231002.0e1, 110105194912310021, 6222021234567890128.0])
def test_numbers_that_a_spreadsheet_made_of_them_are_known(number):
    assert personal_content(digits_of(number)) in ("identity numbers", "bank cards")


def test_a_long_number_that_is_text_keeps_its_digits():
    assert name_of("990000196101010010") == "990000196101010010"
    assert [name_of(cell) for cell in (3.0, "3.0", -0.0, 5, 0.5)] == ["3", "3", "0", "5", "0.5"]
