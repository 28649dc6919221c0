"""Zip archives (XLSX, DOCX and folders of tables are such) without the time of writing in them."""

import io
import re
import zipfile

_DATE = (1980, 1, 1, 0, 0, 0)
_STAMP = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*")


def zip_files(files):
    """Pack files into a zip archive that is the same on every run.

    Parameters
    ----------
    files : dict of str to bytes
        Name in the archive to content.

    Returns
    -------
    bytes
        The archive.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            entry.create_system = 3
            archive.writestr(entry, content)
    return buffer.getvalue()


def without_times(office_file):
    """Pack an XLSX or DOCX file again, its times of making set to 1 January 2000.

    Parameters
    ----------
    office_file : bytes
        What openpyxl or python-docx saved.

    Returns
    -------
    bytes
        The same document, the same on every run.
    """
    with zipfile.ZipFile(io.BytesIO(office_file)) as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    core = "docProps/core.xml"
    files[core] = _STAMP.sub(rb"\g<1>2000-01-01T00:00:00Z", files[core])
    return zip_files(files)
