"""Made-up personal data of every kind that is recognised, and how to find what is left of them in an output."""

import io
import re
import zipfile

import pandas as pd

from emolabor.instrument import load_instrument
from emolabor.simulation import simulate_staff

NAMES = ["欧阳翠花", "Zebulon Quickenham"]  # known by their heading only
PLANTED = {
    "identity numbers": ["11010519491231002X", "990000196101010010", "110105491231002", "A123456(3)", "078-05-1120"],
    "passport numbers": ["E87654329"],
    "mobile numbers": ["13912345678", "+86 15887654321", "138 0013 8642"],
    "telephone numbers": ["0571-87654329", "+44 20 7946 0958"],
    "bank cards": ["6222021234567890128"],
    "car plates": ["浙AF0A1B2"],
    "e-mail addresses": ["zebulon.q@example.org"],
    "MAC addresses": ["3c-1a-2b-3c-4d-5e", "3c:1a:2b:3c:4d:5f"],
    "IP addresses": ["203.0.113.77", "2001:db8:85a3::8a2e:370:7334"],
    "WeChat names": ["wxid_a1b2c3d4e5f6", "oX3nC1u7Qk2Lm9Pz4Rt6Vw8Yb0Ad"],
    "names of accounts": ["QQ 87654328"],
    "positions": ["39.916527 116.397128"],
    "addresses": ["海淀区中关村大街27号", "3号楼2单元501室"],
}
CONTENTS = [cell for cells in PLANTED.values() for cell in cells]
EVERYTHING = [*NAMES, *CONTENTS]
IN_FILE_NAMES = [cell for cell in CONTENTS if "/" not in cell]
IN_SHEET_NAMES = [cell for cell in CONTENTS if len(cell) <= 31 and not re.search(r"[:\\/?*\[\]]", cell)]
# In the text of a JSON file, and as a number that was read as one: its first digits, with and without a point.
TRACES = [form for cell in EVERYTHING for form in (cell, cell.encode("unicode_escape").decode())]
TRACES += [form for cell in EVERYTHING if cell[:9].isdecimal() for form in (cell[:9], f"{cell[0]}.{cell[1:9]}")]
TRACES += ["39.91652", "116.39712"]
# The name of a run has no signs but - and _.
TRACES += [re.sub(r"[^\w-]+", "_", cell) for cell in CONTENTS]


def traces(text):
    """List what of the planted data a text holds."""
    return [trace for trace in TRACES if trace in text]


def traces_in_file(path):
    """List what of the planted data a file holds, in its name and in its parts where it is packed."""
    data = path.read_bytes()
    found = traces(path.name + "\n" + data.decode("utf-8", "replace"))
    if zipfile.is_zipfile(io.BytesIO(data)):
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            for name in packed.namelist():
                found += traces(re.sub("<[^>]+>", "", packed.read(name).decode("utf-8", "replace")))
                found += traces(packed.read(name).decode("utf-8", "replace"))
    return found


def planted(n=160):
    """Answers with personal data under telling and innocent headings, as headings, in texts and among the answers."""
    staff = simulate_staff(n, seed=5)
    items = list(load_instrument("window_staff").points())
    staff = staff.fillna(dict.fromkeys([item for item in items if item in staff], 3)).astype(object)
    cells = pd.Series([EVERYTHING[row % len(EVERYTHING)] for row in range(n)])
    contents = pd.Series([CONTENTS[row % len(CONTENTS)] for row in range(n)])
    texts = "我叫" + contents + "，请回复。"
    staff = staff.assign(
        姓名=cells, IP=cells, q_71=contents, remarks=texts, ref=contents.where(contents.index % 40 == 7, "x")
    )
    staff = staff.join(pd.DataFrame(1, index=staff.index, columns=CONTENTS))
    for place, column in enumerate(
        ["respondent", "centre", "department", "dispatch_type", "seconds", "rc1", "sa2", "mk3"]
    ):
        rows = range(place, n, 23)
        staff.loc[rows, column] = contents[rows]
    return staff
