import pandas as pd

from emolabor.report import pipe_table


def test_widths_follow_the_contents_and_chinese_counts_double():
    text = pipe_table(pd.DataFrame({"构念": ["派驻单位支持支持支持"], "N": ["12"]}), "表 1", "模拟数据。", "zh")
    rule = text.split("\n")[3]
    first, second = rule.strip("|").split("|")
    assert len(first) - 1 == 2 * 10 + 3
    assert first.startswith(":-") and second.startswith(":-") and second.endswith("-:")


def test_a_table_carries_its_caption_and_note():
    text = pipe_table(pd.DataFrame({"A": ["x"]}), "**Table 1** Caption", "N = 9; simulated.")
    assert text.startswith("Table: **Table 1** Caption")
    assert "*Note.* N = 9; simulated." in text
