"""What was found while reading: one table, and the same as sentences in Chinese and English."""

import numpy as np
import pandas as pd

from emolabor.common.checks import check_language

# Each kind of finding as a sentence. {columns} are all columns of the kind, {column} one of them, {n} counts cells or
# rows, {rows} names them; {found} and {action} come from the table.
_SENTENCES = {
    "en": {
        "platform": "The file was read as an export of {found}.",
        "sheet": "The answers were read from sheet {found} of the workbook.",
        "sheets": "Further sheets that were not read: {found}.",
        "files": "{found} files were read in the order of their names, and their rows counted through; "
        "row 2 is the first.",
        "unread": "Entries of the folder that were not read, as they are of another kind: {found}.",
        "personal": "Dropped, as what they hold {found}: {columns}.",
        "added_column": "Dropped, as the platform or the form itself added them: {columns}.",
        "unknown_column": "Dropped, as they are not part of the questionnaire: {columns}.",
        "absent": "There is no column for {columns}; the data are without.",
        "scale_absent": "Scales without at least two of their items, left out of the study: {columns}.",
        "scale_shortened": "Scale {column}: there is no column for {found}; it is used without.",
        "labels": "Labels of answers were read as codes: {columns}.",
        "relabelled": "Codes other than the questionnaire's were read by their labels: {columns}.",
        "turned_back": "Turned back to the answers given, as the mapping says: {columns}.",
        "left_out": "Cells that 问卷星 marks as skipped or empty count as missing: {columns}.",
        "declared": "Counted as missing, as the mapping or the file itself says: {n} answers: {columns}.",
        "not_allowed": "Column {column}: {n} cells hold something else than allowed{rows}; {action}.",
        "mixed": "Column {column} mixes labels and numbers: {n} cells are not written as most are{rows}; each was read "
        "as what it says.",
        "several": "Column {column}: {n} cells hold several answers{rows}; {action}.",
        "formula": "Column {column}: {n} cells hold a formula whose value the file does not store{rows}; {action}.",
        "no_answer": "{n} rows hold no valid answer to any item{rows}; dropped.",
        "repeated": "{n} rows repeat number and answers of a row that came before{rows}; dropped.",
        "collision": "{n} rows have a number that came before, but other answers{rows}; kept as other respondents: "
        "were exports put together?",
        "same_answers": "{n} rows answer all as an earlier row does{rows}; kept: were they sent twice?",
        "constant": "Every respondent gave the same answer: {columns}; kept, but no model with it can be estimated: "
        "was it read rightly?",
        "sparse": "More than half of the respondents left out: {columns}; kept, but analyses of complete answers lose "
        "these respondents.",
        "keying": "Column {column} {found}; nothing was changed: is its reverse key right? A keying audit tells more.",
    },
    "zh": {
        "platform": "文件按 {found} 的导出格式读取。",
        "sheet": "答案取自第 {found} 个工作表。",
        "sheets": "另有 {found} 个工作表未读取。",
        "files": "按文件名顺序读取了 {found} 个文件，各行连续编号，第一行答卷为第 2 行。",
        "unread": "文件夹中有 {found} 项不是同类文件，未读取。",
        "personal": "疑似个人信息，整列删除，内容未作任何保留：{columns}。",
        "added_column": "平台或问卷本身附加、不含答案的列，已删除：{columns}。",
        "unknown_column": "不属于问卷的列，已删除：{columns}。",
        "absent": "文件中没有对应的列，数据中也没有：{columns}。",
        "scale_absent": "以下量表在文件中不足两道题，未纳入研究：{columns}。",
        "scale_shortened": "量表 {column} 缺少题目 {found}，按其余题目使用。",
        "labels": "选项文字已换成代码：{columns}。",
        "relabelled": "文件的代码与问卷不同，已按其选项文字读取：{columns}。",
        "turned_back": "按映射文件的说明，已把反向计分还原为原始作答：{columns}。",
        "left_out": "问卷星标为跳过或空的单元格记为缺失：{columns}。",
        "declared": "按映射文件或文件自身的说明记为缺失的答案共 {n} 个：{columns}。",
        "not_allowed": "{column} 列有 {n} 个单元格不是允许的答案{rows}，已设为缺失。",
        "mixed": "{column} 列混有选项文字和数字，有 {n} 个单元格与多数写法不同{rows}，均按各自的含义读取。",
        "several": "{column} 列有 {n} 个单元格含多个答案{rows}，已设为缺失。",
        "formula": "{column} 列有 {n} 个单元格是公式而文件没有保存其结果{rows}，已设为缺失。",
        "no_answer": "有 {n} 行没有任何有效的题目答案{rows}，已删除。",
        "repeated": "有 {n} 行的编号和回答都与前面某一行相同{rows}，已删除。",
        "collision": "有 {n} 行的编号在前面出现过，但回答不同{rows}；按不同作答者保留：是否合并过几份导出文件？",
        "same_answers": "有 {n} 行与前面某一行的回答完全相同{rows}，予以保留：是否重复提交？",
        "constant": "所有作答者答案相同：{columns}；予以保留，但含有它的模型无法估计：是否读取有误？",
        "sparse": "半数以上作答者未答：{columns}；予以保留，但只用完整答卷的分析会失去这些作答者。",
        "keying": "{column} 题与同一维度其他题目的方向相反，未作改动：请核对反向计分，可做计分方向检查。",
    },
}
_ROWS = {"en": (" (row {})", " (rows {})", ", "), "zh": ("（第 {} 行）", "（第 {} 行）", "、")}
_SHOWN = 12


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
    for kind, found, part in _groups(report, _SENTENCES["en"]):
        numbers, names = part["row"].dropna().tolist(), part["column"].drop_duplicates().tolist()
        if kind == "declared":
            names = [f"{name} ({count})" for name, count in zip(part["column"], part["found"], strict=True)]
        rows = (one if len(numbers) == 1 else many).format(listed(numbers, comma)) if numbers else ""
        line = _SENTENCES[language][kind].format(
            column=part["column"].iloc[0],
            columns=listed(names, comma),
            n=sum(map(int, part["found"])) if kind == "declared" else len(part),
            rows=rows,
            found=found,
            action=part["action"].iloc[0],
        )
        for plural, singular in (("1 cells hold ", "1 cell holds "), ("1 cells are ", "1 cell is ")):
            line = line.replace(f" {plural}", f" {singular}")
        if line.startswith("1 rows "):
            line = line.replace("1 rows hold", "1 row holds").replace("1 rows repeat", "1 row repeats")
            line = line.replace("1 rows have", "1 row has").replace("other respondents", "another respondent")
            line = line.replace("1 rows answer", "1 row answers").replace("kept: were they", "kept: was it")
        lines.append(line)
    return lines


def _groups(report, templates):
    """Part a report by what makes one sentence, in its order: kind, what was found first, and the rows."""
    about_column = report["kind"].map(lambda kind: "{column}" in templates[kind])
    keys = pd.DataFrame({"kind": report["kind"], "column": report["column"].where(about_column, "").fillna("")})
    keys["found"] = report["found"].where(report["kind"].eq("personal"), "")
    for (kind, *_), rows in keys.groupby(["kind", "column", "found"], sort=False).groups.items():
        part = report.loc[rows]
        yield kind, part["found"].iloc[0], part


def listed(entries, comma):
    """Join entries, the first twelve of them where there are more."""
    return comma.join(map(str, entries[:_SHOWN])) + (f"{comma}…" if len(entries) > _SHOWN else "")
