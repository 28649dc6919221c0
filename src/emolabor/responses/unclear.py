"""Columns whose answers are mostly not understood are refused, and the refusal carries the mapping that mends it."""

from emolabor.common.errors import EmolaborError, MendableError
from emolabor.common.privacy import SMALLEST_CELL
from emolabor.responses.cells import Reader
from emolabor.responses.findings import listed
from emolabor.responses.scripts import lacks_opencc
from emolabor.responses.template import mapping_text, values_of
from emolabor.responses.words import say
from emolabor.responses.written import is_date

_SHARE = 0.10  # of the filled cells of a column, and more than one cell
_BLOCKS_SHOWN = 4


def refuse_unclear(path, table, placement, instrument, mapping, readers):
    """Refuse a file in which more than a tenth of the filled cells of a column are not understood.

    Parameters
    ----------
    path : Path
        For the message.
    table : Table
        What the file holds.
    placement : Placement
        Where the keys are.
    instrument : Instrument
        What was asked.
    mapping : Mapping
        What the user said.
    readers : list of Reader
        All columns, settled.

    Raises
    ------
    MendableError
        There is such a column: what it holds, and how often.
    """
    refused = unclear_readers(readers)
    if not refused:
        return
    blocks = {}
    for reader in refused:
        blocks.setdefault(reader.question.block, []).append(reader)
    told = list(map(_told, list(blocks.values())[:_BLOCKS_SHOWN]))
    if further := sum(map(len, list(blocks.values())[_BLOCKS_SHOWN:])):
        told.append(say("unclear_further", n=further))
    items = [reader for reader in readers if reader.question.kind == "item"]
    is_all = all(unclear == filled for unclear, filled in map(Reader.unclear, items))
    message = say("unclear_all" if is_all else "unclear_some", path=path, told=say("semicolon").join(told))
    if any(is_date(cell) for reader in refused for cell in reader.column.cells):
        message += say("unclear_dates")
    if lacks_opencc(cell for reader in refused for cell in reader.column.cells):
        message += say("traditional")
    if not any(any(values_of(block)) for block in blocks.values()):
        raise EmolaborError(message + say("unclear_open_again"))
    raise MendableError(
        message + say("unclear_mapping"),
        mapping_text(table, placement, instrument, mapping, with_their_blocks(refused, readers)),
    )


def unclear_readers(readers):
    """List the columns of which more than a tenth of the filled cells, and more than one, are not understood.

    Free numbers, such as seconds, are not among them: no mapping explains them, and none is taken for another.
    """
    unclear = {reader: reader.unclear() for reader in readers if reader.question.kind != "number"}
    return [reader for reader, (count, filled) in unclear.items() if count > max(1, _SHARE * filled)]


def with_their_blocks(refused, readers):
    """Add the columns that were asked together with those refused: what one says another may say later."""
    blocks = {reader.question.block for reader in refused}
    return [reader for reader in readers if reader.question.block in blocks]


def _told(block):
    """Say of columns that were asked together how much is not understood, what it is, and why."""
    unclear, filled = (sum(numbers) for numbers in zip(*(reader.unclear() for reader in block), strict=True))
    shown, hidden = values_of(block)
    values = [
        say("unclear_value", name=value.name, n=value.respondents)
        for value in shown
        if value.refused and value.respondents >= SMALLEST_CELL
    ]
    if not values:
        rare = say("unclear_rare", n=SMALLEST_CELL)
        values = [rare] if hidden else sorted({said.value for reader in block for said in reader.unclear_cells()})
    why = next((say("semicolon") + reader.reason for reader in block if reader.reason), "")
    columns, values = listed([reader.question.key for reader in block]), listed(values)
    facts = {"allowed": block[0].question.allowed, "unclear": unclear, "filled": filled, "why": why}
    return say("unclear_block", columns=columns, values=values, **facts)
