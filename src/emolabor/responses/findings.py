"""What was found while reading: one table, and the same as sentences in Chinese and English."""

import numpy as np
import pandas as pd

from emolabor.scales.scale import check_language

# Each kind of finding as a sentence. {column}, {found} and {action} come from the table, {n} counts its rows.
_SENTENCES = {
    "en": {
        "platform": "The file was read as an export of {found}.",
        "sheets": "Only the first sheet was read; left out: {found}.",
        "personal": "Column {column} {found}; it was dropped.",
        "unknown_column": "Column {column} is not part of the questionnaire; it was dropped.",
        "absent": "There is no column for {column}; it is left out of the data.",
        "labels": "Column {column} holds {found}; they were read as codes.",
        "relabelled": "Column {column} holds {found}; the answers were read by their labels.",
        "turned_back": "Column {column} was turned in the file, says the mapping; it was turned back.",
        "left_out": "In column {column}, {found}; they count as missing.",
        "not_allowed": "Column {column}: {n} cells hold something else than allowed{rows}; {action}.",
        "mixed": "Column {column} mixes labels and numbers: {n} cells are not written as most are{rows}; {action}.",
        "several": "Column {column}: {n} cells hold several answers{rows}; {action}.",
        "formula": "Column {column}: {n} cells hold a formula whose value the file does not store{rows}; {action}.",
        "no_answer": "{n} rows hold no valid answer to any item{rows}; they were dropped.",
        "repeated": "{n} rows repeat a respondent that came before{rows}; they were dropped.",
        "same_answers": "{n} rows answer all as an earlier row does{rows}; they were kept: were they sent twice?",
        "keying": "Column {column} {found}; nothing was changed: is its reverse key right? A keying audit tells more.",
    },
    "zh": {
        "platform": "文件按{found}的导出格式读取。",
        "sheets": "只读取了第一个工作表，未读取：{found}。",
        "personal": "“{column}”列疑似个人信息，已删除，未保留其中任何内容。",
        "unknown_column": "“{column}”列不属于问卷，已删除。",
        "absent": "没有对应 {column} 的列，数据中不含这一列。",
        "labels": "{column} 列的答案是选项文字，已按问卷的选项换成代码。",
        "relabelled": "{column} 列的代码与问卷不同，已按其选项文字读取。",
        "turned_back": "映射文件说明 {column} 列在文件中已反向计分，已还原为原始作答。",
        "left_out": "{column} 列中有跳过或未填的单元格，记为缺失。",
        "not_allowed": "{column} 列有 {n} 个单元格不是允许的答案{rows}，已设为缺失。",
        "mixed": "{column} 列混有选项文字和数字，有 {n} 个单元格与多数写法不同{rows}，已设为缺失。",
        "several": "{column} 列有 {n} 个单元格含多个答案{rows}，已设为缺失。",
        "formula": "{column} 列有 {n} 个单元格是公式而文件没有保存其结果{rows}，已设为缺失。",
        "no_answer": "有 {n} 行没有任何有效的题目答案{rows}，已删除。",
        "repeated": "有 {n} 行的答卷编号在前面出现过{rows}，已删除。",
        "same_answers": "有 {n} 行与前面某一行的回答完全相同{rows}，予以保留：是否重复提交？",
        "keying": "{column} 题与同一维度其他题目的方向相反，未作改动：请核对反向计分，可做计分方向检查。",
    },
}
_ROWS = {"en": (" (row {})", " (rows {})", ", "), "zh": ("（第 {} 行）", "（第 {} 行）", "、")}
_SHOWN = 10


class Findings:
    """Collects findings; a kind is a key of the sentences above."""

    def __init__(self):
        self._parts = []

    def add(self, kind, found, action, column=None, rows=(None,)):
        """Add one finding, or the same finding for many rows at once."""
        self._parts.append((np.asarray(rows, dtype=object), column, found, action, kind))

    def table(self, columns):
        """Return the report: what is about columns first, then by row, within a row as the columns stand.

        Parameters
        ----------
        columns : sequence of str
            The order of the columns.
        """
        place = {column: position for position, column in enumerate(columns)}
        lengths = [len(part[0]) for part in self._parts]
        data = {
            "row": pd.array(np.concatenate([part[0] for part in self._parts]) if self._parts else [], dtype="Int64")
        }
        for position, name in enumerate(("column", "found", "action", "kind"), start=1):
            values = np.array([part[position] for part in self._parts], dtype=object)
            data[name] = pd.Series(np.repeat(values, lengths), dtype="str")
        report = pd.DataFrame(data)
        order = report["column"].map(place).fillna(len(place)).where(report["row"].notna(), 0)
        order = pd.DataFrame({"row": report["row"].fillna(0), "order": order})
        return report.loc[order.sort_values(["row", "order"], kind="stable").index].reset_index(drop=True)


def sentences(report, language):
    """Say what a report tells, a sentence for each kind of finding and column.

    Parameters
    ----------
    report : DataFrame
        As `Findings.table` returns it.
    language : str
        "zh" or "en".

    Returns
    -------
    list of str
        In the order of the report.

    Raises
    ------
    EmolaborError
        No such language.

    Examples
    --------
    >>> findings = Findings()
    >>> findings.add("not_allowed", "6", "set to missing (allowed: 1 to 5)", "sa1", [3, 8])
    >>> sentences(findings.table(["sa1"]), "en")
    ['Column sa1: 2 cells hold something else than allowed (rows 3, 8); set to missing (allowed: 1 to 5).']
    """
    check_language(language, tuple(_SENTENCES))
    one, many, comma = _ROWS[language]
    lines = []
    for (kind, column), part in report.groupby(["kind", "column"], sort=False, dropna=False):
        numbers = part["row"].dropna().tolist()
        shown = comma.join(map(str, numbers[:_SHOWN])) + (comma + "…" if len(numbers) > _SHOWN else "")
        rows = (one if len(numbers) == 1 else many).format(shown) if numbers else ""
        first = part.iloc[0]
        line = _SENTENCES[language][kind].format(
            column=column, n=len(part), rows=rows, found=first["found"], action=first["action"]
        )
        lines.append(line.replace(" 1 cells hold ", " 1 cell holds ").replace(" 1 cells are ", " 1 cell is "))
    return [_singular(line) for line in lines]


def _singular(line):
    return line.replace("1 rows hold ", "1 row holds ", 1) if line.startswith("1 rows hold") else line
